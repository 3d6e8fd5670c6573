/** The whole numbers that differences of polarizations are open to, from a few unknown charges: integer least squares over many frames. */
import { cholesky, choleskySolve } from "../../../math/cholesky.js";
import { matrix } from "../../../math/matrix.js";
import { random } from "../../../math/random.js";
import { meanUpToWhole } from "./quanta.js";

/** fraction = quanta + Σ_u charge_u · direction_u + one constant, along each cell vector. */
export interface BranchSearch {
  /** Of each frame, [3], in quanta, known up to whole ones. */
  readonly open: readonly Float64Array[];
  /** Of each frame, for each unknown charge, [3]: quanta per e. */
  readonly directions: readonly (readonly Float64Array[])[];
}

/** One way of taking off quanta that leaves little. */
export interface BranchSolution {
  /** Whole quanta of each frame above the first. */
  readonly quanta: readonly number[][];
  /** Largest remainder of each frame. */
  readonly rest: readonly number[];
  readonly rms: number;
}

/** Charges of ions go so far, e. */
const largestCharge = 8;
/** What Σ Q x leaves open, in quanta, against which charges are weighed. */
const expectedRest = 0.03;
const guesses = 2000;
const refined = 12;
const rounds = 30;

/**
 * Ways found from many beginnings, best first. The charges of each are those that fit best.
 * @param known `open` is what some known charges leave: only small corrections are looked for
 */
export function searchBranches(search: BranchSearch, known: boolean): BranchSolution[] {
  const count = search.directions[0]!.length;
  const nothing = new Float64Array(count);
  const starts = known || count === 0 ? [nothing] : [nothing, chargesOfNeighbors(search), ...likelyCharges(search)];
  return starts.map((charges) => refine(search, charges)).sort((a, b) => a.rms - b.rms);
}

/** The best of random charges, by how closely all frames agree. */
function likelyCharges(search: BranchSearch): Float64Array[] {
  const count = search.directions[0]!.length;
  const { next } = random(1);
  // More frames tell little more, and the number of guesses counts.
  const some = Array.from(search.open.keys()).slice(0, 300);
  const tried = Array.from({ length: guesses }, () => {
    const charges = Float64Array.from({ length: count }, () => largestCharge * (2 * next() - 1));
    const agreement = [0, 1, 2].reduce((sum, k) => {
      const left = some.map((f) => remainder(search, f, k, charges));
      return sum + meanUpToWhole(left).agreement;
    }, 0);
    return { charges, agreement };
  });
  return tried
    .sort((a, b) => b.agreement - a.agreement)
    .slice(0, refined)
    .map(({ charges }) => charges);
}

/** Charges from differences of frames that are near each other, where these are less than half a quantum. */
function chargesOfNeighbors(search: BranchSearch): Float64Array {
  const { open, directions } = search;
  const edges = nearestFrames(directions);
  let charges: Float64Array = new Float64Array(directions[0]!.length);
  for (const share of [0.3, 0.6, 1]) {
    const rows: number[][] = [];
    const targets: number[] = [];
    for (const { from, to } of edges.slice(0, Math.max(4, Math.ceil(share * edges.length))))
      for (let k = 0; k < 3; k++) {
        const row = directions[to]!.map((d, u) => d[k]! - directions[from]![u]![k]!);
        const step = open[to]![k]! - open[from]![k]!;
        const told = row.reduce((s, x, u) => s + x * charges[u]!, 0);
        rows.push(row);
        targets.push(step - Math.round(step - told));
      }
    charges = solve(rows, targets, charges.length);
  }
  return charges;
}

/** Edges of the shortest tree through all frames, shortest first. */
function nearestFrames(directions: BranchSearch["directions"]): { readonly from: number; readonly to: number }[] {
  const n = directions.length;
  const distance = (f: number, g: number): number =>
    directions[f]!.reduce((sum, d, u) => sum + d.reduce((s, x, k) => s + (x - directions[g]![u]![k]!) ** 2, 0), 0);
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(n);
  const open = new Set(Array.from({ length: n - 1 }, (_, k) => k + 1));
  const edges: { from: number; to: number; length: number }[] = [];
  for (let last = 0; open.size > 0; ) {
    let next = -1;
    for (const f of open) {
      const d = distance(last, f);
      if (d < nearest[f]!) [nearest[f], from[f]] = [d, last];
      if (next < 0 || nearest[f]! < nearest[next]!) next = f;
    }
    open.delete(next);
    edges.push({ from: from[next]!, to: next, length: nearest[next]! });
    last = next;
  }
  return edges.sort((a, b) => a.length - b.length);
}

/** Rounds to the nearest branch and fits the charges again, until nothing changes. */
function refine(search: BranchSearch, start: Float64Array): BranchSolution {
  const { open, directions } = search;
  let charges = start;
  let constant = [0, 1, 2].map((k) => meanUpToWhole(open.map((_, f) => remainder(search, f, k, start))).mean);
  let whole: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const found = open.map((_, f) => constant.map((c, k) => Math.round(remainder(search, f, k, charges) - c)));
    if (String(found) === String(whole)) break;
    whole = found;
    const rows: number[][] = [];
    const targets: number[] = [];
    open.forEach((x, f) => {
      for (let k = 0; k < 3; k++) {
        rows.push([...directions[f]!.map((d) => d[k]!), ...[0, 1, 2].map((c) => (c === k ? 1 : 0))]);
        targets.push(x[k]! - whole[f]![k]!);
      }
    });
    const found3 = solve(rows, targets, charges.length);
    charges = found3.slice(0, charges.length);
    constant = Array.from(found3.slice(charges.length));
  }
  const rest = open.map((_, f) =>
    constant.map((c, k) => Math.abs(remainder(search, f, k, charges) - c - whole[f]![k]!)),
  );
  const first = whole[0]!;
  return {
    quanta: whole.map((n) => n.map((x, k) => x - first[k]!)),
    rest: rest.map((r) => Math.max(...r)),
    rms: Math.sqrt(rest.flat().reduce((s, r) => s + r * r, 0) / (3 * rest.length)),
  };
}

/** What charges leave of a fraction. */
function remainder({ open, directions }: BranchSearch, f: number, k: number, charges: Float64Array): number {
  let left = open[f]![k]!;
  directions[f]!.forEach((d, u) => {
    left -= charges[u]! * d[k]!;
  });
  return left;
}

/** Least squares; the first `charges` unknowns are held to what ions can have where the rows do not tell them. */
function solve(rows: readonly (readonly number[])[], targets: readonly number[], charges: number): Float64Array {
  const n = rows[0]!.length;
  if (n === 0) return new Float64Array(0);
  const normal = matrix(n, n);
  const right = matrix(n, 1);
  rows.forEach((row, r) => {
    for (let i = 0; i < n; i++) {
      right.values[i]! += row[i]! * targets[r]!;
      for (let j = 0; j < n; j++) normal.values[i * n + j]! += row[i]! * row[j]!;
    }
  });
  for (let i = 0; i < n; i++) normal.values[i * (n + 1)]! += i < charges ? (expectedRest / largestCharge) ** 2 : 1e-9;
  return choleskySolve(cholesky(normal), right).values;
}
