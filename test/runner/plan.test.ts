import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { findNotebooks, placeInGallery } from "../../src/runner/findNotebooks.js";
import { planOf } from "../../src/runner/plan.js";

const folder = mkdtempSync(join(tmpdir(), "plan-"));
const gallery = join(folder, "gallery");

function notebook(path: string, spectensor: object): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, cells: [], metadata: { spectensor } }));
  return path;
}

test("the longest begin first, those of unknown length before them, by what the last run took or else the notebook says", async () => {
  const says = (name: string, seconds?: unknown): string => notebook(join(folder, `${name}.ipynb`), { seconds });
  const paths = [says("short", 5), says("unknown"), says("long", 40), says("ran", 10), says("wrong", "soon")];
  const run = { key: "k", source: "../ran.ipynb", mode: "quick", seconds: 90 };
  notebook(join(gallery, placeInGallery(paths[3]!)), { run });
  expect(await planOf(paths, gallery, 2)).toEqual({
    notebooks: 5,
    workers: 2,
    seconds: 135,
    unknown: 2,
    order: [1, 4, 3, 2, 0],
  });
});

test("every notebook of the project says about how long it takes", async () => {
  const paths = await findNotebooks([resolve("notebooks")], gallery);
  const { unknown, notebooks } = await planOf(paths, gallery, 2);
  expect([notebooks > 15, unknown]).toEqual([true, 0]);
});
