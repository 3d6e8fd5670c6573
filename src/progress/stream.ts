import { printable } from "../errors.js";
import type { Progress } from "../progress.js";
import { type ProgressSink, reporter } from "./reporter.js";

/** Progress as text: one line that is redrawn on a terminal; in a log a line every ten seconds, none for work under a second. */
export function streamProgress(stream: NodeJS.WriteStream): (progress: Progress) => void {
  return reporter(stream.isTTY ? terminalSink(stream) : logSink(stream));
}

function terminalSink(stream: NodeJS.WriteStream): ProgressSink {
  return {
    interval: 0.1,
    show: ({ label, done, total }, counts, _, finished) => {
      const filled = total === undefined ? 0 : Math.round((24 * Math.min(done, total)) / Math.max(total, 1));
      const bar = total === undefined ? "" : `${"█".repeat(filled)}${"░".repeat(24 - filled)} `;
      const line = printable(`${label} ${bar}${counts}`);
      // A line that wraps could not be drawn over.
      const width = stream.columns > 1 ? stream.columns - 1 : line.length;
      stream.write(`\r${line.slice(0, width)}\u001b[K${finished ? "\n" : ""}`);
    },
  };
}

function logSink(stream: NodeJS.WriteStream): ProgressSink {
  return {
    interval: 10,
    show: ({ label }, counts, seconds, finished) => {
      if (!finished || seconds >= 1) stream.write(printable(`${label}: ${counts}\n`));
    },
  };
}
