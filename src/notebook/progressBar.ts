import { randomBytes } from "node:crypto";
import { AbortedError } from "../errors.js";
import type { Progress, RunOptions } from "../progress.js";
import { escapeHtml } from "./html.js";
import { displayBundle, tslab } from "./kernelDisplay.js";

/** Where progress goes. Time in seconds. */
interface Sink {
  /** Least time between two updates, s. */
  readonly interval: number;
  show(progress: Progress, text: string, seconds: number, finished: boolean): void;
}

export interface ProgressBarOptions {
  /** Where text goes outside a notebook, default process.stderr. A terminal gets a bar, anything else a line now and then. */
  readonly stream?: NodeJS.WriteStream;
}

/**
 * Progress with rate and remaining time, updating in place in JupyterLab and in a terminal, and as a line every ten seconds in a log.
 * The result is what every long call takes; in a notebook its signal is aborted by the stop button.
 * @example
 * const { frames } = await loadDataset("h2o");
 * const model = await fitPolarizability(frames.slice(0, 50), progressBar())
 */
export function progressBar(options: ProgressBarOptions = {}): Required<RunOptions> {
  const onProgress = tslab() ? reporter(notebookSink()) : streamProgress(options.stream ?? process.stderr);
  return { signal: interruptSignal(), onProgress };
}

/** Progress as text: one line that is redrawn on a terminal; in a log a line every ten seconds, none for work under a second. */
export function streamProgress(stream: NodeJS.WriteStream): (progress: Progress) => void {
  return reporter(stream.isTTY ? terminalSink(stream) : logSink(stream));
}

/** Passes on what is worth showing, with the time since its label came up. */
function reporter(sink: Sink): (progress: Progress) => void {
  let label: string | undefined;
  let start = 0;
  let first = 0;
  let shown = 0;
  return (progress) => {
    const now = performance.now() / 1000;
    if (progress.label !== label) {
      label = progress.label;
      start = shown = now;
      first = progress.done;
    }
    const finished = progress.total !== undefined && progress.done >= progress.total;
    if (!finished && now - shown < sink.interval) return;
    shown = now;
    sink.show(progress, progressText(progress, now - start, first), now - start, finished);
    if (finished) label = undefined;
  };
}

let interrupt: AbortController | undefined;

/** A signal that the stop button of a notebook aborts (SIGINT). Outside a notebook Ctrl+C keeps ending the process. */
function interruptSignal(): AbortSignal {
  if (!tslab()) return new AbortController().signal;
  if (!interrupt) {
    interrupt = new AbortController();
    // Not now: while a cell runs synchronously, Node guards it against SIGINT, and a listener added in that time would leave
    // the signal with its default action afterwards, which ends the kernel.
    setImmediate(() => process.on("SIGINT", onInterrupt));
  }
  return interrupt.signal;
}

function onInterrupt(): void {
  const pressed = interrupt;
  interrupt = new AbortController();
  pressed?.abort(new AbortedError("stopped by the stop button"));
}

/**
 * "128 of 192 frames, 64 frames/s, 1 s left"
 * @param seconds since the first report
 * @param first what had been done by then
 */
export function progressText(progress: Progress, seconds: number, first = 0): string {
  const { done, total, unit = "steps" } = progress;
  const rate = seconds > 0 ? (done - first) / seconds : 0;
  const parts = [total === undefined ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`];
  if (rate > 0) parts.push(`${count(Number(rate.toPrecision(3)))} ${unit}/s`);
  if (total !== undefined && rate > 0)
    parts.push(done < total ? `${duration((total - done) / rate)} left` : `took ${duration(seconds)}`);
  return parts.join(", ");
}

/** "4 s", "2 min 5 s", "1 h 12 min" */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function notebookSink(): Sink {
  const id = randomBytes(8).toString("hex");
  let current: string | undefined;
  return {
    interval: 0.2,
    show: ({ label, done, total }, counts, _, finished) => {
      const text = `${label}: ${counts}`;
      const bar =
        total === undefined || finished
          ? ""
          : `<progress value="${done}" max="${total}" style="width:240px;vertical-align:middle"></progress> `;
      const html = `<div role="status">${bar}${escapeHtml(text)}</div>`;
      const key = `${id}-${label}`;
      displayBundle({ "text/html": html, "text/plain": text }, key, current === key);
      current = finished ? undefined : key;
    },
  };
}

function terminalSink(stream: NodeJS.WriteStream): Sink {
  return {
    interval: 0.1,
    show: ({ label, done, total }, counts, _, finished) => {
      const filled = total === undefined ? 0 : Math.round((24 * Math.min(done, total)) / Math.max(total, 1));
      const bar = total === undefined ? "" : `${"█".repeat(filled)}${"░".repeat(24 - filled)} `;
      const line = `${label} ${bar}${counts}`;
      // A line that wraps could not be drawn over.
      const width = stream.columns > 1 ? stream.columns - 1 : line.length;
      stream.write(`\r${line.slice(0, width)}\u001b[K${finished ? "\n" : ""}`);
    },
  };
}

function logSink(stream: NodeJS.WriteStream): Sink {
  return {
    interval: 10,
    show: ({ label }, counts, seconds, finished) => {
      if (!finished || seconds >= 1) stream.write(`${label}: ${counts}\n`);
    },
  };
}
