/** Which measured line belongs to which computed one. */

/** What was found for a list of measured lines. */
export interface MeasuredLines {
  /** Measured line by the number of the computed position that is its. */
  readonly taken: ReadonlyMap<number, number>;
  /** Lines that none took. */
  readonly missed: readonly number[];
}

/**
 * Lines of a spectrum's peaks, of which some may be noise: pairs that are near enough, the nearest first; a line goes to at most one peak and a
 * peak takes at most one line.
 * @param within largest distance as a part of the line's position
 * @param alike whether a peak may be a line at all, by their numbers; default any
 */
export function nearestLines(
  positions: readonly number[],
  lines: readonly number[],
  within: number,
  alike: (peak: number, line: number) => boolean = () => true,
): MeasuredLines {
  const pairs = lines.flatMap((line, m) =>
    positions
      .map((p, k) => ({ k, m, distance: Math.abs(p - line) }))
      .filter(({ k, distance }) => distance <= within * Math.abs(line) && alike(k, m)),
  );
  const taken = new Map<number, number>();
  const kept = new Set<number>();
  for (const { k, m } of pairs.sort((a, b) => a.distance - b.distance)) {
    if (taken.has(k) || kept.has(m)) continue;
    taken.set(k, lines[m]!);
    kept.add(m);
  }
  return { taken, missed: lines.filter((_, m) => !kept.has(m)) };
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
