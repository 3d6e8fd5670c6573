import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SpectensorError } from "../../src/errors.js";
import { type Arena, loadKernels } from "../../src/wasm/load.js";

function arena(): Arena {
  return loadKernels("linalg")!.arena;
}

describe("loadKernels", () => {
  test("gives every caller an instance with its own memory", () => {
    const [a, b] = [arena(), arena()];
    const [p, q] = [a.reserveDoubles(2), b.reserveDoubles(2)];
    a.doubles(p, 2).fill(1);
    b.doubles(q, 2).fill(2);
    expect([...a.doubles(p, 2)]).toEqual([1, 1]);
  });

  test("says how to build a kernel that is missing", () => {
    expect(() => loadKernels("absent")).toThrow(SpectensorError);
    expect(() => loadKernels("absent")).toThrow(/absent\.wasm.*npm run build/);
  });
});

describe("Arena", () => {
  test("reserves aligned stretches that do not overlap, keeps their content while growing, and uses released ones again", () => {
    const a = arena();
    const start = a.mark();
    const first = a.reserveDoubles(3);
    a.doubles(first, 3).set([1, 2, 3]);
    const second = a.reserve(1);
    const third = a.reserveDoubles(1_000_000);
    for (const pointer of [first, second, third]) expect(pointer % 16).toBe(0);
    expect(second).toBeGreaterThanOrEqual(first + 24);
    expect(third).toBeGreaterThan(second);
    expect([...a.doubles(first, 3)]).toEqual([1, 2, 3]);
    const { bytes } = a;
    a.release(start);
    expect(a.reserveDoubles(1_000_000)).toBe(start);
    expect(a.bytes).toBe(bytes);
    expect(a.integers(start, 2)).toHaveLength(2);
  });

  test("says what cannot be had when 4 GiB do not suffice", () => {
    expect(() => arena().reserve(5e9)).toThrow(/MiB of kernel memory.*4096 MiB/);
  });
});

describe("build.mjs", () => {
  // A copy of the build beside one small kernel, in a project of its own that borrows the compiler.
  const project = mkdtempSync(join(tmpdir(), "spectensor-build-"));
  const folder = join(project, "src", "wasm");
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const source = "export function twice(x: f64): f64 { return 2 * x; }\n";
  const build = (...args: string[]): string =>
    execFileSync(process.execPath, [join(folder, "build.mjs"), ...args], {
      cwd: tmpdir(),
      encoding: "utf8",
      stdio: "pipe",
    });

  beforeAll(() => {
    mkdirSync(join(folder, "assembly"), { recursive: true });
    copyFileSync(join(root, "src", "wasm", "build.mjs"), join(folder, "build.mjs"));
    writeFileSync(join(folder, "assembly", "twice.ts"), source);
    symlinkSync(join(root, "node_modules"), join(project, "node_modules"), "dir");
  });
  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test("builds from any folder, the same bytes each time, and only what has changed", async () => {
    expect(build()).toMatch(/built .*twice\.wasm/);
    const bytes = readFileSync(join(folder, "twice.wasm"));
    expect(build()).toBe("");
    expect(build("--force")).toMatch(/built/);
    expect(readFileSync(join(folder, "twice.wasm")).equals(bytes)).toBe(true);
    writeFileSync(join(folder, "assembly", "twice.ts"), source.replace("2 *", "3 *"));
    expect(build("--copy")).toMatch(/built/);
    expect(readFileSync(join(folder, "twice.wasm")).equals(bytes)).toBe(false);
    const copied = readFileSync(join(project, "dist", "wasm", "twice.wasm"));
    expect(copied.equals(readFileSync(join(folder, "twice.wasm")))).toBe(true);
    expect(readdirSync(folder).filter((file) => file.endsWith(".tmp"))).toEqual([]);
  });

  test("fails with the compiler's message and leaves the old kernel alone", () => {
    const before = readFileSync(join(folder, "twice.wasm"));
    writeFileSync(join(folder, "assembly", "twice.ts"), "export function twice(x: f64): f64 { return y; }\n");
    expect(() => build()).toThrow(/Cannot find name 'y'/);
    expect(readFileSync(join(folder, "twice.wasm")).equals(before)).toBe(true);
  });
});
