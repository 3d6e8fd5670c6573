/** How often values lie within their error bars. */
export interface Coverage {
  /** Values compared. */
  readonly values: number;
  /** Fraction with |error| ≤ 2σ; 0.954 for normal errors. */
  readonly twoSigma: number;
  /** Factor on σ that makes the mean squared error that of the estimates: √⟨(error/σ)²⟩. */
  readonly scale: number;
  /** Fraction with |error| ≤ 2·scale·σ. */
  readonly twoSigmaScaled: number;
}

/** @param z errors over their standard deviations */
export function coverageOf(z: readonly number[]): Coverage {
  const scale = Math.sqrt(z.reduce((s, v) => s + v * v, 0) / z.length);
  const within = (bound: number): number => z.filter((v) => Math.abs(v) <= bound).length / z.length;
  return { values: z.length, twoSigma: within(2), scale, twoSigmaScaled: within(2 * scale) };
}
