/** Sparse kernel models: weights only on reference environments chosen by farthest-point sampling. */
import { farthestPoints } from "../../descriptor/sparsify.js";
import { OptionError } from "../../errors.js";
import { cholesky, choleskySolve } from "../../math/cholesky.js";
import { gemm, type Matrix, matrix, transpose } from "../../math/matrix.js";
import type { RunOptions } from "../../progress.js";
import type { EnvironmentFeatures } from "./environmentFeatures.js";
import { linearPredictor, type Predictor, referencePredictor } from "./predictor.js";
import { type KernelSettings, scaledFeatures, structureKernel } from "./structureKernel.js";

/** Which environments carry weights. */
export type References =
  /** Every atom of every training frame: the full kernel model. */
  | { readonly kind: "all" }
  /** `count` atoms of the training frames, chosen by farthest-point sampling on the normalized scalar kernel. */
  | { readonly kind: "farthestPoint"; readonly count: number };

/** Relative size of the ridge that makes the kernel between references invertible. */
const JITTER = 1e-10;

/**
 * Reference environments, each as a structure of one atom; `undefined` for the full model.
 * Starts at the first atom and always takes the environment farthest from those taken, d² = 2 − 2 k⁰ with k⁰ = 0 between species;
 * fewer than asked for where the others are copies of them.
 * @throws OptionError if there are fewer atoms than references; AbortedError when interrupted
 */
export async function selectReferences(
  structures: readonly EnvironmentFeatures[] | undefined,
  references: References,
  run: RunOptions,
): Promise<readonly EnvironmentFeatures[] | undefined> {
  if (references.kind === "all") return undefined;
  const atoms = (structures ?? []).flatMap((f) => Array.from(f.species, (_, j) => singleAtom(f, j)));
  const { count } = references;
  if (!(Number.isInteger(count) && count >= 1 && count <= atoms.length))
    throw new OptionError({
      where: "references.count",
      problem: `${count} references asked for, the training frames have ${atoms.length} atoms`,
    });
  // Each species in columns of its own: no environment is farther from another than from one of another species.
  const width = atoms[0]!.scalar.length;
  const rows = matrix(atoms.length, width * (1 + Math.max(...atoms.map((a) => a.species[0]!))));
  atoms.forEach(({ species, scalar }, i) => {
    const length = Math.sqrt(scalar.reduce((s, x) => s + x * x, 0)) || 1;
    rows.values.set(
      scalar.map((x) => x / length),
      i * rows.columns + species[0]! * width,
    );
  });
  return Array.from((await farthestPoints(rows, count, { ...run, first: 0 })).indices, (i) => atoms[i]!);
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
