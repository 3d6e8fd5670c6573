/** What the operating system says about files, in the words of a user: what happened, where, what to do, what is kept. */
import { FileError } from "../errors.js";

/** What was being done, for the message. */
export interface FileWork {
  /** As the user called it, never a temporary name. */
  readonly file: string;
  /** E.g. "cannot be written". */
  readonly doing: string;
  /** What is still there, e.g. "the earlier file is as it was". */
  readonly kept?: string;
}

/** Reason and advice by the system's name of the error. */
const REASONS: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  ENOSPC: ["the disk is full", "free space, or choose a place with more"],
  EDQUOT: ["your quota on this disk is used up", "free space, or choose another place"],
  EFBIG: ["it would be larger than is allowed here", "raise the limit (ulimit -f), or choose another file system"],
  EROFS: ["the file system is read-only", "choose another place"],
  EACCES: ["no permission", "see the rights of the file and its folder (ls -ld), or choose another place"],
  EPERM: ["not permitted", "see the rights of the file and its folder (ls -ld), or choose another place"],
  ENOENT: ["no such file or folder", "check the path"],
  ENOTDIR: ["a part of the path is a file, not a folder", "check the path"],
  EISDIR: ["it is a folder", "give the name of a file"],
  EEXIST: ["it is there already", "give another name"],
  ENOTEMPTY: ["the folder is not empty", "give another name"],
  ELOOP: ["its symbolic links lead in a circle", "see where they point (ls -l)"],
  ENAMETOOLONG: ["the name is too long", "give a shorter one"],
  EMFILE: ["too many files are open in this process", "raise the limit (ulimit -n), or use fewer workers"],
  ENFILE: ["too many files are open on this machine", "end other programs and try again"],
  EBUSY: ["it is in use", "end the program that uses it and try again"],
  ETXTBSY: ["it is a program that runs", "give another name"],
  EIO: ["the disk reports an error", "copy your data elsewhere and have the disk checked"],
  ESTALE: ["the network file system has lost it", "try again"],
  ETIMEDOUT: ["the file system does not answer", "try again"],
  EPIPE: ["its reader has closed it", "keep the reader open until the end"],
  ENXIO: ["nothing is behind this device", "choose another place"],
  ENODEV: ["nothing is behind this device", "choose another place"],
  ENOMEM: ["the system has no memory left", "end other programs and try again"],
  EXDEV: ["it is on another file system", "choose another place"],
  EINVAL: ["this name or operation is not possible here", "choose another place"],
  EBADF: ["it has been closed", "try again"],
};

/** Whether an error comes from the operating system about files; those of the network do not. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  if (!(error instanceof Error)) return false;
  const { code, syscall, errno } = error as NodeJS.ErrnoException;
  return typeof code === "string" && code in REASONS && (typeof syscall === "string" || typeof errno === "number");
}

/** A {@link FileError} for an error of the operating system; every other error as it is. */
export function asFileError(error: unknown, work: FileWork): unknown {
  if (!isSystemError(error)) return error;
  const [reason, advice] = REASONS[error.code]!;
  const { file, doing, kept } = work;
  return new FileError({
    file,
    code: error.code,
    problem: `${doing}: ${reason} (${error.code})`,
    advice: kept ? `${kept}; ${advice}` : advice,
    cause: error,
  });
}

/** For errors of the system that come from anywhere: the path that the system names. */
export function asFileErrorSomewhere(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const reading = /open|read|stat|scandir|lstat|access/.test(error.syscall ?? "");
  return asFileError(error, {
    file: error.path ?? "a file",
    doing:
      reading && !/write|truncate|mkdir|rename/.test(error.syscall ?? "") ? "cannot be opened" : "cannot be written",
  });
}
