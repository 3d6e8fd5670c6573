/**
 * A case of a benchmark, as it is; for its types.
 * @template S
 * @param {import("./benchCase.types.js").BenchCase<S>} c
 * @returns {import("./benchCase.types.js").BenchCase<S>}
 */
export function bench(c) {
  return c;
}
