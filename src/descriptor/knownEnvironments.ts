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

/**
 * Margins of the neighbor list of {@link followingEnvironments}, Å, the first that serves: a vibrating atom rarely moves by half of the
 * smaller from step to step, nor between unrelated frames of a crystal by half of the larger.
 */
const SKINS: readonly number[] = [0.6, 1.2];

/** Structures that a list must serve to be worth its making, and how many are searched anew after the widest was not. */
const [WORTH, PAUSE] = [4, 64];

/**
 * {@link environmentsOf} for structures that may be near each other, as in a trajectory: once two are, neighbors come from
 * a Verlet list while no atom has moved by half its skin. The bits are those of a new search, whatever came before.
 */
export function followingEnvironments(d: Descriptor): (s: Structure, centres?: AtomRange) => KnownEnvironments {
  const cutoff = largestCutoff(d);
  let pairs: FollowedPairs | undefined;
  let before: Structure | undefined;
  let skins = SKINS;
  let served = 0;
  let pause = 0;
  const listFor = (s: Structure, skin: number): FollowedPairs => {
    served = 0;
    return followPairs(verletList(s, cutoff, skin), d.options.species);
  };
  return (s, centres) => {
    if (pause > 0) {
      pause--;
      return environmentsOf(d, s, centres);
    }
    const skin = before && !pairs && skins.find((skin) => servesStructure({ origin: before!, skin }, s));
    if (skin) pairs = listFor(s, skin);
    let near = pairs && followedEnvironments(pairs, s, centres);
    if (pairs && !near && served >= WORTH) {
      pairs = listFor(s, pairs.list.skin);
      near = followedEnvironments(pairs, s, centres);
    }
    if (near) {
      served++;
      return within(near, cutoff);
    }
    if (pairs) {
      const { skin } = pairs.list;
      skins = SKINS.filter((wider) => wider > skin);
      // Frames that have little to do with each other.
      if (skins.length === 0) [skins, pause] = [SKINS, PAUSE];
    }
    pairs = undefined;
    const found = environmentsOf(d, s, centres);
    before = copyOf(s);
    return found;
  };
}
