/** Whether Born charges stand in the order that they are taken for. */
import type { LoadOptions } from "../io/format.js";
import { fitPolarization } from "../model/target/polarization/polarization.js";
import type { Frame } from "../structure/frame.js";

/** Charges whose two off-diagonal components differ by less than this on average, e, look the same either way. */
const smallestDifference = 1e-3;
/** Atoms in all that a trial fit is made with. */
const mostAtoms = 400;

/**
 * What the fit of a polarization model says of some frames: charges that fit better transposed have rows = displacement.
 * @returns sentences; none where charges are too few or too symmetric to tell
 */
export async function chargeProblems(frames: readonly Frame[], options: LoadOptions): Promise<string[]> {
  const n = frames[0]?.structure.species.length ?? 0;
  const some = frames.slice(0, Math.max(3, Math.floor(mostAtoms / Math.max(n, 1))));
  if (some.length < 3 || n > mostAtoms || !(antisymmetry(some) > smallestDifference)) return [];
  if (some.some((f) => f.structure.species.join() !== some[0]!.structure.species.join())) return [];
  const { training } = await fitPolarization(
    some.map(({ structure, bornCharges }) => ({ structure, bornCharges: bornCharges! })),
    {
      descriptor: { cutoff: 4, nMax: 4, lMax: 3, twoBody: {} },
      ...(options.signal && { signal: options.signal }),
    },
  );
  return training.warnings.filter((w) => w.startsWith("the transposed Born charges"));
}

/** Root mean square of Z_αβ − Z_βα. */
function antisymmetry(frames: readonly Frame[]): number {
  let [sum, count] = [0, 0];
  for (const { bornCharges } of frames)
    for (let a = 0; a < bornCharges!.length; a += 9)
      for (const [i, j] of [
        [1, 3],
        [2, 6],
        [5, 7],
      ] as const) {
        sum += (bornCharges![a + i]! - bornCharges![a + j]!) ** 2;
        count++;
      }
  return Math.sqrt(sum / count);
}
