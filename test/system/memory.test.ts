import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { DataError } from "../../src/errors.js";
import { asMemoryError } from "../../src/system/memory.js";
import { MAIN } from "../cli/run.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-memory-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a file larger than the heap ends with an error that says what to do, not with V8's abort", async () => {
  // Comments of other keys are kept as objects of the heap: some 300 MB in a heap of 120 MB.
  const path = join(folder, "large.xyz");
  const file = openSync(path, "w");
  const keys = Array.from({ length: 40 }, (_, k) => `key_${k}="some text of number ${k}"`).join(" ");
  const frame = `1\nProperties=species:S:1:pos:R:3 energy=1 ${keys} pbc="F F F"\nH 0 0 0\n`;
  for (let k = 0; k < 300; k++) writeSync(file, frame.repeat(100));
  closeSync(file);
  const out = join(folder, "ff.json");
  const words = ["fit", "forcefield", "--train", path, "--options", '{"cutoff": 3}', "--out", out];
  const { code, err } = await new Promise<{ code: number; err: string }>((done) => {
    execFile(process.execPath, ["--max-old-space-size=120", MAIN, ...words], (error, _, text) =>
      done({ code: Number(error?.code ?? 0), err: text }),
    );
  });
  expect(err).toMatch(
    /DataError: reading .*large.xyz takes more memory than the \d+ MB that Node may use; use fewer frames/,
  );
  expect(err).toMatch(/--max-old-space-size/);
  expect(code).toBe(1);
});

it("failures to allocate are told as such, other range errors are not", () => {
  const failed = (make: () => unknown): unknown => {
    try {
      return make();
    } catch (error) {
      return asMemoryError(error);
    }
  };
  expect(failed(() => new Float64Array(2 ** 46))).toBeInstanceOf(DataError);
  expect(failed(() => "x".repeat(2 ** 30))).toBeInstanceOf(DataError);
  expect(failed(() => (1).toFixed(200))).toBeInstanceOf(RangeError);
});
