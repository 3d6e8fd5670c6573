import type { NeighborList } from "../structure/neighbors.js";
import type { Structure } from "../structure/structure.js";
import { type VerletList, verletList, verletNeighbors } from "../structure/verletList.js";
import type { Descriptor } from "./descriptor.js";
import { type Environments, environments, nearerThan } from "./environments.js";
import type { Expansion } from "./expansion.js";

/** Environments of one structure, per expansion of a descriptor. */
export type KnownEnvironments = (x: Expansion) => Environments;

/** The largest cutoff radius of a descriptor, Å. */
function largestCutoff(d: Descriptor): number {
  return Math.max(...d.plan.layouts.flatMap(({ parts }) => parts.map(({ expansion }) => expansion.cutoff)));
}

/**
 * Environments of a structure per expansion: neighbors are searched once, for the largest cutoff radius.
 * @param list neighbors within the largest, where they are known
 */
export function environmentsOf(d: Descriptor, s: Structure, list?: NeighborList): KnownEnvironments {
  const largest = largestCutoff(d);
  const byCutoff = new Map([[largest, environments(s, d.options.species, largest, list)]]);
  return ({ cutoff }) => {
    const found = byCutoff.get(cutoff) ?? nearerThan(byCutoff.get(largest)!, cutoff);
    byCutoff.set(cutoff, found);
    return found;
  };
}

/** Margin of the neighbor list of {@link followingEnvironments}, Å: a vibrating atom rarely moves by half of it. */
const SKIN = 0.6;

/**
 * {@link environmentsOf} for structures that follow each other with small steps, as in molecular dynamics: while no atom has moved by
 * half the skin, neighbors come from a Verlet list. The bits are those of a new search, whatever came before.
 */
export function followingEnvironments(d: Descriptor): (s: Structure) => KnownEnvironments {
  const cutoff = largestCutoff(d);
  let list: VerletList | undefined;
  let cell: Float64Array | undefined;
  return (s) => {
    const near = list && verletNeighbors(list, s);
    if (near) return environmentsOf(d, s, near);
    // A cell that changes from step to step (constant pressure) spoils every list: search for the structure at hand.
    const sameCell = s.cell?.every((x, p) => x === cell?.[p]) ?? true;
    cell = s.cell?.slice();
    list = sameCell ? verletList(s, cutoff, SKIN) : undefined;
    return environmentsOf(d, s, list && verletNeighbors(list, s));
  };
}
