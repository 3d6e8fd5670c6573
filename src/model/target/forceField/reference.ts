import type { Descriptor } from "../../../descriptor/descriptor.js";
import { featureCount } from "../../../descriptor/descriptor.js";
import { featuresOf } from "../../../descriptor/evaluate.js";
import { selectEnvironments } from "../../../descriptor/sparsify.js";
import { type Matrix, matrix } from "../../../math/matrix.js";
import type { RunOptions } from "../../../progress.js";
import type { Frame } from "../../../structure/frame.js";
import { featureBasis } from "../../basis/basis.js";
import { columnCount } from "./rows.js";

/**
 * Φ of the reference form: the features of `environments` atoms per species (fewer where there are fewer distinct ones), each
 * divided by its length, then a unit row per species energy. [references + species, columns]
 */
export async function referenceProjection(
  d: Descriptor,
  frames: readonly Frame[],
  environments: number,
  run: RunOptions,
): Promise<Matrix> {
  const structures = frames.map((f) => f.structure);
  const chosen = (await selectEnvironments(d, structures, { count: environments, ...run })).flat();
  const count = featureCount(d, 0);
  const kinds = d.options.species.length;
  const phi = matrix(chosen.length + kinds, columnCount(featureBasis(d)));
  const features = new Map<number, Float64Array>();
  chosen.forEach(({ structure, atom }, r) => {
    const s = frames[structure]!.structure;
    const all = features.get(structure) ?? featuresOf(d, s, 0).values;
    features.set(structure, all);
    const row = all.subarray(atom * count, (atom + 1) * count);
    const length = Math.hypot(...row) || 1;
    const kind = d.options.species.indexOf(s.species[atom]!);
    phi.values.set(
      row.map((v) => v / length),
      r * phi.columns + kind * count,
    );
  });
  for (let k = 0; k < kinds; k++) phi.values[(chosen.length + k) * phi.columns + kinds * count + k] = 1;
  return phi;
}
