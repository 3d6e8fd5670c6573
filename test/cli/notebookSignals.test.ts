import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SCRATCH_PREFIX } from "../../src/runner/kernelProcess.js";
import { writeNotebook } from "../../src/runner/nbformat.js";
import { codeNotebook } from "../support/notebooks.js";
import { MAIN, temporaryFolder } from "./run.js";

const scratch = temporaryFolder();

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// Cells that give the kernel no time to hear of anything, and cells that wait.
const CELLS = { looping: "for (;;) {}", waiting: "await new Promise((r) => setTimeout(r, 600_000));" };
const CASES = (["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"] as const).flatMap((signal) =>
  (["looping", "waiting"] as const).map((cell) => ({ signal, cell })),
);
const CODES: Readonly<Record<string, number | null>> = { SIGKILL: null, SIGTERM: 143, SIGHUP: 129, SIGINT: 130 };

describe("notebook run that is ended", () => {
  it.each(CASES)("by $signal leaves no kernel and no folder of it, cell $cell", async ({ signal, cell }) => {
    const folder = join(scratch, `${signal}-${cell}`);
    mkdirSync(join(folder, "tmp"), { recursive: true });
    const source = `require("fs").writeFileSync("kernel", String(process.pid)); ${CELLS[cell]}`;
    await writeNotebook(join(folder, "a.ipynb"), codeNotebook({}, source));
    writeFileSync(join(folder, "package.json"), "{}");
    const run = spawn(process.execPath, [MAIN, "notebook", "run", "."], {
      cwd: folder,
      stdio: "ignore",
      env: { ...process.env, TMPDIR: join(folder, "tmp") },
    });
    const ended = new Promise<number | null>((done) => run.once("exit", done));
    const started = join(folder, "kernel");
    await expect.poll(() => existsSync(started) && readFileSync(started, "utf8"), { timeout: 90_000 }).toBeTruthy();
    const kernel = Number(readFileSync(started, "utf8"));
    expect(lives(kernel)).toBe(true);
    run.kill(signal);
    expect(await ended).toBe(CODES[signal]);
    await expect.poll(() => lives(kernel), { timeout: 30_000 }).toBe(false);
    const left = (): string[] => readdirSync(join(folder, "tmp")).filter((name) => name.startsWith(SCRATCH_PREFIX));
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
  });
});
