import type { Progress } from "../progress.js";
import { progressText } from "./text.js";

/** Where progress goes. Time in seconds. */
export interface ProgressSink {
  /** Least time between two updates, s. */
  readonly interval: number;
  show(progress: Progress, text: string, seconds: number, finished: boolean): void;
}

/** Passes on what is worth showing, with the time since its label came up. */
export function reporter(sink: ProgressSink): (progress: Progress) => void {
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
