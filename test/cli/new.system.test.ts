import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { projectNotebook } from "../../src/cli/projectNotebook.js";
import { type CodeCell, loadNotebook, parseNotebook } from "../../src/runner/nbformat.js";
import { complaints, kernels, ours, program } from "../runner/cells.js";
import { type Outcome, spectensor, spectensorHere, temporaryFolder } from "./run.js";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const folder = temporaryFolder();
const project = join(folder, "My spectra");
const manifestOf = (path: string) => JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
const { version } = manifestOf(REPOSITORY);
const TARBALL = `spectensor-${version}.tgz`;
let made: Outcome;

beforeAll(async () => {
  made = await spectensor(["new", "My spectra"], { cwd: folder });
}, 120_000);

describe("spectensor new", () => {
  it("makes a folder with notebook, kernel, data and what to do next", async () => {
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(made.out).toMatch(/next: cd .*My spectra.* && npm install && npm start/);
    expect(readdirSync(folder)).toEqual(["My spectra"]);
    expect(readdirSync(project, { recursive: true }).sort()).toEqual([
      ".gitignore",
      "README.md",
      "data",
      join("data", "README.md"),
      join("data", "example.xyz.gz"),
      "package.json",
      "raman.ipynb",
      TARBALL,
    ]);
    const { metadata } = await loadNotebook(join(project, "raman.ipynb"));
    expect(metadata.kernelspec).toMatchObject({ name: "spectensor" });
  });

  it("depends on the package and on the kernel that this repository tests with, and on nothing else", () => {
    const { name, scripts, dependencies } = manifestOf(project);
    expect(name).toBe("my-spectra");
    expect(Object.keys(scripts)).toEqual(["start", "lab", "kernel"]);
    expect(dependencies).toEqual({
      spectensor: `file:./${TARBALL}`,
      tslab: manifestOf(join(REPOSITORY, "notebooks")).dependencies.tslab,
    });
    // The package itself, so that a colleague who gets the folder can install it.
    const files = execFileSync("tar", ["tzf", join(project, TARBALL)], { encoding: "utf8" });
    expect(files).toMatch(/^package\/package\.json$/m);
    expect(files).toMatch(/^package\/dist\/cli\/main\.js$/m);
    expect(readFileSync(join(project, "README.md"), "utf8")).toContain(TARBALL);
  });

  it("depends on the version or tarball it is told to", async () => {
    writeFileSync(join(folder, "some.tgz"), "");
    const run = (name: string, what: string) => spectensorHere(["new", join(folder, name), "--package", what]);
    expect(await run("a", "^1.2.3")).toMatchObject({ code: 0 });
    expect(await run(join("b", "c"), join(folder, "some.tgz"))).toMatchObject({ code: 0 });
    expect(manifestOf(join(folder, "a")).dependencies.spectensor).toBe("^1.2.3");
    expect(manifestOf(join(folder, "b", "c")).dependencies.spectensor).toBe("file:../../some.tgz");
  });

  it("says that it installs on this machine only where npm cannot be found", async () => {
    const { code, err } = await spectensor(["new", "alone"], { cwd: folder, env: { PATH: "", npm_execpath: "" } });
    expect([code, err]).toEqual([0, expect.stringMatching(/could not be packed.*--package/)]);
    const { dependencies } = manifestOf(join(folder, "alone"));
    expect(manifestOf(join(folder, "alone", dependencies.spectensor.slice(5))).name).toBe("spectensor");
  });

  it("never writes into what is there already", async () => {
    const occupied = join(folder, "occupied");
    mkdirSync(occupied);
    writeFileSync(join(occupied, "thesis.tex"), "all of it");
    for (const path of [occupied, join(occupied, "thesis.tex")]) {
      const { code, out, err } = await spectensorHere(["new", path, "--package", "^1.2.3"]);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(/there already; nothing was changed|is a file, not a folder/);
    }
    expect(readdirSync(occupied)).toEqual(["thesis.tex"]);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("the notebook of a new project", () => {
  const { cells } = projectNotebook({ example: "data/example.xyz.gz", timestep: 2 });
  const code = cells.filter((c): c is CodeCell => c.cell_type === "code");

  it.each([
    ["our compiler", ours],
    ["the kernel's compiler", kernels],
  ] as const)("passes the strict checks of %s", (_, ts) => {
    const text = `${code.map((c) => c.source).join("\n")}\nexport {};\n`;
    expect(complaints(ts, program(ts, new Map([["project.ts", text]])))).toEqual([]);
  });

  it("runs as it is and ends with a spectrum, as picture and as file", async () => {
    const modules = join(project, "node_modules");
    mkdirSync(modules);
    symlinkSync(REPOSITORY, join(modules, "spectensor"));
    symlinkSync(join(REPOSITORY, "node_modules", "tslab"), join(modules, "tslab"));
    const { code: exit, out } = await spectensor(["notebook", "run", "."], { cwd: project });
    expect([exit, out]).toEqual([0, expect.stringMatching(/^running 1 notebook.*\nok +raman\.ipynb/)]);
    const path = join(project, "gallery", "raman.ipynb");
    const executed = parseNotebook(readFileSync(path, "utf8"), path);
    const spectrum = executed.cells.find((c) => c.id === "spectrum") as CodeCell;
    expect(JSON.stringify(spectrum.outputs)).toMatch(/image\/svg\+xml/);
    const [header, first] = readFileSync(join(project, "raman.csv"), "utf8").split("\n");
    expect(header).toMatch(
      /^Raman shift \(cm⁻¹\),model: Raman intensity \(.+\),first principles: Raman intensity \(.+\)$/,
    );
    expect(first).toMatch(/^0,[\d.e-]+,[\d.e-]+$/);
  }, 300_000);
});
