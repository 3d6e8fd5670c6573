import type { HermiteTable } from "../math/spline.js";
import { evaluateHermite } from "../math/spline.js";
import type { ChannelMatrices } from "./compression.js";
import type { ResolvedExpansion } from "./options.js";
import { radialTable } from "./radialTable.js";

/**
 * The plan of a neighbor density expansion c[lm][a] = Σ_k h_al(r_k) Y_lm(r̂_k). Without compression channel a stands for
 * (species s, radial function n) at s·nMax + n and a neighbor of species s adds to the nMax channels of its own;
 * with compression every neighbor adds to all channels, with radial functions that depend on its species.
 */
export interface Expansion {
  readonly cutoff: number;
  readonly lMax: number;
  /** Channels per (l, m). */
  readonly channels: number;
  /** Channels that one neighbor adds to. */
  readonly width: number;
  /** Per neighbor species. */
  readonly species: readonly SpeciesExpansion[];
}

/** What neighbors of one species add. */
export interface SpeciesExpansion {
  /** First channel. */
  readonly offset: number;
  /** Radial functions h_l,offset+i at channel l·width + i. */
  readonly table: HermiteTable;
  /** What the central atom itself adds to the l = 0 channels when it is of this species, length width; absent unless it counts. */
  readonly centre: Float64Array | undefined;
}

/** Plans an expansion. @param compression one [channels, species·nMax] matrix per degree */
export function planExpansion(
  species: number,
  settings: ResolvedExpansion,
  compression: ChannelMatrices | undefined,
): Expansion {
  const { cutoff, lMax, nMax, smearing, basis, cutoffFunction, radialScaling, centralAtom } = settings;
  const table = radialTable({ basis, cutoff, nMax, lMax, smearing, cutoffFunction, radialScaling });
  const width = compression ? compression.channels : nMax;
  const plan = Array.from({ length: species }, (_, s): SpeciesExpansion => {
    const own = compression ? compressedTable(table, nMax, s, compression) : table;
    const centre = new Float64Array(own.channels);
    evaluateHermite(own, 0, centre, new Float64Array(own.channels));
    // Y_00 = 1/√(4π)
    const value = centre.subarray(0, width).map((h) => h * Math.sqrt(0.25 / Math.PI));
    return { offset: compression ? 0 : s * nMax, table: own, centre: centralAtom ? value : undefined };
  });
  return { cutoff, lMax, channels: compression ? width : species * nMax, width, species: plan };
}

/** Radial functions of species s in the compressed channels: linear combinations of the table's columns. */
function compressedTable(table: HermiteTable, nMax: number, s: number, compression: ChannelMatrices): HermiteTable {
  const { channels: width, matrices } = compression;
  const combine = (source: Float64Array): Float64Array => {
    const out = new Float64Array((table.intervals + 1) * matrices.length * width);
    for (let knot = 0; knot <= table.intervals; knot++)
      for (let l = 0; l < matrices.length; l++) {
        const row = matrices[l]!;
        const all = row.length / width;
        for (let q = 0; q < width; q++) {
          let sum = 0;
          for (let n = 0; n < nMax; n++)
            sum += row[q * all + s * nMax + n]! * source[knot * table.channels + l * nMax + n]!;
          out[(knot * matrices.length + l) * width + q] = sum;
        }
      }
    return out;
  };
  return { ...table, channels: matrices.length * width, values: combine(table.values), slopes: combine(table.slopes) };
}
