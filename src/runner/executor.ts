/** Running a notebook without Jupyter or Python: every code cell in order on one tslab kernel. */
import { resolve } from "node:path";
import { endedProgress } from "../display/progressBar.js";
import { AbortedError, SpectensorError } from "../errors.js";
import type { RunOptions } from "../progress.js";
import { type Kernel, startKernel } from "./kernel.js";
import type { Message } from "./messages.js";
import type { Cell, CodeCell, MimeBundle, Notebook, Output } from "./nbformat.js";
import { plain } from "./outputHtml.js";

export interface ExecuteNotebookOptions extends RunOptions {
  /** Working folder of the cells; default: where the process runs. */
  readonly folder?: string;
  /** Added to the kernel's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds that one cell may take, default 600. */
  readonly timeout?: number;
  /** What to do after a failed cell, default "stop". */
  readonly afterError?: "stop" | "continue";
}

export interface ExecutedNotebook {
  /** A copy with the outputs of this run; cells that did not run have none. */
  readonly notebook: Notebook;
  /** Absent if every cell succeeded. */
  readonly failure?: { readonly cell: number; readonly message: string };
  /** Wall time, s. */
  readonly seconds: number;
}

/**
 * Runs the code cells of a notebook.
 * A failing cell, a time-out and a dying kernel are reported in the result, with the outputs up to there.
 * @throws AbortedError if `signal` is aborted
 * @throws SpectensorError if no kernel can be started
 */
export async function executeNotebook(
  notebook: Notebook,
  options: ExecuteNotebookOptions = {},
): Promise<ExecutedNotebook> {
  const { timeout = 600, afterError = "stop", onProgress, signal } = options;
  const start = performance.now();
  const kernel = await startKernel({
    folder: resolve(options.folder ?? "."),
    ...(options.env && { env: options.env }),
  });
  const total = notebook.cells.filter((c) => c.cell_type === "code").length;
  const cells: Cell[] = [];
  let done = 0;
  let failure: ExecutedNotebook["failure"];
  try {
    for (const [index, cell] of notebook.cells.entries()) {
      if (cell.cell_type !== "code" || cell.source.trim() === "" || (failure && afterError === "stop")) {
        cells.push(cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell);
        continue;
      }
      const run = await runCell(kernel, cell, timeout, signal);
      cells.push(run.cell);
      if (run.error !== undefined) failure ??= { cell: index, message: run.error };
      onProgress?.({ label: "cells", done: ++done, total, unit: "cells" });
    }
  } finally {
    await kernel.shutdown();
  }
  const executed = { ...notebook, cells };
  return { notebook: executed, ...(failure && { failure }), seconds: (performance.now() - start) / 1000 };
}

async function runCell(
  kernel: Kernel,
  cell: CodeCell,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<{ cell: CodeCell; error?: string }> {
  const recorder = outputRecorder();
  const finish = (count: number | null, error?: string): { cell: CodeCell; error?: string } => {
    const outputs = error === undefined ? recorder.outputs() : [...recorder.outputs(), errorOutput(error)];
    return { cell: { ...cell, execution_count: count, outputs }, ...(error !== undefined && { error }) };
  };
  try {
    const { status, count } = await kernel.execute(cell.source, {
      onMessage: recorder.record,
      timeout,
      ...(signal && { signal }),
    });
    return status === "ok" ? finish(count) : finish(count, problemOf(recorder.stderr()));
  } catch (error) {
    if (error instanceof AbortedError && signal?.aborted) throw error;
    if (error instanceof SpectensorError) return finish(null, error.message);
    throw error;
  }
}

/** What went wrong, from what tslab printed: the last error with its message, or else (a type error) all of it. */
function problemOf(coloured: string): string {
  const stderr = plain(coloured);
  const errors = [...stderr.matchAll(/^(?:Uncaught )?\w*Error(?: \[\w+\])?: [\s\S]*?(?=\n {4}at |\n\n|$(?![\n]))/gm)];
  return (
    errors
      .at(-1)?.[0]
      .replace(/^Uncaught /, "")
      .trimEnd() ??
    (stderr.trim() || "the cell failed without a message")
  );
}

/** tslab reports errors on stderr only; Jupyter's tools look for an error output. */
function errorOutput(message: string): Output {
  const [, name = "Error", value = message] = /^(\w*Error)(?: \[\w+\])?: ([\s\S]*)$/.exec(message) ?? [];
  return { output_type: "error", ename: name, evalue: value, traceback: [] };
}

/** Gathers what a cell writes and displays, as nbformat outputs. */
function outputRecorder() {
  const outputs: Output[] = [];
  const displays = new Map<string, number>();
  const record = ({ header, content }: Message): void => {
    const type = header.msg_type;
    if (type === "stream") {
      const name = content.name === "stderr" ? "stderr" : "stdout";
      const text = String(content.text);
      const last = outputs.at(-1);
      if (last?.output_type === "stream" && last.name === name)
        outputs[outputs.length - 1] = { ...last, text: last.text + text };
      else outputs.push({ output_type: "stream", name, text });
    } else if (type === "display_data" || type === "update_display_data") {
      const output: Output = {
        output_type: "display_data",
        data: content.data as MimeBundle,
        metadata: (content.metadata ?? {}) as MimeBundle,
      };
      const id = (content.transient as { display_id?: string } | undefined)?.display_id;
      const known = id === undefined ? undefined : displays.get(id);
      if (type === "update_display_data") {
        if (known !== undefined) outputs[known] = output;
        return;
      }
      if (id !== undefined) displays.set(id, outputs.length);
      outputs.push(output);
    }
  };
  const stderr = (): string =>
    outputs.flatMap((o) => (o.output_type === "stream" && o.name === "stderr" ? [o.text] : [])).join("");
  return { outputs: () => outputs.map(settled), record, stderr };
}

/** Nothing is under way any more once a cell has ended. */
function settled(output: Output): Output {
  if (output.output_type !== "display_data") return output;
  const html = output.data["text/html"];
  if (typeof html !== "string") return output;
  const ended = endedProgress(html);
  if (ended === html) return output;
  const text = ended.replace(/<[^>]*>/g, "");
  return { ...output, data: { ...output.data, "text/html": ended, "text/plain": text } };
}
