/** ε∞ as an option. */
import { checkedBy } from "../options/values.js";

/** A number or a [3, 3] tensor, of which nothing is below that of a vacuum along any axis. */
export const epsilonInfinityOption = checkedBy<number | Float64Array>(
  (e) =>
    typeof e === "number"
      ? e >= 1 && Number.isFinite(e)
      : e instanceof Float64Array && e.length === 9 && e.every((v, p) => Number.isFinite(v) && (p % 4 !== 0 || v >= 1)),
  "a number ≥ 1 or a [3, 3] tensor of finite numbers with a diagonal ≥ 1",
);
