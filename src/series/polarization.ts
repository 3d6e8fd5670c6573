/** The modern theory of polarization leaves P of a periodic cell open up to multiples of e·a, e·b, e·c: one branch is chosen here. */
import { DataError, ShapeError } from "../errors.js";
import { inverse3 } from "../math/matrix3.js";
import { readOptions, record } from "../options/record.js";
import { checkedBy, number, positive } from "../options/values.js";
import type { Periodicity } from "../structure/structure.js";
import { requireVector } from "./components.js";
import { seriesLength, type TensorSeries } from "./tensorSeries.js";

/** A branch-continuous polarization. */
export interface UnwrappedPolarization {
  readonly series: TensorSeries;
  /** Frames whose quantum number differs from the frame before. */
  readonly jumps: readonly number[];
  /** Largest remaining step between frames in units of a polarization quantum; at ½ the branch would be a guess. */
  readonly largestStep: number;
}

/** What may remain of a jump in quanta wherever it is; more is a jump of another kind unless all steps are as large. */
const noQuantum = 0.1;

const OPTIONS = record({
  charge: positive("e").default(1),
  limit: number({ above: 0, atMost: 0.5 }).default(0.4),
  periodic: checkedBy<Periodicity>(
    (v) => Array.isArray(v) && v.length === 3 && v.every((x) => typeof x === "boolean"),
    "three of true and false",
  ).default([true, true, true]),
});

/**
 * Removes jumps by whole polarization quanta so that P(t) is continuous from its first frame on.
 * @param series polarization, e·Å per cell
 * @param cell rows a, b, c, Å, [3, 3] or [frames, 3, 3] for a variable one; the quanta are charge·a, charge·b, charge·c
 * @param options.charge e, default 1; 2 for a code that fills every orbital with two electrons
 * @param options.periodic directions in which P is open; default all three
 * @param options.limit largest step accepted as continuous, in quanta, default 0.4
 * @throws DataError if a step of more than `limit` quanta remains, where the branch is ambiguous, or a jump is by no whole number of quanta
 */
export function unwrapPolarization(
  series: TensorSeries,
  cell: Float64Array,
  options: { readonly charge?: number; readonly limit?: number; readonly periodic?: Periodicity } = {},
): UnwrappedPolarization {
  const { charge, limit, periodic } = readOptions(OPTIONS, options, "unwrapPolarization");
  requireVector(series, "unwrapping");
  const frames = seriesLength(series);
  if (cell.length !== 9 && cell.length !== 9 * frames)
    throw new ShapeError({ where: "unwrapPolarization", problem: `${cell.length / 9} cells for ${frames} frames` });
  const values = Float64Array.from(series.values);
  const jumps: number[] = [];
  let largestStep = 0;
  let [ordinaryStep, stepAtJump, worst] = [0, 0, 0];
  const taken = [0, 0, 0];
  let inverse = inverse3(cell.subarray(0, 9));
  for (let f = 1; f < frames; f++) {
    const at = cell.length === 9 ? 0 : 9 * f;
    if (at > 0) inverse = inverse3(cell.subarray(at, at + 9));
    const step = [0, 1, 2].map((i) => (values[3 * f + i]! - values[3 * (f - 1) + i]!) / charge);
    let jumped = false;
    let remains = 0;
    for (let k = 0; k < 3; k++) {
      if (!periodic[k]) continue;
      const fraction = step[0]! * inverse[k]! + step[1]! * inverse[3 + k]! + step[2]! * inverse[6 + k]!;
      const quanta = Math.round(fraction);
      const rest = Math.abs(fraction - quanta);
      remains = Math.max(remains, rest);
      if (rest > limit)
        throw new DataError({
          where: `polarization series (${series.origin}), frame ${f}`,
          problem: `steps by ${fraction.toFixed(3)} quanta along cell vector ${"abc"[k]}, so its branch is ambiguous`,
          advice: "use closer frames, or integrate the current Z*·v instead",
        });
      jumped ||= quanta !== taken[k];
      taken[k] = quanta;
      for (let i = 0; i < 3; i++) values[3 * f + i]! -= quanta * charge * cell[at + 3 * k + i]!;
    }
    largestStep = Math.max(largestStep, remains);
    if (jumped) jumps.push(f);
    if (jumped && remains > stepAtJump) [stepAtJump, worst] = [remains, f];
    if (!jumped) ordinaryStep = Math.max(ordinaryStep, remains);
  }
  if (frames - jumps.length > 4 && stepAtJump > noQuantum && stepAtJump > 3 * ordinaryStep)
    throw new DataError({
      where: `polarization series (${series.origin}), frame ${worst}`,
      problem: `jumps by a quantum and ${stepAtJump.toFixed(3)} of one more, where other steps are at most ${ordinaryStep.toFixed(3)}: no change of branch`,
      advice: "look whether two runs are joined there, or the unit of the polarization is another",
    });
  return { series: { ...series, values }, jumps, largestStep };
}
