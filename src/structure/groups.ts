/** Atoms taken together: a partition that parts of a signal are named by. */
import { ShapeError } from "../errors.js";
import { type Alternatives, kinds, readOptions } from "../options/record.js";
import { list, text } from "../options/values.js";
import { covalentRadius } from "./elements.js";
import { neighborList } from "./neighbors.js";
import type { Structure } from "./structure.js";

/** How atoms are taken together. */
export type AtomGrouping =
  | { readonly kind: "atoms" }
  | { readonly kind: "species" }
  /** Atoms joined by bonds (1.3 times the sum of covalent radii), named by formula and number. */
  | { readonly kind: "molecules" }
  /** One label per atom; like labels belong together. */
  | { readonly kind: "labels"; readonly labels: readonly string[] };

export const ATOM_GROUPING = kinds({
  atoms: {},
  species: {},
  molecules: {},
  labels: { labels: list(text()) },
} satisfies Alternatives<AtomGrouping>);

/** One group. */
export interface AtomGroup {
  readonly name: string;
  readonly atoms: readonly number[];
}

/** Atoms closer than this multiple of the sum of their covalent radii are bonded. */
const BONDED = 1.3;

/**
 * The groups of a structure; every atom is in exactly one.
 * @throws ShapeError if there is not one label per atom; OptionError for an unknown kind
 */
export function atomGroups(s: Structure, grouping: AtomGrouping): readonly AtomGroup[] {
  readOptions(ATOM_GROUPING, grouping, "grouping");
  switch (grouping.kind) {
    case "atoms":
      return s.species.map((symbol, i) => ({ name: `${symbol}${i + 1}`, atoms: [i] }));
    case "species":
      return gathered(s.species);
    case "molecules":
      return molecules(s);
    case "labels":
      if (grouping.labels.length !== s.species.length)
        throw new ShapeError({
          where: "groups of atoms",
          problem: `${grouping.labels.length} labels for ${s.species.length} atoms`,
        });
      return gathered(grouping.labels);
  }
}

function gathered(labels: readonly string[]): AtomGroup[] {
  return [...new Set(labels)].map((name) => ({
    name,
    atoms: labels.flatMap((label, i) => (label === name ? [i] : [])),
  }));
}

/** Pairs of atoms joined by a bond, each twice. */
export function bondedPairs(s: Structure): [number, number][] {
  const radii = s.species.map(covalentRadius);
  const near = neighborList(s, 2 * BONDED * Math.max(...radii));
  return s.species.flatMap((_, i) =>
    Array.from({ length: near.first[i + 1]! - near.first[i]! }, (_, k) => near.first[i]! + k)
      .filter((p) => near.distances[p]! < BONDED * (radii[i]! + radii[near.index[p]!]!))
      .map((p): [number, number] => [i, near.index[p]!]),
  );
}

function molecules(s: Structure): AtomGroup[] {
  const head = s.species.map((_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (head[at] !== at) at = head[at]!;
    return at;
  };
  for (const [i, j] of bondedPairs(s)) {
    const [a, b] = [find(i), find(j)];
    head[Math.max(a, b)] = Math.min(a, b);
  }
  const heads = [...new Set(head.map((_, i) => find(i)))];
  const count = new Map<string, number>();
  const found = heads.map((h) => {
    const atoms = head.flatMap((_, i) => (find(i) === h ? [i] : []));
    return { formula: formula(atoms.map((i) => s.species[i]!)), atoms };
  });
  return found.map(({ formula: name, atoms }) => {
    const number = (count.get(name) ?? 0) + 1;
    count.set(name, number);
    return { name: found.filter((f) => f.formula === name).length > 1 ? `${name} ${number}` : name, atoms };
  });
}

/** Carbon and hydrogen first, then by alphabet (Hill's order). */
function formula(symbols: readonly string[]): string {
  const rank = (x: string): string => (symbols.includes("C") ? (x === "C" ? "0" : x === "H" ? "1" : `2${x}`) : `2${x}`);
  const kinds = [...new Set(symbols)].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return kinds
    .map((k) => {
      const n = symbols.filter((x) => x === k).length;
      return n === 1 ? k : `${k}${n}`;
    })
    .join("");
}
