/** Which measured line belongs to which computed one. */

/** What was found for a list of measured lines. */
export interface MeasuredLines {
  /** Measured line by the number of the computed position that is its. */
  readonly taken: ReadonlyMap<number, number>;
  /** Lines that none took. */
  readonly missed: readonly number[];
}

/**
 * Lines of a spectrum's peaks, of which some may be noise: each line goes to the nearest peak, if that is near enough, and of several
 * lines a peak keeps the nearest.
 * @param within largest distance as a part of the line's position
 */
export function nearestLines(positions: readonly number[], lines: readonly number[], within: number): MeasuredLines {
  const taken = new Map<number, number>();
  for (const line of lines) {
    const distance = (k: number): number => Math.abs(positions[k]! - line);
    const k = positions.reduce((best, _, j) => (best < 0 || distance(j) < distance(best) ? j : best), -1);
    if (k < 0 || distance(k) > within * Math.abs(line)) continue;
    const before = taken.get(k);
    if (before === undefined || distance(k) < Math.abs(positions[k]! - before)) taken.set(k, line);
  }
  const kept = new Set(taken.values());
  return { taken, missed: lines.filter((line) => !kept.has(line)) };
}

/** Harmonic modes closer than this are one level, cm⁻¹. */
export const DEGENERATE = 0.5;

/**
 * Lines of modes, which are all there: in the same order as the modes, as many as possible, and of all such ways the one with the least
 * sum of distances. Degenerate modes share a line.
 * @param positions ascending
 * @param within largest distance as a part of the line's position
 */
export function orderedLines(positions: readonly number[], lines: readonly number[], within: number): MeasuredLines {
  const levels: number[][] = [];
  positions.forEach((p, k) => {
    const last = levels.at(-1);
    if (last && p - positions[last.at(-1)!]! < DEGENERATE) last.push(k);
    else levels.push([k]);
  });
  const sorted = [...lines].sort((a, b) => a - b);
  // Best way for the levels before l and the lines before m: pairs of (level, line), more of them first.
  type Way = { readonly pairs: readonly (readonly [number, number])[]; readonly distance: number };
  const better = (a: Way, b: Way): Way =>
    a.pairs.length !== b.pairs.length ? (a.pairs.length > b.pairs.length ? a : b) : a.distance <= b.distance ? a : b;
  let row: Way[] = sorted.map(() => ({ pairs: [], distance: 0 }));
  row.push({ pairs: [], distance: 0 });
  levels.forEach((level, l) => {
    const next: Way[] = [{ pairs: [], distance: 0 }];
    sorted.forEach((line, m) => {
      const distance = Math.abs(positions[level[0]!]! - line);
      let best = better(row[m + 1]!, next[m]!);
      if (distance <= within * Math.abs(line))
        best = better(best, { pairs: [...row[m]!.pairs, [l, m]], distance: row[m]!.distance + distance });
      next.push(best);
    });
    row = next;
  });
  const taken = new Map<number, number>();
  for (const [l, m] of row.at(-1)!.pairs) for (const k of levels[l]!) taken.set(k, sorted[m]!);
  const kept = new Set(taken.values());
  return { taken, missed: lines.filter((line) => !kept.has(line)) };
}
