import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { progressBar } from "../../src/display/progressBar.js";

const ESCAPE = "\u001b";
const ERASE = `${ESCAPE}[K`;

function stream(kind: { readonly isTTY: boolean; readonly columns?: number }) {
  const written: string[] = [];
  const write = (s: string): number => written.push(s);
  return { written, stream: { ...kind, write } as unknown as NodeJS.WriteStream };
}

describe("progress at a pace", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  /** One step each 10 ms. */
  function work(to: NodeJS.WriteStream, steps: number, label = "fit"): void {
    const { onProgress, signal } = progressBar({ stream: to });
    for (let done = 1; done <= steps; done++) {
      vi.advanceTimersByTime(10);
      onProgress({ label, done, total: steps, unit: "rows" });
    }
    expect(signal.aborted).toBe(false);
  }

  it("is a line every ten seconds and one at the end in a log", () => {
    const log = stream({ isTTY: false });
    work(log.stream, 2500);
    expect(log.written).toEqual([
      expect.stringMatching(/^fit: 1,00\d of 2,500 rows, 100 rows\/s, 15 s left\n$/),
      expect.stringMatching(/^fit: 2,00\d of 2,500 rows, 100 rows\/s, 5\.0 s left\n$/),
      expect.stringMatching(/^fit: 2,500 of 2,500 rows, 100 rows\/s, took 25 s\n$/),
    ]);
  });

  it("is nothing in a log for work under a second", () => {
    const log = stream({ isTTY: false });
    work(log.stream, 90);
    expect(log.written).toEqual([]);
  });

  it("is one line on a terminal, drawn over ten times a second", () => {
    const terminal = stream({ isTTY: true });
    work(terminal.stream, 200);
    expect(terminal.written.length).toBeGreaterThan(15);
    expect(terminal.written.length).toBeLessThan(25);
    for (const text of terminal.written) {
      expect(text).toMatch(/^\rfit [█░]{24} [\d,]+ of 200 rows, /);
      expect(text.trimEnd().endsWith(ERASE)).toBe(true);
    }
    expect(terminal.written.filter((text) => text.endsWith("\n"))).toHaveLength(1);
  });

  it("never wraps on a narrow terminal", () => {
    const terminal = stream({ isTTY: true, columns: 40 });
    work(terminal.stream, 100, "a long label of what is being done");
    for (const text of terminal.written) expect(text.replace(ERASE, "").trim().length).toBeLessThan(40);
  });

  it("measures each label on its own", () => {
    const log = stream({ isTTY: false });
    const { onProgress } = progressBar({ stream: log.stream });
    for (const label of ["features", "solutions"])
      for (let done = 0; done <= 2; done++) {
        onProgress({ label, done, total: 2 });
        vi.advanceTimersByTime(1000);
      }
    expect(log.written).toEqual([
      "features: 2 of 2 steps, 1 steps/s, took 2.0 s\n",
      "solutions: 2 of 2 steps, 1 steps/s, took 2.0 s\n",
    ]);
  });
});

describe("progress of a command", () => {
  const folder = mkdtempSync(join(tmpdir(), "progress-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const out = join(folder, "model.json");
  const args = [main, "fit", "polarizability", "--method", "direct", "--train", "h2o", "--frames", "50", "--out", out];
  const hasScript = /util-linux/.test(String(spawnSync("script", ["--version"]).stdout));

  it("leaves no control characters in a log", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    for (const character of ["\r", ESCAPE]) expect(stdout + stderr).not.toContain(character);
  });

  it.skipIf(!hasScript)(
    `is drawn in place on a terminal${hasScript ? "" : " (skipped: no script of util-linux)"}`,
    () => {
      // The clock goes on by 60 ms whenever it is looked at: what is drawn does not depend on the machine.
      const clock = "let t = 0; performance.now = () => (t += 60);";
      const preload = ["--import", `data:text/javascript,${encodeURIComponent(clock)}`];
      const command = [process.execPath, ...preload, ...args].map((word) => `'${word}'`).join(" ");
      const text = execFileSync("script", ["-qec", command, "/dev/null"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
      const bars = text.split("\n").filter((line) => line.includes("█"));
      const drawings = bars.map((line) => line.split("\r").filter(Boolean));
      // Several drawings on one line, each over the one before.
      expect(Math.max(...drawings.map((d) => d.length))).toBeGreaterThan(2);
      for (const drawn of drawings) {
        for (const one of drawn) {
          expect(one).toMatch(/^[\w ]+ [█░]{24} [\d,]+ of [\d,]+ \w+/);
          expect(one.endsWith(ERASE)).toBe(true);
        }
        expect(drawn.at(-1)).toMatch(/ █{24} ([\d,]+) of \1 \w+(, [\d,.]+ \w+\/s, took [\d.]+ m?s)?/);
      }
    },
  );
});
