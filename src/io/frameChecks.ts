/** What is odd about the frames of a file, gathered while they are read and told once, with the frames by number. */
import { jumpCounter } from "../series/times.js";
import type { Frame } from "../structure/frame.js";
import { type Warning, type WarningOptions, warn } from "../warnings.js";
import { type FrameLook, frameLooker, lookedFields } from "./frameLooks.js";
import { type Finding, geometryTally } from "./geometryChecks.js";
import type { FrameField } from "./tensorNames.js";

/** Frames to which something applies, counted; the first few by number. */
interface Tally {
  count: number;
  readonly first: number[];
  /** What is said about the first of them. */
  readonly detail: string;
}

/** Looks at frames one by one. */
export interface FrameChecker {
  /** @throws FormatError for values that cannot be */
  add(frame: Frame): void;
  /** Tells everything that was found; of a file that was not read to its end only what is odd about single frames. */
  finish(whole: boolean): void;
}

type CheckOptions = WarningOptions & { readonly keys?: Readonly<Partial<Record<FrameField, string>>> };

/** @param file name for messages */
export function frameChecker(file: string, options: CheckOptions = {}): FrameChecker {
  const looker = frameLooker(file, options);
  const tally = lookTally(file, options);
  let frames = 0;
  return {
    add: (frame) => tally.add(looker.look(frame, frames++)),
    finish: tally.finish,
  };
}

/** Gathers what was seen of frames, in their order. @param file name for messages */
export function lookTally(
  file: string,
  options: WarningOptions,
): { add(look: FrameLook): void; finish(whole: boolean): void } {
  const tallies = new Map<string, Tally>();
  let present = 0;
  const absent: (Tally | undefined)[] = [];
  const spacing = jumpCounter();
  const steps = { first: undefined as number | undefined, timed: false, changing: false };
  const runs = { first: undefined as number | undefined, several: false };
  const sizes = new Map<number, Tally>();
  const seen = new Map<number, number>();
  const geometry = geometryTally();
  let frames = 0;

  const note = ({ what, detail }: Omit<Finding, "about">) => addTo(tallies, what, frames, detail);
  const say = (warning: Omit<Warning, "where">) => warn(options, { where: file, ...warning });

  return {
    add(look) {
      present |= look.fields;
      for (let k = 0; k < lookedFields.length; k++)
        if (!(look.fields & (1 << k))) absent[k] = counted(absent[k], frames, "");
      for (const found of look.notes) note(found);
      addTo(sizes, look.size, frames, "");
      for (const found of geometry.add(look.geometry)) note(found);
      if (look.fingerprint !== undefined) {
        const same = seen.get(look.fingerprint);
        if (same !== undefined)
          note({ what: "has the positions of an earlier frame", detail: `those of frame ${same}` });
        else seen.set(look.fingerprint, frames);
      }
      spacing.add(look.time, look.step);
      steps.timed ||= look.time !== undefined;
      steps.changing ||= steps.first !== undefined && look.step !== undefined && look.step !== steps.first;
      steps.first ??= look.step;
      runs.first ??= look.run;
      runs.several ||= look.run !== runs.first;
      frames++;
    },
    finish(whole) {
      for (const [k, { count, first: some }] of whole ? inOrder(absent) : [])
        if (present & (1 << k))
          say({ problem: `${count} of ${frames} frames have no ${lookedFields[k]}: ${list(some, count)}` });
      for (const [what, { count, first: some, detail }] of tallies)
        say({
          problem: `${what} ${count > 1 ? "in frames" : "in frame"} ${list(some, count)}${detail && ` (${detail})`}`,
        });
      if (!whole) return;
      for (const problem of oddSizes(sizes, frames)) say({ problem });
      const { count: jumps, first } = spacing.finish();
      // Frames of several runs, by name, or drawn at random have no spacing at all: nothing to tell.
      // Without times what is counted are the numbers of steps; one that never changes is none.
      if (first && (steps.timed || steps.changing) && !runs.several && jumps <= Math.max(1, frames / 4))
        say({
          problem: `the frames are not evenly spaced: ${first.problem}${jumps > 1 ? `, and so at ${jumps - 1} other places` : ""}`,
        });
      for (const problem of geometry.finish()) say({ problem });
    },
  };
}

function addTo<K>(tallies: Map<K, Tally>, key: K, frame: number, detail: string): void {
  const tally = tallies.get(key);
  if (tally) counted(tally, frame, detail);
  else tallies.set(key, counted(undefined, frame, detail));
}

/** @returns the tally with one frame more */
function counted(tally: Tally | undefined, frame: number, detail: string): Tally {
  if (!tally) return { count: 1, first: [frame], detail };
  tally.count++;
  if (tally.first.length < 8) tally.first.push(frame);
  return tally;
}

/** Numbers of fields that frames lack, in the order in which they were missed first. */
function inOrder(absent: readonly (Tally | undefined)[]): [number, Tally][] {
  const found = absent.flatMap((tally, k): [number, Tally][] => (tally ? [[k, tally]] : []));
  return found.sort(([, a], [, b]) => a.first[0]! - b.first[0]!);
}

/** In a file of one system a frame of another size has lost atoms; sets of several sizes have no usual one. */
function oddSizes(sizes: ReadonlyMap<number, Tally>, frames: number): string[] {
  const [[usual, most] = [0, undefined], ...others] = [...sizes].sort(([, a], [, b]) => b.count - a.count);
  if (!most || most.count < 2 || frames - most.count > Math.max(1, frames / 4)) return [];
  return others.map(
    ([size, { count, first }]) =>
      `${count} of ${frames} frames have ${size} atoms, the others ${usual}: ${list(first, count)}`,
  );
}

function list(numbers: readonly number[], count: number): string {
  return `${numbers.join(", ")}${count > numbers.length ? ", …" : ""}`;
}
