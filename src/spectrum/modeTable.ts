/** Normal modes as people read them: what moves, of which symmetry, where, and what light sees of it. */
import { type Fields, readOptions, record } from "../options/record.js";
import { checkedBy, doubles, isArrayLike, number, positive } from "../options/values.js";
import { symmetry } from "../structure/symmetry.js";
import type { ForceConstants } from "./forceConstants.js";
import { infraredIntensities, kilometrePerMole, ramanActivities } from "./modeActivities.js";
import { type ModeSymmetry, modeSymmetries } from "./modeSymmetry.js";
import { orderedLines } from "./nearestLines.js";
import { type NonAnalytic, type NormalModes, normalModes } from "./phonons.js";
import { rigidMotions } from "./rigidMotion.js";

/** One mode. */
export interface ModeRow {
  /** From 1, in order of wavenumber. */
  readonly mode: number;
  readonly kind: "vibration" | "translation" | "rotation";
  /** Mulliken's symbol of its representation; "" for motions as a whole. */
  readonly symmetry: string;
  /** cm⁻¹; negative for an imaginary frequency. */
  readonly wavenumber: number;
  /** |∂P/∂Q|², km/mol (of a crystal: per mole of cells); 0 where symmetry forbids it. Absent without Born charges. */
  readonly infrared?: number;
  /** 45a′² + 7γ′², Å⁴/u; 0 where symmetry forbids it. Absent without derivatives of the polarizability. */
  readonly raman?: number;
  /** Depolarization ratio 3γ′²/(45a′² + 4γ′²) of a powder or gas; absent where there is no Raman activity. */
  readonly depolarisation?: number;
  /** Measured line nearest to it, where one is near enough, and the mode's distance from that, cm⁻¹. */
  readonly measured?: number;
  readonly difference?: number;
}

export interface ModeTableOptions {
  /** [n, 3 (field), 3 (displacement)], e */
  readonly bornCharges?: Float64Array;
  /** ∂α/∂x, [n, 3 (displacement), 3, 3], Å² */
  readonly derivatives?: Float64Array;
  /** Distance below which positions count as equal when the symmetry is found, Å, default 1e-3. */
  readonly tolerance?: number;
  /** Positions of measured lines, cm⁻¹: each belongs to one vibration that light sees, in their order (degenerate ones together). */
  readonly measured?: readonly number[];
  /** Largest distance from a measured line to its mode, as a fraction of the line's position; default 0.15. */
  readonly within?: number;
}

const OPTIONS = record({
  bornCharges: doubles().optional(),
  derivatives: doubles().optional(),
  tolerance: positive("Å").optional(),
  measured: checkedBy<readonly number[]>(isArrayLike, "a list of positions").default([]),
  within: number({ atLeast: 0 }).default(0.15),
} satisfies Fields<ModeTableOptions>);

/** Columns of {@link modeTable} with their units, "" for none. */
export const MODE_UNITS: Readonly<Record<keyof ModeRow, string>> = {
  mode: "",
  kind: "",
  symmetry: "",
  wavenumber: "cm⁻¹",
  infrared: "km/mol",
  raman: "Å⁴/u",
  depolarisation: "",
  measured: "cm⁻¹",
  difference: "cm⁻¹",
};

/**
 * One row per normal mode: kind of motion, symmetry, position, infrared intensity and Raman activity.
 * @param modes of a crystal or a molecule (normalModes)
 * @example
 * const { reference, displaced } = await loadDataset("h2o");
 * const modes = normalModes(forceConstants(reference!.structure, spectra.displacedForces(reference!, displaced)));
 * spectra.modeTable(modes, { bornCharges: reference!.bornCharges! }).filter((r) => r.kind === "vibration").map((r) => r.symmetry) // ["A1", "A1", "B2"]
 */
export function modeTable(modes: NormalModes, options: ModeTableOptions = {}): readonly ModeRow[] {
  const { bornCharges, derivatives, tolerance, measured, within } = readOptions(OPTIONS, options, "modeTable");
  const symmetries = modeSymmetries(modes, symmetry(modes.structure, tolerance));
  const kinds = modeKinds(modes);
  const intensities = bornCharges && infraredIntensities(modes, bornCharges);
  const activities = derivatives && ramanActivities(modes, derivatives);
  const rows = Array.from(modes.wavenumbers, (wavenumber, k): ModeRow => {
    const vibrates = kinds[k] === "vibration";
    const { symbol, infrared, raman } = symmetries[k]!;
    const seen = activities && vibrates && raman ? activities.activities[k]! : 0;
    const [a, g] = activities ? [activities.isotropic[k]!, activities.anisotropic[k]!] : [0, 0];
    return {
      mode: k + 1,
      kind: kinds[k]!,
      symmetry: vibrates ? symbol : "",
      wavenumber,
      ...(intensities && { infrared: vibrates && infrared ? intensities[k]! * kilometrePerMole : 0 }),
      ...(activities && { raman: seen }),
      ...(seen > 0 && { depolarisation: (3 * g) / (45 * a + 4 * g) }),
    };
  });
  return measured.length > 0 ? besideMeasured(rows, measured, within) : rows;
}

/** The rows with the measured lines that are theirs. */
function besideMeasured(rows: readonly ModeRow[], measured: readonly number[], within: number): readonly ModeRow[] {
  const known = rows.some((m) => m.infrared !== undefined || m.raman !== undefined);
  // What no light sees, or does not vibrate, has no measured line.
  const seen = rows.filter((m) => m.kind === "vibration" && (!known || (m.infrared ?? 0) + (m.raman ?? 0) > 0));
  const { taken } = orderedLines(
    seen.map((m) => m.wavenumber),
    measured,
    within,
  );
  return rows.map((m) => {
    const line = taken.get(seen.indexOf(m));
    return line === undefined ? m : { ...m, measured: line, difference: m.wavenumber - line };
  });
}

/** What each mode is: motions as a whole make up most of a translation or rotation. */
export function modeKinds(modes: NormalModes): readonly ModeRow["kind"][] {
  const motions = rigidMotions(modes.structure, modes.masses);
  const { columns, values } = modes.eigenvectors;
  return Array.from(modes.wavenumbers, (_, k): ModeRow["kind"] => {
    const shares = { translation: 0, rotation: 0 };
    for (const { kind, vector } of motions) {
      let dot = 0;
      for (let c = 0; c < columns; c++) dot += values[k * columns + c]! * vector[c]!;
      shares[kind] += dot * dot;
    }
    if (shares.translation + shares.rotation < 0.5) return "vibration";
    return shares.translation > shares.rotation ? "translation" : "rotation";
  });
}

/** Symmetry labels of the modes for grouping parts of a spectrum; motions as a whole are "translation" and "rotation". */
export function modeLabels(modes: NormalModes, known?: readonly ModeSymmetry[]): readonly string[] {
  const symmetries = known ?? modeSymmetries(modes);
  return modeKinds(modes).map((kind, k) => (kind === "vibration" ? symmetries[k]!.symbol : kind));
}

/** A line that a polar crystal has for wave vectors along a direction and not at zero field. */
export interface LongitudinalLine {
  /** Direction of the wave vector, Cartesian. */
  readonly direction: readonly [number, number, number];
  /** Mulliken's symbol of the transverse mode. */
  readonly symmetry: string;
  /** cm⁻¹ */
  readonly wavenumber: number;
  /** Transverse mode that it is closest to in pattern, its number in {@link modeTable}, and its wavenumber. */
  readonly transverse: number;
  readonly transverseWavenumber: number;
}

/** Shift below which a mode does not count as longitudinal, cm⁻¹. */
const SHIFTED = 0.5;

/**
 * Longitudinal optical lines of a polar crystal for wave vectors along x, y and z: modes with the macroscopic field that are not at the
 * place of any transverse one.
 * @param field Born charges and ε∞
 */
export function longitudinalLines(
  constants: ForceConstants,
  field: Omit<NonAnalytic, "direction">,
): readonly LongitudinalLine[] {
  const transverse = normalModes(constants);
  const symmetries = modeSymmetries(transverse);
  const { columns } = transverse.eigenvectors;
  return (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).flatMap((direction) => {
    const shifted = normalModes(constants, { nonAnalytic: { ...field, direction } });
    return Array.from(shifted.wavenumbers).flatMap((wavenumber, k) => {
      if (transverse.wavenumbers.some((v) => Math.abs(v - wavenumber) < SHIFTED)) return [];
      const overlaps = Array.from(transverse.wavenumbers, (_, t) => {
        let dot = 0;
        for (let c = 0; c < columns; c++)
          dot += transverse.eigenvectors.values[t * columns + c]! * shifted.eigenvectors.values[k * columns + c]!;
        return dot * dot;
      });
      const nearest = overlaps.indexOf(Math.max(...overlaps));
      return [
        {
          direction,
          symmetry: symmetries[nearest]!.symbol,
          wavenumber,
          transverse: nearest + 1,
          transverseWavenumber: transverse.wavenumbers[nearest]!,
        },
      ];
    });
  });
}
