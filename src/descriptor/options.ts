import { OptionError } from "../errors.js";
import { type Alternatives, type Fields, kinds, readOptions, record } from "../options/record.js";
import { flag, integer, list, number, positive, text } from "../options/values.js";
import { type ChannelMatrices, checkCompression, compressionOption } from "./compression.js";
import { type CutoffFunction, cutoffOption, type RadialScaling, scalingOption } from "./cutoff.js";
import { basisOption, type RadialBasis } from "./radialBasis.js";

/** How the neighbors of an atom are expanded in radial functions and spherical harmonics. */
export interface ExpansionOptions {
  /** Neighbors beyond this do not count, Å. */
  readonly cutoff: number;
  /** Number of radial functions, 1 … 20. */
  readonly nMax: number;
  /** Highest degree of the spherical harmonics, 0 … 10. */
  readonly lMax: number;
  /** Standard deviation of the Gaussian that stands for a neighbor, Å. Default 0.5. */
  readonly smearing?: number;
  /** Default `{ kind: "bessel" }`. */
  readonly basis?: RadialBasis;
  /** Default `{ kind: "cosine" }`. */
  readonly cutoffFunction?: CutoffFunction;
  /** Default `{ kind: "none" }`. */
  readonly radialScaling?: RadialScaling;
  /** Whether the atom itself counts as a neighbor at distance 0. Default false. */
  readonly centralAtom?: boolean;
}

/** Whether the features of an atom are divided by their length √(Σ_μ Σ_k D²). */
export type FeatureNormalization = { readonly kind: "none" } | { readonly kind: "unit" };

/** Settings of a `createDescriptor`; those at the top level hold for the three-body part. */
export interface DescriptorOptions extends ExpansionOptions {
  /** Chemical symbols that may occur, each once; fixes the order of the features. */
  readonly species: readonly string[];
  /** Adds the two-body features c_{n,l=λ,m=μ}, in an expansion of its own; what is not given is as in the three-body part. */
  readonly twoBody?: Partial<Omit<ExpansionOptions, "lMax">>;
  /** Default `{ kind: "none" }`. */
  readonly normalization?: FeatureNormalization;
  /** Fewer channels per degree than species × nMax in the three-body part, as made by `compressChannels`. */
  readonly compression?: ChannelMatrices;
}

/** {@link ExpansionOptions} with every default filled in. */
export type ResolvedExpansion = Required<ExpansionOptions>;

/** {@link DescriptorOptions} with every default filled in; plain data, written as JSON with a model. */
export interface ResolvedDescriptor extends ResolvedExpansion {
  readonly species: readonly string[];
  readonly twoBody?: Required<Omit<ExpansionOptions, "lMax">>;
  readonly normalization: FeatureNormalization;
  readonly compression?: ChannelMatrices;
}

const { lMax, ...RADIAL_FIELDS } = {
  cutoff: number({ above: 0, atMost: 100 }, "Å"),
  nMax: integer({ atLeast: 1, atMost: 20 }),
  lMax: integer({ atLeast: 0, atMost: 10 }),
  smearing: positive("Å").optional(),
  basis: basisOption.optional(),
  cutoffFunction: cutoffOption.optional(),
  radialScaling: scalingOption.optional(),
  centralAtom: flag().optional(),
} satisfies Fields<ExpansionOptions>;

/** All but the species, which a fit takes from its frames. */
export const FEATURE_FIELDS = {
  ...RADIAL_FIELDS,
  lMax,
  twoBody: record({
    ...RADIAL_FIELDS,
    cutoff: RADIAL_FIELDS.cutoff.optional(),
    nMax: RADIAL_FIELDS.nMax.optional(),
  } satisfies Fields<NonNullable<DescriptorOptions["twoBody"]>>).optional(),
  normalization: kinds({ none: {}, unit: {} } satisfies Alternatives<FeatureNormalization>).default({ kind: "none" }),
  compression: compressionOption.optional(),
};
export const DESCRIPTOR_OPTIONS = record({
  species: list(text()),
  ...FEATURE_FIELDS,
} satisfies Fields<DescriptorOptions>);

/** Checks options and fills in defaults. @throws OptionError */
export function resolveOptions(options: DescriptorOptions): ResolvedDescriptor {
  const where = "descriptor";
  const { species, twoBody, compression, normalization, ...expansion } = readOptions(
    DESCRIPTOR_OPTIONS,
    options,
    where,
  );
  if (species.length === 0 || species.includes(""))
    throw new OptionError({ where, problem: "no species", advice: 'give chemical symbols, e.g. species: ["H", "O"]' });
  const twice = species.find((x, i) => species.indexOf(x) !== i);
  if (twice) throw new OptionError({ where, problem: `species ${twice} is listed twice` });
  const main = resolveExpansion(expansion, where);
  if (compression) checkCompression(compression, species.length * main.nMax, main.lMax);
  return {
    ...main,
    species: [...species],
    normalization,
    ...(twoBody && { twoBody: resolveTwoBody(twoBody, main) }),
    ...(compression && { compression }),
  };
}

function resolveTwoBody(
  options: Partial<Omit<ExpansionOptions, "lMax">>,
  main: ResolvedExpansion,
): Required<Omit<ExpansionOptions, "lMax">> {
  const { lMax: _, ...rest } = resolveExpansion({ ...main, ...options }, "descriptor.twoBody");
  return rest;
}

/** Defaults, and the bounds that the cutoff sets to the other lengths. */
function resolveExpansion(options: ExpansionOptions, where: string): ResolvedExpansion {
  const resolved: ResolvedExpansion = {
    cutoff: options.cutoff,
    nMax: options.nMax,
    lMax: options.lMax,
    smearing: options.smearing ?? 0.5,
    basis: options.basis ?? { kind: "bessel" },
    cutoffFunction: options.cutoffFunction ?? { kind: "cosine" },
    radialScaling: options.radialScaling ?? { kind: "none" },
    centralAtom: options.centralAtom ?? false,
  };
  const { cutoff, smearing, cutoffFunction: f } = resolved;
  if (!(smearing >= 0.02 && smearing <= cutoff))
    throw new OptionError({ where, problem: `smearing is ${smearing} Å, expected a length from 0.02 to ${cutoff} Å` });
  if (f.kind === "shiftedCosine" && f.width > cutoff)
    throw new OptionError({
      where: `${where}.cutoffFunction`,
      problem: `width is ${f.width} Å, beyond the cutoff radius of ${cutoff} Å`,
    });
  return resolved;
}
