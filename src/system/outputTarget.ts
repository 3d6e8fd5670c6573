/** What an output path leads to: a file to appear whole, or a device or pipe to be written to, never replaced. */
import { accessSync, constants, fstatSync, lstatSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FileError } from "../errors.js";
import { asFileError } from "./systemError.js";

/** Where an output goes. */
export type OutputTarget =
  /** A file that is there (`before`) or is not, behind all symbolic links. */
  | { readonly kind: "file"; readonly path: string; readonly before?: Stats }
  /** A character device or a pipe; `descriptor` where it is this process's standard output or error. */
  | { readonly kind: "stream"; readonly path: string; readonly descriptor?: number };

/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * Follows symbolic links to the last, which may point to a file that is not there yet.
 * @throws FileError if there is no such folder, the path is a folder, a socket or a disk, the file is write-protected
 */
export function outputTarget(path: string): OutputTarget {
  try {
    return follow(path);
  } catch (error) {
    throw asFileError(error, { file: path, doing: "cannot be written" });
  }
}

function follow(path: string): OutputTarget {
  if (path === "" || /[\\/]$/.test(path)) throw isFolder(path);
  let at = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    const before = statSync(at, { throwIfNoEntry: false });
    if (before && !before.isFile()) return special(path, before);
    const folder = folderOf(at, path);
    at = join(folder, basename(at));
    const link = lstatSync(at, { throwIfNoEntry: false });
    if (!link?.isSymbolicLink()) return before ? existing(at, before) : { kind: "file", path: at };
    const next = readlinkSync(at);
    // What the shell has opened for us (/dev/stdout) is a link whose text need not be a path.
    const descriptor = before && ownDescriptor(before);
    if (descriptor !== undefined) return { kind: "stream", path, descriptor };
    at = /^([\\/]|[A-Za-z]:)/.test(next) ? next : join(folder, next);
  }
  throw Object.assign(new FileError({ file: path, code: "ELOOP", problem: "its symbolic links lead in a circle" }));
}

function special(path: string, info: Stats): OutputTarget {
  if (info.isDirectory()) throw isFolder(path);
  const descriptor = ownDescriptor(info);
  if (info.isCharacterDevice() || info.isFIFO())
    return { kind: "stream", path, ...(descriptor !== undefined && { descriptor }) };
  throw new FileError({
    file: path,
    problem: `cannot be written: it is a ${info.isBlockDevice() ? "disk" : "socket"}`,
    advice: "give the name of a file",
  });
}

function existing(path: string, before: Stats): OutputTarget {
  const descriptor = ownDescriptor(before);
  if (descriptor !== undefined) return { kind: "stream", path, descriptor };
  accessSync(path, constants.W_OK);
  return { kind: "file", path, before };
}

/** Standard output or error, if they are this very file: what else they are given must not be lost. */
function ownDescriptor(info: Stats): number | undefined {
  return [1, 2].find((descriptor) => {
    try {
      const own = fstatSync(descriptor);
      return own.dev === info.dev && own.ino === info.ino;
    } catch {
      return false;
    }
  });
}

function folderOf(at: string, path: string): string {
  try {
    return realpathSync(dirname(at));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new FileError({
      file: path,
      code: "ENOENT",
      problem: `cannot be written: there is no folder ${dirname(at)}`,
      advice: `make it first: mkdir -p ${dirname(at)}`,
      cause,
    });
  }
}

function isFolder(path: string): FileError {
  return new FileError({
    file: path,
    code: "EISDIR",
    problem: "cannot be written: it is a folder",
    advice: "give the name of a file in it",
  });
}
