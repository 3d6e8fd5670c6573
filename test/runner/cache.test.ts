import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { notebookKey } from "../../src/runner/cache.js";
import { hashFolder, sha256, writeInFolder } from "../../src/runner/files.js";
import type { Notebook } from "../../src/runner/nbformat.js";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "cache-test-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const notebook = (text: string, source: string): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: "markdown", id: "m", metadata: {}, source: text },
    { cell_type: "code", id: "c", metadata: {}, source, execution_count: null, outputs: [] },
  ],
});

it("changes the key with code, mode, package and files beside the notebook, not with text, other notebooks or the gallery", async () => {
  const path = join(scratch, "n.ipynb");
  const key = (n: Notebook, mode: "quick" | "full" = "quick", hash = "h") =>
    notebookKey(n, path, mode, hash, join(scratch, "out"));
  const first = await key(notebook("a", "1"));
  expect(await key(notebook("b", "1"))).toBe(first);
  writeFileSync(join(scratch, "other.ipynb"), "{}");
  mkdirSync(join(scratch, "out"));
  writeFileSync(join(scratch, "out", "page.html"), "the gallery's own");
  expect(await key(notebook("a", "1"))).toBe(first);
  mkdirSync(join(scratch, "data"));
  writeFileSync(join(scratch, "data", "x.dat"), "1");
  const withData = await key(notebook("a", "1"));
  utimesSync(join(scratch, "data", "x.dat"), 1, 1);
  const others = [
    await key(notebook("a", "2")),
    await key(notebook("a", "1"), "full"),
    await key(notebook("a", "1"), "quick", "g"),
    withData,
    await key(notebook("a", "1")),
  ];
  expect(new Set([first, ...others]).size).toBe(6);
});

it("hashes names and contents of a folder, and keeps texts apart", async () => {
  expect(sha256("ab", "c")).not.toBe(sha256("a", "bc"));
  const hashes = [await hashFolder(join(scratch, "missing"))];
  for (const [name, content] of [
    ["a", "1"],
    ["a", "2"],
    ["b", "2"],
  ] as const) {
    writeFileSync(join(scratch, name), content);
    hashes.push(await hashFolder(scratch));
  }
  expect(new Set(hashes).size).toBe(4);
  expect(await hashFolder(scratch)).toBe(hashes[3]);
});

it("leaves no temporary file behind when a file cannot be put in place", async () => {
  mkdirSync(join(scratch, "taken", "by"), { recursive: true });
  await expect(writeInFolder(join(scratch, "taken"), "x")).rejects.toThrow();
  expect(readdirSync(scratch)).toEqual(["taken"]);
});
