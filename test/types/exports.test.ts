import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

/**
 * Types of the package that the declaration of an exported name speaks of without being exported themselves.
 * Members marked `@internal` are left out, as in the pages of the interface.
 * @param probe text of another main file, in place of the package's own
 */
function hiddenTypes(probe?: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
  };
  const root = `${DIST}${probe === undefined ? "index" : "probe"}.d.ts`;
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => (name === root && probe !== undefined ? probe : readFile(name));
  host.fileExists = (name) => (name === root && probe !== undefined) || fileExists(name);
  const program = ts.createProgram([root], options, host);
  const checker = program.getTypeChecker();
  const resolved = (s: ts.Symbol): ts.Symbol => (s.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(s) : s);
  const exported = checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(root)!)!)
    .map(resolved)
    .flatMap((s) => (s.flags & ts.SymbolFlags.ValueModule ? checker.getExportsOfModule(s).map(resolved) : s));
  const known = new Set(exported);
  const hidden = new Set<string>();

  const refer = (name: ts.Node, from: string): void => {
    const found = checker.getSymbolAtLocation(name);
    if (!found || found.flags & ts.SymbolFlags.TypeParameter) return;
    const symbol = resolved(found);
    const ours = symbol.declarations?.some((d) => d.getSourceFile().fileName.startsWith(DIST));
    if (ours && !known.has(symbol)) hidden.add(`${symbol.name}, in ${from}`);
  };
  const visit = (node: ts.Node, from: string): void => {
    const tags = ts.getJSDocTags(node);
    if (tags.some((t) => t.tagName.text === "internal")) return;
    if (ts.isTypeReferenceNode(node)) refer(node.typeName, from);
    if (ts.isExpressionWithTypeArguments(node)) refer(node.expression, from);
    if (ts.isImportTypeNode(node) && node.qualifier) refer(node.qualifier, from);
    ts.forEachChild(node, (child) => visit(child, from));
  };
  for (const symbol of exported) for (const d of symbol.declarations ?? []) visit(d, symbol.name);
  return [...hidden].sort();
}

it("every type that a public signature speaks of is exported", () => {
  expect(hiddenTypes()).toEqual([]);
});

it("would be found out if it were not", () => {
  const probe = `import type { Structure } from "./structure/structure.js";
    interface Hidden { readonly x: number }
    type HiddenToo = "a" | "b";
    export interface Shown extends Hidden {
      readonly structure: Structure;
      /** @internal */
      readonly inner: HiddenToo;
    }
    export declare function f<T>(x: T, kind: HiddenToo): Promise<import("./errors.js").ErrorDetails>;
    export {};`;
  expect(hiddenTypes(probe)).toEqual([
    "ErrorDetails, in f",
    "Hidden, in Shown",
    "HiddenToo, in f",
    "Structure, in Shown",
  ]);
});
