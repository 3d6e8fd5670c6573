/** Sparse kernel models: weights only on reference environments chosen by farthest-point sampling. */
import { farthestPoints } from "../../descriptor/sparsify.js";
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { gemm, type Matrix, matrix, norm, transpose } from "../../math/matrix.js";
import type { RunOptions } from "../../progress.js";
import { type EnvironmentFeatures, featuresOfOrder, featureWidth, singleAtom } from "./environmentFeatures.js";
import { linearPredictor, type Predictor, referencePredictor } from "./predictor.js";
import { type KernelSettings, scaledFeatures, structureKernel } from "./structureKernel.js";

/** Relative size of the ridge that makes the kernel between references invertible. */
const JITTER = 1e-10;

/**
 * Reference environments, each as a structure of one atom: `count` of each species by farthest-point sampling on the normalized
 * scalar kernel, fewer where there are fewer distinct ones.
 * @throws AbortedError when interrupted
 */
export async function selectReferences(
  structures: readonly EnvironmentFeatures[],
  count: number,
  run: RunOptions,
): Promise<readonly EnvironmentFeatures[]> {
  const atoms = structures.flatMap((f) => Array.from(f.species, (_, j) => singleAtom(f, j)));
  const chosen: EnvironmentFeatures[] = [];
  for (const kind of [...new Set(atoms.map((a) => a.species[0]!))].sort((a, b) => a - b)) {
    const own = atoms.filter((a) => a.species[0] === kind);
    const rows = matrix(own.length, featuresOfOrder(own[0]!, 0).length);
    own.forEach((atom, i) => {
      const scalar = featuresOfOrder(atom, 0);
      const length = norm(scalar) || 1;
      rows.values.set(
        scalar.map((x) => x / length),
        i * rows.columns,
      );
    });
    const { indices } = await farthestPoints(rows, Math.min(count, own.length), run);
    chosen.push(...Array.from(indices, (i) => own[i]!));
  }
  return chosen;
}

/** The kernel K_NM K_MM⁻¹ K_MN of a set of references M, and the predictor that belongs to dual weights in it. */
export interface Nystroem {
  kernel(a: readonly EnvironmentFeatures[], b: readonly EnvironmentFeatures[]): Matrix;
  predictor(structures: readonly EnvironmentFeatures[], dual: Float64Array): Predictor;
}

/** Subset of regressors (Quiñonero-Candela and Rasmussen, J. Mach. Learn. Res. 6, 1939 (2005)). */
export function nystroem(references: readonly EnvironmentFeatures[], settings: KernelSettings): Nystroem {
  const own = structureKernel(references, references, settings);
  let trace = 0;
  for (let i = 0; i < own.rows; i++) trace += own.values[i * own.rows + i]!;
  for (let i = 0; i < own.rows; i++) own.values[i * own.rows + i]! += (JITTER * trace) / own.rows;
  const factor = cholesky(own);
  const to = (a: readonly EnvironmentFeatures[]): Matrix => structureKernel(a, references, settings);
  return {
    kernel(a, b) {
      const left = to(a);
      const right = a === b ? left : to(b);
      return gemm(left, choleskySolve(factor, transpose(right)));
    },
    predictor(structures, dual) {
      const projected = gemm(to(structures), matrix(dual.length, 1, dual), "a");
      const weights = choleskySolve(factor, projected).values;
      return settings.zeta === 1
        ? linearPredictor(scaledFeatures(references, settings), weights, columnScales(settings, references))
        : referencePredictor(references, weights, settings);
    },
  };
}

/** The scale of each column of structure features. */
function columnScales({ order, scales }: KernelSettings, [first]: readonly EnvironmentFeatures[]): Float64Array {
  const count = featureWidth(first!, order);
  return Float64Array.from({ length: scales.length * count }, (_, c) => scales[Math.floor(c / count)]!);
}
