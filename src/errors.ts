/**
 * Errors that a user can act on. Each says what was expected, what was found, where, and what to do.
 * Anything that is not a {@link SpectensorError} is a bug of this package.
 */

/** The parts of an error message; only `problem` is required. */
export interface ErrorDetails {
  /** What is wrong: expectation and finding in one sentence, e.g. "Born charges for 95 of 96 ions". */
  readonly problem: string;
  /** What to do about it. */
  readonly advice?: string;
  /** Where: frame, atom, option name … ({@link FormatError} adds file and line). */
  readonly where?: string;
  readonly cause?: unknown;
}

/**
 * Text that a terminal shows and does nothing else with: control characters, which a file may hold, are written as \xNN
 * (line breaks and tabs stay).
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) => {
    const code = c.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}

/** Longest parts of a message that are shown in full; what a damaged file says can be of any length. */
const longest = { where: 300, problem: 800, advice: 400 };

function clipped(text: string, part: keyof typeof longest): string {
  const shown = printable(text);
  return shown.length > longest[part] ? `${shown.slice(0, longest[part] - 100)} … ${shown.slice(-80)}` : shown;
}

export class SpectensorError extends Error {
  override readonly name: string = "SpectensorError";
  readonly where: string | undefined;
  readonly advice: string | undefined;

  constructor(details: ErrorDetails | string) {
    const d = typeof details === "string" ? { problem: details } : details;
    const where = d.where ? `${clipped(d.where, "where")}: ` : "";
    const advice = d.advice ? `; ${clipped(d.advice, "advice")}` : "";
    super(`${where}${clipped(d.problem, "problem")}${advice}`, { cause: d.cause });
    this.where = d.where;
    this.advice = d.advice;
  }

  /** Printed by Node and in a notebook: name and message explain themselves, the stack is for bugs. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `${this.name}: ${this.message}`;
  }
}

/** A file that is truncated, corrupted or of another kind than declared. */
export class FormatError extends SpectensorError {
  override readonly name = "FormatError";
  readonly file: string;
  /** One-based line number; `undefined` where the file as a whole is meant. */
  readonly line: number | undefined;

  constructor(details: ErrorDetails & { readonly file: string; readonly line?: number }) {
    const place = details.line === undefined ? details.file : `${details.file}:${details.line}`;
    super({ ...details, where: details.where ? `${place}: ${details.where}` : place });
    this.file = details.file;
    this.line = details.line;
  }
}

/** Array lengths or tensor shapes that do not fit together. */
export class ShapeError extends SpectensorError {
  override readonly name = "ShapeError";
}

/** A quantity or unit that is not the one asked for. */
export class UnitError extends SpectensorError {
  override readonly name = "UnitError";
}

/** An option with an unknown name or a value outside its range. */
export class OptionError extends SpectensorError {
  override readonly name = "OptionError";
}

/** Input that is well-formed but physically or numerically impossible (coincident atoms, a zero-volume cell, …). */
export class DataError extends SpectensorError {
  override readonly name = "DataError";
}

/** An iteration or factorisation that did not succeed. */
export class ConvergenceError extends SpectensorError {
  override readonly name = "ConvergenceError";
}

/** The operating system refuses to read or write a file: a full disk, a missing folder, no permission, a run that holds it. */
export class FileError extends SpectensorError {
  override readonly name = "FileError";
  readonly file: string;
  /** The system's name of the reason, e.g. "ENOSPC"; `undefined` where the reason is ours. */
  readonly code: string | undefined;

  constructor(details: ErrorDetails & { readonly file: string; readonly code?: string }) {
    super({ ...details, where: details.where ? `${details.file}: ${details.where}` : details.file });
    this.file = details.file;
    this.code = details.code;
  }
}

/** The work was interrupted through an AbortSignal. */
export class AbortedError extends SpectensorError {
  override readonly name = "AbortedError";
}

/**
 * Does the work of one frame; an error that it throws names the frame.
 * @param frame counted from 0
 */
export function inFrame<T>(frame: number, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof SpectensorError) || cause instanceof FormatError || cause instanceof AbortedError)
      throw cause;
    const Same = cause.constructor as new (details: ErrorDetails) => SpectensorError;
    throw new Same({ where: `frame ${frame}`, problem: cause.message, cause });
  }
}

/**
 * The candidate closest to `word`, for "did you mean"; `undefined` if none is within two edits.
 * @example didYouMean("han", ["hann", "gaussian"]) // "hann"
 */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = 3;
  for (const candidate of candidates) {
    const d = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
