/** What every command shares: results on standard output, messages on standard error, exit codes. */
import { type Command, CommanderError } from "commander";
import { AbortedError, OptionError, printable, SpectensorError } from "../errors.js";
import { streamProgress } from "../progress/stream.js";
import type { Progress } from "../progress.js";
import { asMemoryError } from "../system/memory.js";
import { asFileError, asFileErrorSomewhere } from "../system/systemError.js";
import type { Column } from "../table/column.js";
import { formatNumber } from "../table/number.js";
import { tableText } from "../table/text.js";

/** Exit codes: 0 done; 1 the work failed; 2 the command line or an option is wrong; 130 interrupted (129, 143: by SIGHUP, SIGTERM). */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof AbortedError) return STOPS[stoppedBy];
  if (error instanceof OptionError) return 2;
  return 1;
}

/** One line for errors a user can act on; the stack for everything else, which is a bug. */
export async function report(cause: unknown, command?: Command): Promise<void> {
  if (cause instanceof CommanderError) return; // commander has printed it
  const error = asMemoryError(asFileErrorSomewhere(cause));
  if (error instanceof SpectensorError)
    process.stderr.write(`${error.name}: ${(await import("./explain.js")).explained(error, command)}\n`);
  else
    process.stderr.write(
      `${printable(error instanceof Error ? String(error.stack) : String(error))}\nThis is a bug of spectensor; please report it.\n`,
    );
}

/**
 * What happens when standard output or error cannot be written. A reader that closes the pipe early (`spectensor … | head`) is no
 * error: the work goes on, for its files. A full disk behind it is one: exit code 1.
 */
export function guardStandardStreams(): void {
  let failed = false;
  for (const [stream, file] of [
    [process.stdout, "standard output"],
    [process.stderr, "standard error"],
  ] as const)
    stream.on("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code === "EPIPE") return;
      if (!failed && stream === process.stdout) void report(asFileError(cause, { file, doing: "cannot be written" }));
      failed = true;
    });
  process.on("exit", () => {
    if (failed && !process.exitCode) process.exitCode = 1;
  });
  // The limit on the size of files (ulimit -f) then gives an error like a full disk, instead of ending the process.
  if (process.platform !== "win32") process.on("SIGXFSZ", () => {});
}

/** Prints one JSON object and nothing else. NaN and infinities become null; typed arrays become arrays. */
export function printJson(value: unknown): void {
  const json = JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as unknown as number[]) : v), 1);
  // JSON escapes what terminals obey, except for the control characters above 7f.
  const escaped = json.replace(/[\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  process.stdout.write(`${escaped}\n`);
}

/** Texts may come from files: orders to the terminal in them are shown, not obeyed. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

/** Rows as an aligned text table; columns of numbers to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const columns = header.map((name, j): Column => {
    const cells = rows.map((r) => r[j]!);
    const numbers = cells.filter((c) => typeof c === "number");
    if (numbers.length === cells.length) return { name, values: numbers };
    return { name, values: cells.map((c) => (typeof c === "number" ? formatNumber(c) : c)) };
  });
  process.stdout.write(`${tableText(columns, { rows: Number.POSITIVE_INFINITY })}\n`);
}

/** What asks a process to stop, with the exit code it then has by custom: Ctrl-C, `kill`, a terminal that is closed. */
const STOPS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let interrupt: AbortController | undefined;
let stoppedBy: keyof typeof STOPS = "SIGINT";

/** A signal that Ctrl-C, SIGTERM and SIGHUP abort; a second one ends the process as usual. */
export function interruptSignal(): AbortSignal {
  if (interrupt && !interrupt.signal.aborted) return interrupt.signal;
  const controller = new AbortController();
  interrupt = controller;
  const names = Object.keys(STOPS) as (keyof typeof STOPS)[];
  const stop = (name: NodeJS.Signals): void => {
    // Whoever else hears of this signal sees that somebody ends the process in an order of its own.
    queueMicrotask(() => {
      for (const n of names) process.off(n, stop);
    });
    stoppedBy = name as keyof typeof STOPS;
    controller.abort(name === "SIGINT" ? "Ctrl-C" : name);
  };
  for (const n of names) process.on(n, stop);
  return controller.signal;
}

/** CPU and wall-clock seconds and peak memory of this process, as fit and evaluate print them. */
export function resources(startedAt: number): { readonly seconds: number; readonly peakMemoryMB: number } {
  return {
    seconds: Math.round(performance.now() - startedAt) / 1000,
    peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 102.4) / 10,
  };
}

/** Progress on standard error; none when quiet. */
export function progressLine(quiet: boolean): (progress: Progress) => void {
  return quiet ? () => {} : streamProgress(process.stderr);
}
