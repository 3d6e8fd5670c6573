import type { DescriptorOptions } from "../../../descriptor/options.js";
import { OptionError } from "../../../errors.js";
import { type Alternatives, type Fields, kinds, readOptions, record } from "../../../options/record.js";
import { number, oneOf } from "../../../options/values.js";
import type { Frame } from "../../../structure/frame.js";
import type { Compression } from "../../train/fitDescriptor.js";
import type { KernelFitSettings } from "../../train/kernelFit.js";
import { type CommonFitOptions, FIT_FIELDS, type FirstStepScale, type Uncertainty } from "../../train/options.js";
import type { PolarizabilityQuantity } from "./tensorData.js";

/**
 * Options of fitPolarizability. The default form is linear; a prediction with a power above 1 takes time that grows with the number of
 * reference atoms, for 2 up to the number of scalar features. The default ridge is chosen by leave-one-out, from 1e-8 to 1 of the mean
 * diagonal of the kernel; a fixed one may differ for λ = 0 and λ = 2. Committees and variances are for linear kernels only.
 */
export interface PolarizabilityOptions extends CommonFitOptions {
  /** What the frames' tensors are; default: whichever the frames have, polarizability if both. */
  readonly quantity?: PolarizabilityQuantity;
}

/** Options of fitDelta. */
export interface DeltaOptions extends PolarizabilityOptions {
  /** Default `{ kind: "chosen" }`. */
  readonly firstStepScale?: FirstStepScale;
}

/** Density expansion within 5 Å: good for every system of Grumet et al. without a search. */
export const POLARIZABILITY_DESCRIPTOR = {
  cutoff: 5,
  nMax: 6,
  lMax: 4,
  smearing: 0.5,
} as const satisfies Omit<DescriptorOptions, "species">;

const FIRST_STEP_SCALE = kinds({
  chosen: {},
  fixed: {},
  fitted: { deviation: number({ atLeast: 0, below: 1e6 }).optional() },
} satisfies Alternatives<FirstStepScale>);

const DIRECT = record({
  ...FIT_FIELDS,
  quantity: oneOf(["polarizability", "dielectric"]).optional(),
} satisfies Fields<PolarizabilityOptions>);
/** Everything that a fit takes. */
export const POLARIZABILITY_OPTIONS = record({
  ...DIRECT.shape,
  firstStepScale: FIRST_STEP_SCALE.optional(),
} satisfies Fields<DeltaOptions>);

/** {@link DeltaOptions} with every default filled in, without frames and callbacks: plain data. */
export interface PolarizabilitySettings extends KernelFitSettings {
  readonly descriptor: Omit<DescriptorOptions, "species"> & { readonly species?: readonly string[] };
  readonly compress?: Compression;
  readonly uncertainty: Uncertainty;
}

/** Checks options and fills in defaults. @throws OptionError */
export function polarizabilitySettings(options: DeltaOptions, where: string): PolarizabilitySettings {
  if (where === "fitPolarizability") readOptions(DIRECT, options, where);
  else readOptions(POLARIZABILITY_OPTIONS, options, where);
  const { form = { kind: "full" }, ridge = { kind: "leaveOneOut" }, validation, compress } = options;
  const { uncertainty = { kind: "none" }, firstStepScale = { kind: "chosen" } } = options;
  const linear = form.kind === "products" || (form.zeta ?? 1) === 1;
  if (uncertainty.kind !== "none" && !(linear && form.kind !== "sparse"))
    throw new OptionError({
      where: `${where}.uncertainty`,
      problem: `"${uncertainty.kind}" with form ${JSON.stringify(form)}`,
      advice: "use a linear kernel: full with zeta 1, or products",
    });
  const values = ridge.kind === "fixed" ? [ridge.value].flat() : [];
  if (values.length > 2 || values.some((v) => v === 0))
    throw new OptionError({
      where: `${where}.ridge`,
      problem: `fixed values ${values.join(", ")}`,
      advice: "give a number above 0, or one for λ = 0 and one for λ = 2",
    });
  if (ridge.kind === "leaveOneOut" && (ridge.least ?? 0) > (ridge.greatest ?? Number.POSITIVE_INFINITY))
    throw new OptionError({
      where: `${where}.ridge`,
      problem: `least ${ridge.least} above greatest ${ridge.greatest}`,
    });
  return {
    descriptor: { ...POLARIZABILITY_DESCRIPTOR, ...options.descriptor },
    ...(compress && { compress }),
    // The power is written out, so that a file from which it is lost is not taken for another model.
    form: form.kind === "products" ? form : { ...form, zeta: form.zeta ?? 1 },
    ridge,
    ...(validation && validation.kind !== "frames" && { validation }),
    uncertainty,
    firstStepScale,
  };
}

/** Frames given to hold out of the fit. */
export function validationFrames({ validation }: CommonFitOptions): readonly Frame[] {
  return validation?.kind === "frames" ? validation.frames : [];
}
