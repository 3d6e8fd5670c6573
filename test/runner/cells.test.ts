import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type CodeCell, parseNotebook } from "../../src/runner/nbformat.js";
import {
  complaints,
  kernels,
  mentionsAny,
  moduleOf,
  NOTEBOOKS,
  notebookPaths,
  ours,
  program,
  untypedVariables,
} from "./cells.js";

const paths = notebookPaths();
const { dependencies } = JSON.parse(readFileSync(join(NOTEBOOKS, "package.json"), "utf8")) as { dependencies: object };
const IMPORTABLE = ["spectensor", "mathjs", "danfojs-node"];
const read = (path: string) => parseNotebook(readFileSync(join(NOTEBOOKS, path), "utf8"), path);

describe.each([
  ["our compiler", ours],
  ["the kernel's compiler", kernels],
] as const)("cells under %s", (_, ts) => {
  const p = program(ts, new Map(paths.map((path) => [`${path}.ts`, moduleOf(path)])));

  it("pass its strict checks", () => {
    expect(complaints(ts, p)).toEqual([]);
  });

  it("have no variable of unknown type", () => {
    expect(untypedVariables(ts, p)).toEqual([]);
  });

  it("would not pass with a wrong argument, a forgotten check or a type that got lost", () => {
    const text = `import { loadDataset, show } from "spectensor";
      const set = await loadDataset("h2o");
      show(set);
      set.reference.structure;
      const lost = JSON.parse("1");`;
    const wrong = program(ts, new Map([["wrong.ts", text]]));
    expect(complaints(ts, wrong)).toEqual([
      expect.stringMatching(/^wrong\.ts:3 Argument of type 'Dataset' is not assignable to parameter of type 'Figure/),
      "wrong.ts:4 'set.reference' is possibly 'undefined'.",
    ]);
    expect(untypedVariables(ts, wrong)).toEqual(["wrong.ts lost"]);
  });
});

it("public functions keep all their types under the kernel's compiler", () => {
  const p = program(kernels, new Map([["all.ts", 'import * as all from "spectensor";\nall;\n']]));
  const checker = p.getTypeChecker();
  const file = p.getSourceFile(join(NOTEBOOKS, "all.ts"))!;
  const all = checker.getTypeAtLocation((file.statements[1] as unknown as { expression: typeof file }).expression);
  const untyped = all
    .getProperties()
    .filter((s) => mentionsAny(kernels, checker, checker.getTypeOfSymbolAtLocation(s, file)));
  expect(all.getProperties().length).toBeGreaterThan(50);
  expect(untyped.map((s) => s.name)).toEqual([]);
});

it("units and constants of mathjs, tables of danfojs serve in at least two notebooks each", () => {
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(IMPORTABLE));
  for (const name of IMPORTABLE) {
    const users = paths.filter((path) => moduleOf(path).includes(`from "${name}";`));
    expect(users.length).toBeGreaterThanOrEqual(2);
  }
});

describe.each(paths)("notebooks/%s", (path) => {
  const { cells, metadata } = read(path);
  const code = cells.filter((c): c is CodeCell => c.cell_type === "code");

  it("is kept without outputs and names the kernel", () => {
    for (const cell of code) expect([cell.outputs, cell.execution_count]).toEqual([[], null]);
    expect(metadata.kernelspec).toMatchObject({ name: "spectensor", language: "typescript" });
  });

  it("says what it shows, and ends with provenance", () => {
    expect(metadata.spectensor).toMatchObject({ title: expect.any(String), claim: expect.any(String) });
    expect(code.at(-1)!.source).toMatch(/showProvenance\(/);
  });

  it("imports only the package, mathjs and danfojs, in cells of at most 40 lines without long definitions", () => {
    const imports = code.flatMap((c) => [...c.source.matchAll(/^import .* from "(.*)";$/gm)].map((m) => m[1]));
    expect(imports).toContain("spectensor");
    expect(imports.filter((name) => !IMPORTABLE.includes(name!))).toEqual([]);
    for (const cell of code) expect(cell.source.split("\n").length).toBeLessThanOrEqual(40);
  });

  it("judges its numbers: by tolerances, or by claims", () => {
    expect(code.some((c) => /\bshow(Comparison|Claims)\(/.test(c.source))).toBe(true);
  });
});
