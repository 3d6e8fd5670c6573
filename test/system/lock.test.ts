import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FileError } from "../../src/errors.js";
import { lockOutput } from "../../src/system/lock.js";
import { processTag, stateOf } from "../../src/system/processTag.js";

const folder = mkdtempSync(join(tmpdir(), "spectensor-lock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "md.xyz.gz");
const locks = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".lock"));

/** A process that takes the lock, says so, and holds it. */
async function holder(): Promise<ReturnType<typeof spawn>> {
  const module = new URL("../../dist/system/lock.js", import.meta.url).href;
  const code = `const { lockOutput } = await import(${JSON.stringify(module)});
    await lockOutput(${JSON.stringify(path)}); process.stdout.write("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((done) => child.stdout!.once("data", done));
  return child;
}

describe("a lock", () => {
  it("is held by one at a time, within a process and between processes, and says by whom", async () => {
    const lock = await lockOutput(path);
    await expect(lockOutput(path)).rejects.toThrow(FileError);
    const other = await lockOutput(join(folder, "md.xyz")); // another output
    other.release();
    lock.release();
    expect(locks()).toEqual([]);
    const child = await holder();
    await expect(lockOutput(path)).rejects.toThrow(
      new RegExp(`md.xyz.gz: is being written by process ${child.pid} since`),
    );
    child.kill("SIGKILL");
    await new Promise((done) => child.on("exit", done));
    expect(locks()).toHaveLength(1);
    (await lockOutput(path)).release();
    expect(locks()).toEqual([]);
  });

  it("goes to one of several that come at the same moment, or to none, never to two", async () => {
    for (let round = 0; round < 20; round++) {
      const results = await Promise.allSettled(Array.from({ length: 6 }, () => lockOutput(path)));
      const got = results.filter((r) => r.status === "fulfilled");
      expect(got.length).toBeLessThanOrEqual(1);
      for (const r of got) r.value.release();
    }
    expect(locks()).toEqual([]);
  });

  it("of a process number that was given again is no lock; one of another machine is, and tells how to remove it", async () => {
    const [pid, host, start] = processTag().split("-") as [string, string, string];
    expect(stateOf(processTag())).toBe("runs");
    const again = `${pid}-${host}-${start === "00000000" ? "00000001" : "00000000"}`;
    expect(stateOf(again)).toBe("ended");
    writeFileSync(join(folder, `.md.xyz.gz.${again}.00000000.lock`), "{}");
    (await lockOutput(path)).release();
    expect(locks()).toEqual([]);
    const away = join(folder, `.md.xyz.gz.${pid}-00000000-${start}.00000000.lock`);
    writeFileSync(away, JSON.stringify({ process: 7, machine: "node07", since: "today" }));
    await expect(lockOutput(path)).rejects.toThrow(`process 7 on node07 since today`);
    await expect(lockOutput(path)).rejects.toThrow(`remove ${away}`);
    rmSync(away);
  });
});
