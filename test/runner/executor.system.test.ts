import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AbortedError, SpectensorError } from "../../src/errors.js";
import { executeNotebook } from "../../src/runner/executor.js";
import type { CodeCell, Notebook, Output } from "../../src/runner/nbformat.js";
import { findTslab } from "../../src/runner/tslab.js";
import { codeNotebook } from "../support/notebooks.js";

const scratch = mkdtempSync(join(tmpdir(), "executor-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const notebook = (...sources: readonly string[]): Notebook => codeNotebook({}, ...sources);
const outputsOf = (n: Notebook, i: number): readonly Output[] => (n.cells[i] as CodeCell).outputs;

describe("executeNotebook", () => {
  it("runs cells in order on one kernel and records streams, displays and counts", async () => {
    const seen: number[] = [];
    const { notebook: n, failure } = await executeNotebook(
      notebook(
        "const x: number = 6;\nconsole.log('a'); console.log('b'); console.error('c');",
        "",
        "import { display, newDisplay } from 'tslab';\ndisplay.html('<b>h</b>');\nconst d = newDisplay();\nd.text('1 of 2'); d.text('2 of 2');\nconst y = await Promise.resolve(7 * x); y",
      ),
      { onProgress: (p) => seen.push(p.done) },
    );
    expect(failure).toBeUndefined();
    expect(outputsOf(n, 0)).toEqual([
      { output_type: "stream", name: "stdout", text: "a\nb\n" },
      { output_type: "stream", name: "stderr", text: "c\n" },
    ]);
    expect(outputsOf(n, 2)).toEqual([
      { output_type: "display_data", data: { "text/html": "<b>h</b>" }, metadata: {} },
      { output_type: "display_data", data: { "text/plain": "2 of 2" }, metadata: {} },
      { output_type: "stream", name: "stdout", text: "42\n" },
    ]);
    expect(n.cells.map((c) => (c as CodeCell).execution_count)).toEqual([1, null, 2]);
    expect(seen).toEqual([1, 2]);
  });

  it("stops at a failing cell, says which, and keeps the outputs up to there", async () => {
    const { notebook: n, failure } = await executeNotebook(
      notebook("console.log('before');\nthrow new RangeError('too far');", "console.log('never')"),
    );
    expect(failure!.cell).toBe(0);
    expect(failure!.message).toBe("RangeError: too far");
    expect(outputsOf(n, 0)[0]).toEqual({ output_type: "stream", name: "stdout", text: "before\n" });
    expect(outputsOf(n, 0).at(-1)).toMatchObject({ output_type: "error", ename: "RangeError", evalue: "too far" });
    expect(outputsOf(n, 1)).toEqual([]);
  });

  it("goes on after a failing cell if asked to, a type error included", async () => {
    const { notebook: n, failure } = await executeNotebook(notebook("const s: string = 1;", "console.log('after')"), {
      afterError: "continue",
    });
    expect(failure).toMatchObject({ cell: 0, message: /not assignable to type 'string'/ });
    expect(outputsOf(n, 1)).toEqual([{ output_type: "stream", name: "stdout", text: "after\n" }]);
  });

  it("interrupts a cell that takes too long, and the kernel lives on", async () => {
    const { notebook: n, failure } = await executeNotebook(
      notebook("await new Promise((r) => setTimeout(r, 60_000));", "console.log('alive')"),
      { timeout: 5, afterError: "continue" },
    );
    expect(failure).toEqual({ cell: 0, message: "cell: still running after 5 s" });
    expect(outputsOf(n, 1)).toEqual([{ output_type: "stream", name: "stdout", text: "alive\n" }]);
  });

  it("lets the stop button reach work that shows progress, twice, without ending the kernel", async () => {
    const work = `const { onProgress, signal } = progressBar();
      signal.addEventListener("abort", () => console.log(String(signal.reason)));
      setTimeout(() => process.kill(process.pid, "SIGINT"), 500);
      for (let i = 0; ; i++) { await new Promise((r) => setTimeout(r, 20)); onProgress({ label: "fit", done: i }); signal.throwIfAborted(); }`;
    const { notebook: n } = await executeNotebook(
      notebook('import { progressBar } from "spectensor";', work, work, "console.log('alive')"),
      { afterError: "continue" },
    );
    for (const cell of [1, 2]) {
      const said = outputsOf(n, cell).flatMap((o) =>
        o.output_type === "stream" && o.name === "stdout" ? [o.text] : [],
      );
      expect(said).toEqual(["AbortedError: stopped by the stop button\n"]);
    }
    expect(outputsOf(n, 3)).toEqual([{ output_type: "stream", name: "stdout", text: "alive\n" }]);
  });

  it("ends bars with their cell, says an interrupt in one line, and shows a result in a few", async () => {
    const { notebook: n } = await executeNotebook(
      notebook(
        'import { lineFigure, loadDataset, progressBar } from "spectensor";\nconst set = await loadDataset("h2o");',
        "set",
        'progressBar().onProgress({ label: "fit", done: 1, total: 4 });\nawait new Promise((r) => setTimeout(r, 400));\nconst late = progressBar(); late.onProgress({ label: "fit", done: 1, total: 4 }); await new Promise((r) => setTimeout(r, 300)); late.onProgress({ label: "fit", done: 2, total: 4 }); throw new Error("stop");',
        "setTimeout(() => process.kill(process.pid, 'SIGINT'), 300); await new Promise((r) => setTimeout(r, 60_000));",
      ),
      { afterError: "continue" },
    );
    expect(outputsOf(n, 1)).toEqual([
      { output_type: "stream", name: "stdout", text: expect.stringMatching(/^data set h2o: .*(\n.*){2}\n$/) },
    ]);
    const bars = outputsOf(n, 2).flatMap((o) =>
      o.output_type === "display_data" ? [String(o.data["text/html"])] : [],
    );
    expect(bars.length).toBeGreaterThan(0);
    for (const bar of bars) expect(bar).toMatch(/^<div [^>]*>fit: 2 of 4 steps.*, interrupted<\/div>$/);
    expect(outputsOf(n, 3)[0]).toEqual({ output_type: "stream", name: "stderr", text: "interrupted\n" });
  });

  it("ends a kernel that does not react to the interrupt, without leaving its process", async () => {
    const { notebook: n, failure } = await executeNotebook(
      notebook("console.log(process.pid);", "await Promise.resolve();\nfor (;;) {}"),
      { timeout: 5 },
    );
    expect(failure!.message).toBe("cell: still running after 5 s, and its kernel had to be ended");
    const pid = Number((outputsOf(n, 0)[0] as { text: string }).text);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });

  it("reports a kernel that dies, with its last words", async () => {
    const { failure } = await executeNotebook(notebook("require('fs').writeSync(2, 'out of luck');\nprocess.exit(3);"));
    expect(failure!.message).toMatch(
      /^notebook kernel: its process ended with exit code 3; its last words were:\n[\s\S]*out of luck$/,
    );
  });

  it("stops on abort with an AbortedError", async () => {
    const abort = new AbortController();
    const run = executeNotebook(notebook("1", "await new Promise((r) => setTimeout(r, 60_000));"), {
      signal: abort.signal,
      onProgress: () => setTimeout(() => abort.abort(), 200),
    });
    await expect(run).rejects.toThrow(AbortedError);
  });

  it("gives the kernel its folder and environment", async () => {
    const { notebook: n } = await executeNotebook(notebook("console.log(process.cwd(), process.env.SPECTENSOR_MODE)"), {
      folder: scratch,
      env: { SPECTENSOR_MODE: "full" },
    });
    expect(outputsOf(n, 0)).toEqual([{ output_type: "stream", name: "stdout", text: `${scratch} full\n` }]);
  });
});

it("runs on undisturbed while folders change where modules are looked for", async () => {
  // Within the checkout, so that the import finds this package after looking in every folder below it.
  const root = new URL("../..", import.meta.url).pathname;
  mkdirSync(join(root, "coverage"), { recursive: true });
  const folder = mkdtempSync(join(root, "coverage", "executor-test-"));
  mkdirSync(join(folder, "a", "b"), { recursive: true });
  const places = ["node_modules", "a/node_modules", "a/b/node_modules", "c", "a/c", "a/b/c"].map((p) =>
    join(folder, p),
  );
  let step = 0;
  const busy = setInterval(() => {
    const place = places[step % 6]!;
    if (Math.floor(step / 6) % 2) rmSync(place, { recursive: true, force: true });
    else mkdirSync(join(place, "d"), { recursive: true });
    step++;
  }, 5);
  try {
    const wait = "await new Promise((resolve) => setTimeout(resolve, 600)); step";
    const { notebook: n, failure } = await executeNotebook(
      notebook('import { raman } from "spectensor";\nlet step = typeof raman;', wait, wait, wait, wait),
      { folder: join(folder, "a", "b") },
    );
    expect(failure).toBeUndefined();
    for (const cell of [1, 2, 3, 4])
      expect(outputsOf(n, cell)).toMatchObject([{ output_type: "stream", text: "function\n" }]);
  } finally {
    clearInterval(busy);
    rmSync(folder, { recursive: true, force: true });
  }
});

it("says how to get the kernel where it is not installed", () => {
  const find = () => findTslab(scratch, join(scratch, "x.js"));
  expect(find).toThrow(SpectensorError);
  expect(find).toThrow(/tslab is not installed; run `npm install tslab@1.0.22`/);
});
