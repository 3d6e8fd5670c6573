import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type TypeScript from "typescript";
import { parseNotebook } from "../../src/runner/nbformat.js";

/** Either compiler: the kernel's older one has the same functions. */
export type Compiler = typeof TypeScript;

export const NOTEBOOKS: string = fileURLToPath(new URL("../../notebooks/", import.meta.url));
const require = createRequire(import.meta.url);

export const ours = require("typescript") as Compiler;
export const kernels = createRequire(require.resolve("tslab/package.json"))("@tslab/typescript-for-tslab") as Compiler;

/** Paths of all notebooks, relative to their folder. */
export function notebookPaths(): string[] {
  return readdirSync(NOTEBOOKS, { recursive: true, encoding: "utf8" })
    .filter((p) => p.endsWith(".ipynb") && !/node_modules|checkpoints/.test(p))
    .sort();
}

/** The code cells of a notebook, one after the other, as one module. */
export function moduleOf(path: string): string {
  const { cells } = parseNotebook(readFileSync(join(NOTEBOOKS, path), "utf8"), path);
  const sources = cells.flatMap((c) => (c.cell_type === "code" ? [`// cell ${c.id}\n${c.source}\n`] : []));
  return `${sources.join("\n")}\nexport {};\n`;
}

/** A program of modules that stand in the notebooks' folder; `modules` maps names to texts. */
export function program(ts: Compiler, modules: ReadonlyMap<string, string>): TypeScript.Program {
  const options: TypeScript.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    // What the kernel resolves with; the package must be found this way.
    moduleResolution: (ts.ModuleResolutionKind as unknown as Record<string, number>).Node10!,
    lib: ["lib.es2022.d.ts"],
    types: ["node"],
    typeRoots: [fileURLToPath(new URL("../../node_modules/@types", import.meta.url))],
    skipLibCheck: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const files = new Map([...modules].map(([name, text]) => [join(NOTEBOOKS, name), text]));
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version, true);
  };
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  return ts.createProgram([...files.keys()], options, host);
}

/** "notebook:line message" of everything a compiler finds in the modules. */
export function complaints(ts: Compiler, p: TypeScript.Program): string[] {
  return ts.getPreEmitDiagnostics(p).map((d) => {
    const place = d.file
      ? `${d.file.fileName.replace(NOTEBOOKS, "")}:${d.file.getLineAndCharacterOfPosition(d.start ?? 0).line + 1} `
      : "";
    return place + ts.flattenDiagnosticMessageText(d.messageText, " ");
  });
}

/** Names of the variables in the modules whose type the compiler could not tell. */
export function untypedVariables(ts: Compiler, p: TypeScript.Program): string[] {
  const checker = p.getTypeChecker();
  const found: string[] = [];
  for (const file of p.getSourceFiles().filter((f) => f.fileName.startsWith(NOTEBOOKS) && !f.isDeclarationFile)) {
    const visit = (node: TypeScript.Node): void => {
      if (
        (ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node)) &&
        ts.isIdentifier(node.name)
      )
        if (mentionsAny(ts, checker, checker.getTypeAtLocation(node)))
          found.push(`${file.fileName.replace(NOTEBOOKS, "")} ${node.name.text}`);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

/** Whether a type, its type arguments or what a function takes and returns is `any`, down to three levels. */
export function mentionsAny(ts: Compiler, checker: TypeScript.TypeChecker, type: TypeScript.Type, depth = 3): boolean {
  if (type.flags & ts.TypeFlags.Any) return true;
  if (depth === 0) return false;
  const inner = (t: TypeScript.Type): boolean => mentionsAny(ts, checker, t, depth - 1);
  if (type.isUnionOrIntersection()) return type.types.some(inner);
  const args =
    (type.flags & ts.TypeFlags.Object) !== 0 ? checker.getTypeArguments(type as TypeScript.TypeReference) : [];
  if (args.some(inner)) return true;
  return type
    .getCallSignatures()
    .some(
      (s) =>
        inner(s.getReturnType()) ||
        s.parameters.some((p) => p.valueDeclaration && inner(checker.getTypeOfSymbolAtLocation(p, p.valueDeclaration))),
    );
}
