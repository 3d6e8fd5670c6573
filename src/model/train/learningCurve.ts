/** Errors against the number of training frames, of any model. */
import { mean, quantile } from "../../math/statistics.js";

/** Errors on test frames for one training-set size. */
export interface LearningPoint<E> {
  /** Training frames. */
  readonly train: number;
  /** Frames that helped to choose settings and were not trained on. */
  readonly validation: number;
  /** One per random draw. */
  readonly draws: readonly E[];
}

/** Errors for several training-set sizes. */
export interface LearningCurve<E> {
  /** For legends, e.g. "Δ-ML". */
  readonly method: string;
  /** Test frames of each draw. */
  readonly test: number;
  readonly points: readonly LearningPoint<E>[];
}

/** A score against the number of training frames, as figures take it. */
export interface ScorePoints {
  readonly sizes: readonly number[];
  /** Mean over the draws. */
  readonly mean: readonly number[];
  /** Median over the draws. */
  readonly median: readonly number[];
  /** Half the distance between the quartiles. */
  readonly spread: readonly number[];
}

/** Mean, median and spread of one score at every size, e.g. of `(e) => e.r2.gamma2`. */
export function scorePoints<E>(curve: LearningCurve<E>, score: (errors: E) => number): ScorePoints {
  const values = curve.points.map((p) => Float64Array.from(p.draws, score));
  return {
    sizes: curve.points.map((p) => p.train),
    mean: values.map((v) => mean(v)),
    median: values.map((v) => quantile(v, 0.5)),
    spread: values.map((v) => 0.5 * (quantile(v, 0.75) - quantile(v, 0.25))),
  };
}

/** Median of a score over the draws of one size. */
export function medianScore<E>(point: LearningPoint<E>, score: (errors: E) => number): number {
  return quantile(Float64Array.from(point.draws, score), 0.5);
}
