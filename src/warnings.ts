/** What a user should know about a result that is given all the same: one shape for readers, models and commands. */
import { printable } from "./errors.js";

/** A warning; its parts are those of an error. */
export interface Warning {
  /** What is odd, with the frames, rows or atoms it is about. */
  readonly problem: string;
  /** What to do about it, where something can be done. */
  readonly advice?: string;
  /** Where: file, series, option. */
  readonly where?: string;
}

/** Options of calls that may have something to say besides their result. */
export interface WarningOptions {
  /** Called for every warning; default: `console.warn` of its text, so that none is lost. */
  readonly onWarning?: (warning: Warning) => void;
}

/** The warning as one sentence, as an error would say it. */
export function warningText({ where, problem, advice }: Warning): string {
  return printable(`${where ? `${where}: ` : ""}${problem}${advice ? `; ${advice}` : ""}`);
}

/** Tells a warning to whoever listens. */
export function warn(options: WarningOptions, warning: Warning): void {
  if (options.onWarning) options.onWarning(warning);
  else console.warn(`warning: ${warningText(warning)}`);
}
