import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "./run.js";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** As in a shell of its own, not one that npm started for the tests. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|INIT_CWD)/i.test(name)),
);
const npm = (cwd: string, ...args: string[]): string =>
  execFileSync("npm", args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });

const online = spawnSync("npm", ["view", "tslab@1.0.22", "version"], { env, timeout: 20_000 }).status === 0;

describe.skipIf(!online)(`the published package${online ? "" : " (skipped: no package registry)"}`, () => {
  const folder = temporaryFolder();
  const empty = join(folder, "empty");
  const project = join(empty, "my-project");
  let tarball: string;

  beforeAll(() => {
    mkdirSync(empty);
    npm(REPOSITORY, "pack", "--ignore-scripts", "--pack-destination", folder);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz"))!);
    const exec = ["exec", "--yes", "--prefer-offline", `--package=${tarball}`, "--"];
    const said = npm(empty, ...exec, "spectensor", "new", "my-project");
    expect(said).toBe("made my-project; next: cd my-project && npm install && npm start\n");
    npm(project, "install", "--prefer-offline", "--no-audit", "--no-fund");
  }, 300_000);

  it("has what runs and the data, not how they are made", () => {
    const names = execFileSync("tar", ["tzf", tarball], { encoding: "utf8" }).split("\n").filter(Boolean);
    const tops = new Set(names.map((name) => name.split("/")[1]));
    expect([...tops].sort()).toEqual([
      "CHANGELOG.md",
      "CITATION.cff",
      "LICENSE",
      "README.md",
      "data",
      "dist",
      "package.json",
    ]);
    expect(names.filter((name) => /generate|\.map$|\.test\./.test(name))).toEqual([]);
  });

  it("installs with the kernel, without the notebooks' data frames and without what builds and tests it", () => {
    const installed = readdirSync(join(project, "node_modules"));
    expect(installed).toEqual(expect.arrayContaining(["spectensor", "tslab"]));
    for (const name of ["danfojs-node", "@tensorflow", "assemblyscript", "vitest", "playwright-core"])
      expect(installed).not.toContain(name);
  });

  it("runs the notebook of a new project from first-principles tensors to a spectrum", () => {
    expect(npm(project, "start")).toMatch(/ok +raman\.ipynb[\s\S]*gallery: .*index\.html/);
    expect(readFileSync(join(project, "raman.csv"), "utf8")).toMatch(/^Raman shift \(cm⁻¹\),model: /);
    expect(existsSync(join(project, "gallery", "raman.html"))).toBe(true);
  }, 300_000);
});
