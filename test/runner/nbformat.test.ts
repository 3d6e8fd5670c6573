import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DataError, FormatError } from "../../src/errors.js";
import { decode, encode, request } from "../../src/runner/messages.js";
import { loadNotebook, type Notebook, parseNotebook, writeNotebook } from "../../src/runner/nbformat.js";

const example: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "spectensor" } },
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: "# Title\n\ntext" },
    {
      cell_type: "code",
      id: "b",
      metadata: {},
      source: "1\n2",
      execution_count: 1,
      outputs: [
        { output_type: "stream", name: "stdout", text: "x\ny\n" },
        { output_type: "display_data", data: { "text/plain": "p", "application/x+json": { k: [1] } }, metadata: {} },
        { output_type: "error", ename: "E", evalue: "v", traceback: [] },
      ],
    },
  ],
};

it("reads back what it wrote, texts as lists of lines, and leaves no temporary file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nbformat-test-"));
  try {
    const path = join(folder, "deep", "n.ipynb");
    await writeNotebook(path, example);
    const json = JSON.parse(readFileSync(path, "utf8"));
    expect(json.cells[0].source).toEqual(["# Title\n", "\n", "text"]);
    expect(json.cells[1].outputs[0].text).toEqual(["x\n", "y\n"]);
    const { cells } = await loadNotebook(path);
    expect(cells[0]).toEqual(example.cells[0]);
    expect(readdirSync(join(folder, "deep"))).toEqual(["n.ipynb"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("names the place of what is not a notebook", () => {
  expect(() => parseNotebook("{", "n.ipynb")).toThrow(FormatError);
  expect(() => parseNotebook('{"nbformat":3}', "n.ipynb")).toThrow(
    /n\.ipynb: nbformat: .*; notebooks must be of nbformat 4\.5/,
  );
  const cells = [{ cell_type: "markdown", id: "a", metadata: {}, source: 1 }];
  expect(() => parseNotebook(JSON.stringify({ ...example, cells }), "n.ipynb")).toThrow(/n\.ipynb: cells\.0\.source/);
});

it("signs messages and refuses those of another key", () => {
  const message = request("execute_request", "s", { code: "ä" });
  const frames = ["identity", ...encode(message, "key")].map((f) => Buffer.from(f));
  expect(decode(frames, "key")).toEqual(message);
  expect(() => decode(frames, "other")).toThrow(DataError);
  expect(() => decode(frames.slice(0, 4), "key")).toThrow(DataError);
});
