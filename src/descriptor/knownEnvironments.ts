import type { Structure } from "../structure/structure.js";
import { copyOf, servesStructure, verletList } from "../structure/verletList.js";
import type { Descriptor } from "./descriptor.js";
import { type AtomRange, type Environments, environments, nearerThan } from "./environments.js";
import type { Expansion } from "./expansion.js";
import { type FollowedPairs, followedEnvironments, followPairs } from "./followEnvironments.js";

/** Environments of one structure, per expansion of a descriptor. */
export type KnownEnvironments = (x: Expansion) => Environments;

/** The largest cutoff radius of a descriptor, Å. */
function largestCutoff(d: Descriptor): number {
  return Math.max(...d.plan.layouts.flatMap(({ parts }) => parts.map(({ expansion }) => expansion.cutoff)));
}

/**
 * Environments of a structure per expansion: neighbors are searched once, for the largest cutoff radius.
 * @param centres which are wanted, default all
 */
export function environmentsOf(d: Descriptor, s: Structure, centres?: AtomRange): KnownEnvironments {
  const largest = largestCutoff(d);
  const widest = environments(s, d.options.species, largest);
  return within(centres ? { ...widest, centres } : widest, largest);
}

/** @param widest within the largest cutoff radius */
function within(widest: Environments, largest: number): KnownEnvironments {
  const byCutoff = new Map([[largest, widest]]);
  return ({ cutoff }) => {
    const found = byCutoff.get(cutoff) ?? nearerThan(widest, cutoff);
    byCutoff.set(cutoff, found);
    return found;
  };
}

/** Margin of the neighbor list of {@link followingEnvironments}, Å: a vibrating atom rarely moves by half of it. */
const SKIN = 0.6;

/** Structures that a list must serve to be worth its making, and how many are searched anew after one that was not. */
const [WORTH, PAUSE] = [4, 64];

/**
 * {@link environmentsOf} for structures that may follow each other with small steps, as in a trajectory: once two have, neighbors come from
 * a Verlet list while no atom has moved by half the skin. The bits are those of a new search, whatever came before.
 */
export function followingEnvironments(d: Descriptor): (s: Structure, centres?: AtomRange) => KnownEnvironments {
  const cutoff = largestCutoff(d);
  let pairs: FollowedPairs | undefined;
  let before: Structure | undefined;
  let served = 0;
  let pause = 0;
  const listFor = (s: Structure): FollowedPairs => {
    served = 0;
    return followPairs(verletList(s, cutoff, SKIN), d.options.species);
  };
  return (s, centres) => {
    if (pause > 0) {
      pause--;
      return environmentsOf(d, s, centres);
    }
    if (!pairs && before && servesStructure({ origin: before, skin: SKIN }, s)) pairs = listFor(s);
    let near = pairs && followedEnvironments(pairs, s, centres);
    if (pairs && !near && served >= WORTH) {
      pairs = listFor(s);
      near = followedEnvironments(pairs, s, centres);
    }
    if (near) {
      served++;
      return within(near, cutoff);
    }
    // Frames of a set, rather than of a trajectory.
    if (pairs && served < WORTH) pause = PAUSE;
    pairs = undefined;
    const found = environmentsOf(d, s, centres);
    before = copyOf(s);
    return found;
  };
}
