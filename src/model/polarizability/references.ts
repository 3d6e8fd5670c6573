/** Sparse kernel models: weights only on reference environments chosen by farthest-point sampling. */
import { OptionError } from "../../errors.js";
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { gemm, type Matrix, matrix, transpose } from "../../math/matrix.js";
import type { EnvironmentFeatures } from "./environmentFeatures.js";
import { type KernelSettings, scaledFeatures, structureKernel } from "./kernel.js";
import { linearPredictor, type Predictor, referencePredictor } from "./predictor.js";

/** Which environments carry weights. */
export type References =
  /** Every atom of every training frame: the full kernel model. */
  | { readonly kind: "all" }
  /** `count` atoms of the training frames, chosen by farthest-point sampling on the normalised scalar kernel. */
  | { readonly kind: "farthestPoint"; readonly count: number };

/** Relative size of the ridge that makes the kernel between references invertible. */
const JITTER = 1e-10;

/**
 * Reference environments, each as a structure of one atom; `undefined` for the full model.
 * Starts at the first atom and always takes the environment farthest from those taken, d² = 2 − 2 k⁰ within a species.
 * @throws OptionError if there are fewer atoms than references
 */
export function selectReferences(
  structures: readonly EnvironmentFeatures[] | undefined,
  references: References,
): readonly EnvironmentFeatures[] | undefined {
  if (references.kind === "all") return undefined;
  const atoms = (structures ?? []).flatMap((f) => Array.from(f.species, (_, j) => singleAtom(f, j)));
  const { count } = references;
  if (!(Number.isInteger(count) && count >= 1 && count <= atoms.length))
    throw new OptionError({
      where: "references.count",
      problem: `${count} references asked for, the training frames have ${atoms.length} atoms`,
    });
  const unit = atoms.map((a) => {
    const length = Math.sqrt(a.scalar.reduce((s, x) => s + x * x, 0)) || 1;
    return a.scalar.map((x) => x / length);
  });
  const distance = new Float64Array(atoms.length).fill(Number.POSITIVE_INFINITY);
  const chosen: number[] = [];
  for (let next = 0; chosen.length < count; ) {
    chosen.push(next);
    const [own, kind] = [unit[next]!, atoms[next]!.species[0]];
    let farthest = 0;
    distance[next] = -1;
    for (let j = 0; j < atoms.length; j++) {
      if (distance[j]! < 0) continue;
      if (atoms[j]!.species[0] === kind) {
        let k = 0;
        for (let c = 0; c < own.length; c++) k += own[c]! * unit[j]![c]!;
        distance[j] = Math.min(distance[j]!, 2 - 2 * k);
      }
      if (distance[j]! > distance[farthest]!) farthest = j;
    }
    next = farthest;
  }
  return chosen.map((i) => atoms[i]!);
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
        ? linearPredictor(scaledFeatures(references, settings), weights, settings)
        : referencePredictor(references, weights, settings);
    },
  };
}

function singleAtom(f: EnvironmentFeatures, j: number): EnvironmentFeatures {
  const n = f.species.length;
  const [a, b] = [f.scalar.length / n, f.traceless.length / n];
  return {
    species: f.species.slice(j, j + 1),
    scalar: f.scalar.slice(j * a, (j + 1) * a),
    traceless: f.traceless.slice(j * b, (j + 1) * b),
  };
}
