/**
 * Spectra of harmonic vibrations on the absolute scale of the spectra from trajectories: a harmonic crystal's molecular
 * dynamics at the same temperature must show the same lines with the same areas.
 */
import type { z } from "zod";
import { DataError, OptionError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { number, oneOf, positive } from "../options/values.js";
import { cellVolume } from "../structure/structure.js";
import { atomicMassUnit, boltzmannConstant, speedOfLightInternal, vacuumPermittivity } from "../units/constants.js";
import { wavenumberToAngular } from "../units/frequency.js";
import { broaden } from "./broadening.js";
import { QUANTUM_FACTORS, type QuantumFactor, quantumFactor } from "./corrections.js";
import { type Broadening, broadeningOption, lineShapes } from "./lineShape.js";
import { modeCharges, ramanActivities } from "./modeActivities.js";
import type { NormalModes } from "./phonons.js";
import { PREFACTOR_FIELDS, type RamanPrefactor, ramanPrefactor } from "./ramanFactors.js";
import { ratio, type Spectrum } from "./spectrum.js";

export interface LineSpectrumOptions {
  /** Default Lorentzian of 10 cm⁻¹ full width at half maximum. */
  readonly broadening?: Broadening;
  /** Last point of the axis, cm⁻¹; default beyond the highest line by ten widths, at least 100 cm⁻¹. */
  readonly to?: number;
  /** Spacing of the axis, cm⁻¹; default an eighth of the width, 1 cm⁻¹ without broadening. */
  readonly step?: number;
  /** Modes below this are left out as translations, rotations or unstable, cm⁻¹, default 10. */
  readonly lowest?: number;
}

export interface HarmonicInfraredOptions extends LineSpectrumOptions {
  /** Å³; default that of the cell. Without one the cross section of the molecule is given. */
  readonly volume?: number;
  /** K, default 300; matters only with a quantum factor other than harmonic. */
  readonly temperature?: number;
  /** Default harmonic, which is exact here. */
  readonly quantum?: QuantumFactor;
}

const LINE_FIELDS = {
  broadening: broadeningOption.default({ kind: "lorentzian", width: 10 }),
  to: positive("cm⁻¹").optional(),
  step: positive("cm⁻¹").optional(),
  lowest: number({}, "cm⁻¹").default(10),
} satisfies Fields<LineSpectrumOptions>;
const LINE_OPTIONS = record(LINE_FIELDS);
const INFRARED_OPTIONS = record({
  ...LINE_FIELDS,
  volume: positive("Å³").optional(),
  temperature: positive("K").default(300),
  quantum: oneOf(QUANTUM_FACTORS).default("harmonic"),
} satisfies Fields<HarmonicInfraredOptions>);
const RAMAN_OPTIONS = record({ ...LINE_FIELDS, ...PREFACTOR_FIELDS } satisfies Fields<HarmonicRamanOptions>);

/**
 * αn of harmonic modes: every mode contributes |∂P/∂Q|²/(12 V c² ε₀) to the area over cm⁻¹.
 * @param bornCharges [n, 3 (field), 3 (displacement)], e
 * @returns `absorption` (cm⁻¹) or `crossSection` (Å²) and the directions `x`, `y`, `z` that it is the mean of, as {@link infrared} gives them
 */
export function harmonicInfrared(
  modes: NormalModes,
  bornCharges: Float64Array,
  options: HarmonicInfraredOptions = {},
): Spectrum {
  const { quantum, temperature, ...read } = readOptions(INFRARED_OPTIONS, options, "harmonicInfrared");
  const { cell } = modes.structure;
  const volume = read.volume ?? (cell && cellVolume(cell));
  const scale = 1 / (12 * atomicMassUnit * speedOfLightInternal ** 2 * vacuumPermittivity);
  // ∫ over cm⁻¹: 1/Å² is 10¹⁶/cm²; of a cross section Å² over cm⁻¹: Å is 10⁻⁸ cm, and 1/cm is the unit of the axis.
  const unitScale = volume === undefined ? scale * 1e8 : (scale / volume) * 1e16;
  const [name, unit] = volume === undefined ? (["crossSection", "Å²"] as const) : (["absorption", "cm⁻¹"] as const);
  const charges = modeCharges(modes, bornCharges);
  // Each direction is three times its part of the mean, as in a spectrum from a trajectory.
  const along = ([x, y, z]: readonly [number, number, number]) => ({
    unit,
    areas: modes.wavenumbers.map((v, k) => {
      const squared = x * charges[3 * k]! ** 2 + y * charges[3 * k + 1]! ** 2 + z * charges[3 * k + 2]! ** 2;
      return squared * unitScale * quantumFactor(quantum, wavenumberToAngular(Math.abs(v)), temperature);
    }),
  });
  const columns = { [name]: along([1, 1, 1]), x: along([3, 0, 0]), y: along([0, 3, 0]), z: along([0, 0, 3]) };
  return lineSpectrum("infrared", modes, columns, read, [{ kind: "quantum", factor: quantum, temperature }]);
}

export interface HarmonicRamanOptions extends LineSpectrumOptions, RamanPrefactor {}

/**
 * Raman spectrum of harmonic modes: ⟨α̇²⟩ of a mode is (∂α/∂Q)² k_BT; factors as for {@link raman}.
 * @param derivatives ∂α/∂x, [n, 3 (displacement), 3, 3], Å²
 * @returns the intensities of {@link raman}
 */
export function harmonicRaman(
  modes: NormalModes,
  derivatives: Float64Array,
  options: HarmonicRamanOptions = {},
): Spectrum {
  const read = readOptions(RAMAN_OPTIONS, options, "harmonicRaman");
  const { isotropic, anisotropic } = ramanActivities(modes, derivatives);
  const { weight, record: corrections, factors } = ramanPrefactor(read);
  const kT = (boltzmannConstant * read.temperature) / atomicMassUnit;
  const unit = `Å⁶·cm·fs⁻${factors.has("inverseFrequency") ? "¹" : "²"}`;
  const scaled = (f: (a: number, g: number) => number) => ({
    unit,
    areas: isotropic.map((a, k) => {
      const omega = wavenumberToAngular(modes.wavenumbers[k]!);
      return omega > 0 ? f(a, anisotropic[k]!) * kT * (weight(omega) / omega ** 2) : 0;
    }),
  });
  const columns = {
    unpolarised: scaled((a, g) => a + (7 / 45) * g),
    parallel: scaled((a, g) => a + (4 / 45) * g),
    perpendicular: scaled((_, g) => g / 15),
    isotropic: scaled((a) => a),
    anisotropic: scaled((_, g) => g),
  };
  const spectrum = lineSpectrum("raman", modes, columns, read, corrections);
  const { parallel, perpendicular } = spectrum.intensities;
  const depolarisation = { unit: "1", values: ratio(perpendicular!.values, parallel!.values) };
  return { ...spectrum, intensities: { ...spectrum.intensities, depolarisation } };
}

/** Lines of given areas on an even axis from 0, shared out between neighboring points (area and position kept), broadened. */
function lineSpectrum(
  quantity: "raman" | "infrared",
  modes: NormalModes,
  columns: Readonly<Record<string, { readonly unit: string; readonly areas: Float64Array }>>,
  options: z.output<typeof LINE_OPTIONS>,
  corrections: Spectrum["corrections"],
): Spectrum {
  const { lowest, broadening } = options;
  const width = lineShapes(broadening).reduce((w, s) => Math.max(w, s.width), 0);
  const highest = modes.wavenumbers.reduce((m, v) => Math.max(m, v), 0);
  const to = options.to ?? highest + Math.max(100, 10 * width);
  const step = options.step ?? (width > 0 ? width / 8 : 1);
  const cells = Math.ceil(to / step);
  if (!(cells >= 2 && cells <= 1e7))
    throw new OptionError({
      where: "harmonic spectrum",
      problem: `an axis to ${to} cm⁻¹ in steps of ${step}`,
      advice: "give a step between 1e-7 and ½ of `to`",
    });
  const axis = Float64Array.from({ length: cells + 1 }, (_, k) => k * step);
  const intensities = Object.fromEntries(
    Object.entries(columns).map(([name, { unit, areas }]) => {
      const values = new Float64Array(cells + 1);
      areas.forEach((area, k) => {
        const v = modes.wavenumbers[k]!;
        if (v < lowest || v > axis[cells]!) return;
        if (!Number.isFinite(area))
          throw new DataError({ where: "harmonic spectrum", problem: `intensity of mode ${k} is ${area}` });
        const i = Math.min(cells - 1, Math.floor(v / step));
        const f = v / step - i;
        values[i]! += ((1 - f) * area) / (i === 0 ? step / 2 : step);
        values[i + 1]! += (f * area) / (i + 1 === cells ? step / 2 : step);
      });
      return [name, { unit, values }];
    }),
  );
  const lines: Spectrum = {
    quantity,
    axis: { unit: "cm-1", values: axis },
    intensities,
    resolution: 0,
    corrections,
    broadening: { kind: "none" },
    origin: "harmonic",
  };
  return broaden(lines, broadening);
}
