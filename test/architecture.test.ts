import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const SRC = new URL("../src", import.meta.url).pathname;

/** What each folder of src may import besides itself, errors.ts, options and progress.ts. Values flow one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  units: [],
  system: [],
  wasm: ["system"],
  parallel: ["system"],
  math: ["system", "wasm", "units"],
  tensor: ["math"],
  structure: ["units", "math", "tensor"],
  series: ["units", "math", "tensor", "structure"],
  io: ["system", "units", "math", "structure", "series"],
  batch: ["dataset", "system"],
  dataset: ["system", "io", "structure", "series"],
  descriptor: ["math", "wasm", "tensor", "structure", "parallel"],
  model: ["descriptor", "series", "structure", "tensor", "math", "units", "parallel", "io", "system"],
  dynamics: ["model", "descriptor", "structure", "series", "math", "units", "parallel", "io", "spectrum", "system"],
  spectrum: ["series", "structure", "units", "math", "model", "io"],
  table: ["units"],
  progress: [],
  figure: ["system", "units", "math", "series", "spectrum", "structure", "model", "dynamics", "table"],
  page: ["figure", "math"],
  display: ["page", "figure", "table", "progress", "dataset", "series", "spectrum", "units"],
  runner: ["system", "display", "figure", "table", "progress", "dataset"],
  cli: ["*"],
  "index.ts": ["*"],
  namespaces: ["*"],
  "types.ts": ["*"],
  options: [],
  "errors.ts": [],
  "progress.ts": [],
  "warnings.ts": [],
};
const LEAVES = ["errors.ts", "options", "progress.ts", "warnings.ts"];

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly tree: ts.SourceFile;
  readonly lines: number;
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((p) => p.endsWith(".ts") && !p.endsWith(".d.ts") && !p.startsWith(join("wasm", "assembly")))
  .sort()
  .map((path) => {
    const text = readFileSync(join(SRC, path), "utf8");
    return {
      path,
      folder: path.includes("/") ? path.slice(0, path.indexOf("/")) : path,
      tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true),
      lines: text.split("\n").length - 1,
    };
  });

/** Relative imports and re-exports of a file, as paths below src; types count as well. */
function importsOf(source: Source): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier =
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    if (specifier && ts.isStringLiteral(specifier) && specifier.text.startsWith("."))
      found.push(relative(SRC, join(SRC, source.path, "..", specifier.text)).replace(/\.js$/, ".ts"));
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

describe("architecture", () => {
  it("knows every folder of src", () => {
    expect([...new Set(sources.map((s) => s.folder))].filter((f) => !(f in MAY_IMPORT))).toEqual([]);
  });

  it("is the picture in CONTRIBUTING.md", () => {
    const page = readFileSync(join(SRC, "../CONTRIBUTING.md"), "utf8");
    const lines = page.slice(page.indexOf("reads this picture:")).split("\n\n")[1]!.split("\n");
    const picture = lines.flatMap((line) =>
      line
        .trim()
        .split(/\s{4,}/)[0]!
        .split(/ → | {2,}/),
    );
    const folders = Object.keys(MAY_IMPORT).filter((name) => !name.endsWith(".ts"));
    expect([...picture].sort()).toEqual([...folders].sort());
    for (const [k, folder] of picture.entries())
      for (const other of MAY_IMPORT[folder]!.filter((name) => name !== "*"))
        expect([folder, other, picture.slice(0, k)]).toEqual([folder, other, expect.arrayContaining([other])]);
    const described = [
      ...page
        .slice(page.indexOf("| folder | holds |"))
        .split("\n\n")[0]!
        .matchAll(/^\| (.*?) \|/gm),
    ].flatMap(([, names]) => [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
    expect(described.sort()).toEqual([...folders].sort());
  });

  it("imports only to the left: no backward import", () => {
    const backward: string[] = [];
    for (const source of sources) {
      const allowed = MAY_IMPORT[source.folder] ?? [];
      for (const target of importsOf(source)) {
        const folder = target.includes("/") ? target.slice(0, target.indexOf("/")) : target;
        if (folder === source.folder || LEAVES.includes(folder) || allowed.includes("*") || allowed.includes(folder))
          continue;
        backward.push(`${source.path} -> ${target}`);
      }
    }
    expect(backward).toEqual([]);
  });

  it("has no import cycle", () => {
    const graph = new Map(sources.map((s) => [s.path, importsOf(s)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (path: string, stack: readonly string[]): void => {
      if (stack.includes(path)) {
        cycles.push([...stack.slice(stack.indexOf(path)), path].join(" -> "));
        return;
      }
      if (done.has(path)) return;
      for (const next of graph.get(path) ?? []) walk(next, [...stack, path]);
      done.add(path);
    };
    for (const path of graph.keys()) walk(path, []);
    expect(cycles).toEqual([]);
  });

  it("imports only files that exist", () => {
    const paths = new Set(sources.map((s) => s.path));
    const missing = sources.flatMap((s) =>
      importsOf(s)
        .filter((t) => !paths.has(t))
        .map((t) => `${s.path} -> ${t}`),
    );
    expect(missing).toEqual([]);
  });

  it("imports every package of package.json and no other", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(SRC, "../package.json"), "utf8")) as Record<
      "dependencies" | "devDependencies",
      Readonly<Record<string, string>>
    >;
    const nameOf = (specifier: string): string =>
      specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
    // Packages that are asked for by path: a worker, a script for pages, a font.
    const texts = sources.map((s) => s.tree.text).join("\n");
    const unused = Object.keys(dependencies).filter((name) => !new RegExp(`["'\`]${name}["'\`/]`).test(texts));
    expect(unused).toEqual([]);
    const imported = sources.flatMap((s) =>
      s.tree.statements.flatMap((node) =>
        ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)
          ? [{ name: node.moduleSpecifier.text, types: node.importClause?.isTypeOnly === true }]
          : [],
      ),
    );
    const outside = imported.filter(({ name }) => !/^(\.|node:|#)/.test(name));
    expect(outside.length).toBeGreaterThan(20);
    const missing = outside.filter(({ name, types }) => {
      const own = nameOf(name);
      return !(own in dependencies || (types && (own in devDependencies || `@types/${own}` in devDependencies)));
    });
    expect(missing).toEqual([]);
  });

  it("has no default export, no any, no bare Error, no top-level await", () => {
    const found: string[] = [];
    for (const source of sources) {
      const at = (node: ts.Node) =>
        `${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      const visit = (node: ts.Node, inFunction: boolean): void => {
        if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${at(node)} any`);
        if (
          ts.isExportAssignment(node) ||
          (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent))
        )
          found.push(`${at(node)} default export`);
        if (
          ts.isThrowStatement(node) &&
          ts.isNewExpression(node.expression) &&
          node.expression.expression.getText() === "Error"
        )
          found.push(`${at(node)} bare Error`);
        if (!inFunction && (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)))
          found.push(`${at(node)} top-level await`);
        ts.forEachChild(node, (child) => visit(child, inFunction || ts.isFunctionLike(node)));
      };
      visit(source.tree, false);
    }
    expect(found).toEqual([]);
  });

  it("has no scripts of pages in strings: they are files under src/page, which the type-checker and the linter see", () => {
    const scripts: string[] = [];
    for (const source of sources) {
      const visit = (node: ts.Node): void => {
        const text = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ? node.getText() : "";
        // One call that hands data to a script is not a program; anything with statements of its own is.
        if (
          text.length > 300 &&
          /\b(function|=>|var|const|let)\b[\s\S]*[;{]/.test(text) &&
          /document|window/.test(text)
        )
          scripts.push(`${source.path}:${source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
        ts.forEachChild(node, visit);
      };
      visit(source.tree);
    }
    expect(scripts).toEqual([]);
  });

  it("keeps a file to one concept: at most 300 lines", () => {
    expect(sources.filter((s) => s.lines > 300).map((s) => `${s.path} ${s.lines}`)).toEqual([]);
  });
});
