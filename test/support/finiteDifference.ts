/** Derivatives by finite differences, the independent check of every analytic gradient. */

/** f′(x) by the fourth-order central difference; error about step⁴·f⁗′/30 + ε·|f|/step. */
export function derivative(f: (x: number) => number, x: number, step = 1e-3): number {
  return (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);
}

/**
 * Gradient of `f` at `x` by fourth-order central differences, one coordinate at a time.
 * @param f value of the function; must not keep or change its argument
 */
export function gradient(f: (x: Float64Array) => number, x: ArrayLike<number>, step = 1e-3): Float64Array {
  const result = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    result[i] = derivative(
      (value) => {
        const moved = Float64Array.from(x);
        moved[i] = value;
        return f(moved);
      },
      x[i]!,
      step,
    );
  }
  return result;
}

/**
 * Jacobian ∂f_a/∂x_i of a vector function by fourth-order central differences.
 * @returns row-major, shape [outputs, inputs]
 */
export function jacobian(f: (x: Float64Array) => ArrayLike<number>, x: ArrayLike<number>, step = 1e-3): Float64Array {
  const at = (i: number, shift: number): ArrayLike<number> => {
    const moved = Float64Array.from(x);
    moved[i]! += shift;
    return Float64Array.from(f(moved));
  };
  const outputs = f(Float64Array.from(x)).length;
  const result = new Float64Array(outputs * x.length);
  for (let i = 0; i < x.length; i++) {
    const [m2, m1, p1, p2] = [at(i, -2 * step), at(i, -step), at(i, step), at(i, 2 * step)];
    for (let a = 0; a < outputs; a++) {
      result[a * x.length + i] = (8 * (p1[a]! - m1[a]!) - (p2[a]! - m2[a]!)) / (12 * step);
    }
  }
  return result;
}
