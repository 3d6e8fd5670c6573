import { randomBytes } from "node:crypto";
import { AbortedError } from "../errors.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { checkedBy } from "../options/values.js";
import { type ProgressSink, reporter } from "../progress/reporter.js";
import { streamProgress } from "../progress/stream.js";
import type { RunOptions } from "../progress.js";
import { escapeHtml } from "./html.js";
import { displayBundle, tslab } from "./kernelDisplay.js";

export interface ProgressBarOptions {
  /** Where text goes outside a notebook, default process.stderr. A terminal gets a bar, anything else a line now and then. */
  readonly stream?: NodeJS.WriteStream;
}

const OPTIONS = record({
  stream: checkedBy<NodeJS.WriteStream>(
    (v) => typeof v === "object" && v !== null && "write" in v,
    "a stream to write to",
  ).optional(),
} satisfies Fields<ProgressBarOptions>);

/**
 * Progress with rate and remaining time, updating in place in JupyterLab and in a terminal, and as a line every ten seconds in a log.
 * The result is what every long call takes; in a notebook its signal is aborted by the stop button.
 * @example
 * const { frames } = await loadDataset("h2o");
 * const model = await fitPolarizability(frames.slice(0, 50), progressBar())
 */
export function progressBar(options: ProgressBarOptions = {}): Required<RunOptions> {
  readOptions(OPTIONS, options, "progressBar");
  const onProgress = tslab() ? reporter(notebookSink()) : streamProgress(options.stream ?? process.stderr);
  return { signal: interruptSignal(), onProgress };
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
  for (const end of running.values()) end();
  pressed?.abort(new AbortedError("stopped by the stop button"));
}

/** Ends of the bars that are not full, by the name of their display. */
const running = new Map<string, () => void>();

function notebookSink(): ProgressSink {
  const id = randomBytes(8).toString("hex");
  return {
    interval: 0.2,
    show: ({ label, done, total }, counts, _, finished) => {
      const key = `${id}-${label}`;
      const update = running.has(key);
      const bar = total === undefined || finished ? "" : progressElement(done, total);
      showStatus({ key, update, bar, text: `${label}: ${counts}` });
      if (finished) running.delete(key);
      else
        running.set(key, () => {
          running.delete(key);
          const reached = total === undefined ? `${done}` : `${done} of ${total}`;
          showStatus({ key, update: true, bar: "", text: `${label}: interrupted at ${reached}` });
        });
    },
  };
}

function showStatus(status: { key: string; update: boolean; bar: string; text: string }): void {
  const { key, update, bar, text } = status;
  const html = `<div role="status" class="spectensor-progress">${bar}${escapeHtml(text)}</div>`;
  displayBundle({ "text/html": html, "text/plain": text }, key, update);
}

function progressElement(done: number, total: number): string {
  return `<progress value="${done}" max="${total}" style="width:240px;vertical-align:middle"></progress> `;
}

/** A saved bar of work that ended without filling it, told as such; another output as it is. */
export function endedProgress(html: string): string {
  return html.replace(
    /^(<div role="status" class="spectensor-progress">)<progress [^>]*><\/progress> ([^<]*)/,
    (_, head: string, text: string) => `${head}${text.replace(/, [^,]* left$/, "")}, interrupted`,
  );
}
