import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

describe("long work that is killed and begun again", () => {
  // More kills: npm run kills.
  it("leaves the bytes of work that was not: predictions, evaluations, learning curves, molecular dynamics", async () => {
    const program = fileURLToPath(new URL("../chaos/kills.mjs", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [program, "--kills", "8", "--size", "0.1"]);
    const rows = stdout.split("\n").filter((line) => /^\| (predict|evaluate|curve|md) /.test(line));
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row).toMatch(/\| [1-9]\d* \| [1-9]\d* \| \d+ \| 0 \|$/);
  }, 240_000);
});
