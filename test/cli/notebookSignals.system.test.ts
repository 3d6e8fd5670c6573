import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SCRATCH_PREFIX } from "../../src/runner/kernelProcess.js";
import { writeNotebook } from "../../src/runner/nbformat.js";
import { codeNotebook } from "../support/notebooks.js";
import { MAIN, spectensor, temporaryFolder } from "./run.js";

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

describe("notebook run that was killed", () => {
  it("goes on after the notebooks that are done; another run meanwhile is refused", async () => {
    const folder = join(scratch, "resumed");
    mkdirSync(folder, { recursive: true });
    await writeNotebook(join(folder, "a.ipynb"), codeNotebook({}, "6 * 7"));
    // Waits for ever the first time, not the second; hidden files are no input of a notebook.
    const waits = 'if (!require("fs").existsSync(".again")) await new Promise((r) => setTimeout(r, 600_000));';
    await writeNotebook(join(folder, "b.ipynb"), codeNotebook({}, waits));
    writeFileSync(join(folder, "package.json"), "{}");
    const words = ["notebook", "run", ".", "--workers", "1", "--json"];
    const started = spawn(process.execPath, [MAIN, ...words], { cwd: folder, stdio: "ignore" });
    const page = join(folder, "gallery", "a.html");
    await expect.poll(() => existsSync(page), { timeout: 90_000 }).toBe(true);
    const other = await spectensor(words, { cwd: folder });
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/index.html: is being written by process \d+/);
    const ended = new Promise((done) => started.once("exit", done));
    started.kill("SIGKILL");
    await ended;
    writeFileSync(join(folder, ".again"), "");
    const { code, out } = await spectensor(words, { cwd: folder });
    expect(code).toBe(0);
    const { notebooks } = JSON.parse(out) as { notebooks: readonly { path: string; origin: string }[] };
    expect(notebooks.map((n) => [n.path, n.origin])).toEqual([
      ["a.ipynb", "cache"],
      ["b.ipynb", "run"],
    ]);
  });
});
