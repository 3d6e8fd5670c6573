/** Temporary files beside what is being written: names that nobody can guess, and nothing behind them beforehand. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { processTag, stateOf, TAG } from "./processTag.js";
import { removeAtExit } from "./temporary.js";

export interface TemporaryFile {
  readonly descriptor: number;
  /** Puts everything on the disk and gives the file its name. */
  readonly keep: () => void;
  /** Closes and removes it. */
  readonly discard: () => void;
}

/** Longest part of the target's name that a temporary name takes, characters: names end at 255 bytes. */
const LONGEST_STEM = 40;

/**
 * Opens a temporary file beside `path`, which must not be a link, with exclusive creation.
 * @param before the file that it will replace, whose rights it takes over
 */
export function temporaryFile(path: string, before?: Stats): TemporaryFile {
  const folder = dirname(path);
  const temporary = join(folder, `.${stem(path)}.${processTag()}.${randomBytes(6).toString("hex")}.part`);
  const descriptor = openSync(temporary, "wx");
  const forget = removeAtExit(temporary);
  let open = true;
  const close = (): void => {
    if (open) closeSync(descriptor);
    open = false;
  };
  const discard = (): void => {
    close();
    rmSync(temporary, { force: true });
    forget();
  };
  if (before) takeOver(descriptor, before);
  return {
    descriptor,
    discard,
    keep() {
      try {
        fsyncSync(descriptor);
        close();
        renameSync(temporary, path);
        forget();
      } catch (error) {
        discard();
        throw error;
      }
      settle(folder);
    },
  };
}

/**
 * Gives a file that was written under another name in the same folder its own: on the disk first, with the rights of the file that it
 * replaces. Closes it.
 */
export function nameAs(
  target: { readonly path: string; readonly before?: Stats },
  descriptor: number,
  from: string,
): void {
  try {
    if (target.before) takeOver(descriptor, target.before);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(from, target.path);
  settle(dirname(target.path));
}

/** A temporary file whose process has ended without removing it: a kill, a power cut. */
export interface Leftover {
  readonly path: string;
  readonly bytes: number;
}

const ENDING = new RegExp(`^(${TAG})\\.[0-9a-f]{12}\\.part$`);

/** What earlier runs have left behind beside `path`. */
export function leftovers(path: string): Leftover[] {
  const folder = dirname(path);
  const start = `.${stem(path)}.`;
  const found: Leftover[] = [];
  for (const name of readdirSync(folder)) {
    const tag = name.startsWith(start) ? ENDING.exec(name.slice(start.length))?.[1] : undefined;
    if (tag === undefined || stateOf(tag) !== "ended") continue;
    const info = statSync(join(folder, name), { throwIfNoEntry: false });
    if (info) found.push({ path: join(folder, name), bytes: info.size });
  }
  return found;
}

function stem(path: string): string {
  return [...basename(path)].slice(0, LONGEST_STEM).join("");
}

/** Rights and owner, as far as they may be given. */
function takeOver(descriptor: number, before: Stats): void {
  try {
    fchmodSync(descriptor, before.mode & 0o777);
    fchownSync(descriptor, before.uid, before.gid);
  } catch {
    // only the superuser gives files away, and some file systems know no rights
  }
}

/** Has the new name outlive a power cut, where folders can be synchronised. */
function settle(folder: string): void {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // not on Windows and some network file systems
  }
}
