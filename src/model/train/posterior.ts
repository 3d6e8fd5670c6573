/** Error estimates of a linear model: the posterior of Bayesian linear regression with Gaussian noise and prior. */
import { OptionError } from "../../errors.js";
import { cholesky } from "../../math/cholesky.js";
import { type FactorSolver, factorSolver } from "../../math/factorSolver.js";
import { columnScales } from "../../math/leastSquares.js";
import { type LinalgKernels, newLinalgKernels } from "../../math/linalgKernels.js";
import { gemm, type Matrix, matrix, transpose } from "../../math/matrix.js";
import { projectNormalEquations } from "../../math/normalEquations.js";
import type { LinearFit } from "./primal.js";

/**
 * The Gaussian distribution of the weights given the training data: ω ~ N(ω̂, noise² A⁻¹), where A = XᵀX + ridge is the
 * precision in units of the noise and w = Φᵀω.
 */
export interface Posterior {
  /** Lower Cholesky factor of A, [n, n]. */
  readonly lower: Matrix;
  /** Φ, [n, columns]; absent in the primal form, where n is the number of columns. */
  readonly projection?: Matrix;
  /** Mean of the functions of an environment over the training atoms of each species, [functions]; zero for a quantity that is no scalar. */
  readonly mean: Float64Array;
  /** Directions over the species in which the constants were fitted, one column each after those of the functions. */
  readonly directions: readonly Float64Array[];
  /** Root mean square error of a weighted row: on held-out frames where the ridge was searched, else on the training frames. */
  readonly noise: number;
}

/**
 * The posterior of a fit, or none where the sums over its rows were not formed.
 * @param mean see {@link Posterior}
 */
export function posteriorOf(
  fit: LinearFit,
  directions: readonly Float64Array[],
  mean: () => Float64Array,
): Posterior | undefined {
  if (!fit.equations) return undefined;
  const { projection } = fit;
  const { gram } = projection ? projectNormalEquations(fit.equations, projection) : fit.equations;
  const n = gram.rows;
  const diagonal = Float64Array.from({ length: n }, (_, i) => gram.values[i * (n + 1)]!);
  const precision = matrix(n, n, gram.values.slice());
  columnScales(diagonal, "none", fit.ridge).penalty.forEach((p, i) => {
    precision.values[i * (n + 1)]! += p;
  });
  const trial = fit.trials.find((t) => t.ridge === fit.ridge);
  return {
    lower: cholesky(precision).lower,
    ...(projection && { projection }),
    mean: mean(),
    directions,
    noise: trial?.validationError ?? fit.trainingErrors[0]!,
  };
}

interface KeptFactor {
  readonly solver: FactorSolver;
  readonly kernels: LinalgKernels;
  /** Where its memory begins. */
  readonly mark: number;
}

const factors = new WeakMap<Posterior, KeptFactor>();

function keepFactor(posterior: Posterior, kernels = newLinalgKernels()): FactorSolver {
  const mark = kernels.arena.mark();
  const solver = factorSolver(posterior.lower, kernels);
  factors.set(posterior, { solver, kernels, mark });
  return solver;
}

/** L⁻¹Rᵀ for rows R of the equations. */
function whitened(posterior: Posterior, rows: Matrix): Matrix {
  const solver = factors.get(posterior)?.solver ?? keepFactor(posterior);
  return solver.forward(transpose(projected(posterior, rows)));
}

/** R A⁻¹ Rᵀ for rows R of the equations: their covariance in units of the noise, [rows, rows]. */
export function rowCovariance(posterior: Posterior, rows: Matrix): Matrix {
  const x = whitened(posterior, rows);
  return gemm(x, x, "a");
}

/** Standard deviation of the value of each row of the equations, in the units of its target. @param rows [rows, columns] */
export function rowDeviations(posterior: Posterior, rows: Matrix): Float64Array {
  const { values } = whitened(posterior, rows);
  const squares = new Float64Array(rows.rows);
  for (let k = 0; k < values.length; k++) squares[k % rows.rows]! += values[k]! ** 2;
  return squares.map((sum) => posterior.noise * Math.sqrt(sum));
}

/** The posterior after these rows have been measured as well, whatever the result. */
export function withRows(posterior: Posterior, rows: Matrix): Posterior {
  const x = projected(posterior, rows);
  const { lower } = posterior;
  const precision = gemm(lower, lower, "b");
  gemm(x, x, "a").values.forEach((v, k) => {
    precision.values[k]! += v;
  });
  const learned = { ...posterior, lower: cholesky(precision).lower };
  const before = factors.get(posterior);
  if (before) {
    // One posterior after the other in the same memory: a chain of them would fill the machine before it is collected.
    factors.delete(posterior);
    before.kernels.arena.release(before.mark);
    keepFactor(learned, before.kernels);
  }
  return learned;
}

function projected({ projection }: Posterior, rows: Matrix): Matrix {
  return projection ? gemm(rows, projection, "b") : rows;
}

/** @throws OptionError if the model has none */
export function requirePosterior({ posterior }: { readonly posterior?: Posterior }): Posterior {
  if (posterior) return posterior;
  throw new OptionError({
    where: "error estimate",
    problem: "the model has none",
    advice: 'fit it with uncertainty: { kind: "variance" } and the Cholesky solver, and save it with its posterior',
  });
}
