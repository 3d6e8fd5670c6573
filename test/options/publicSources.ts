/** The package's main file as the compiler sees it. */
import { fileURLToPath } from "node:url";
import ts from "typescript";

const main = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

const compiled = ts.createProgram([main], {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  skipLibCheck: true,
  types: ["node"],
});

export const checker = compiled.getTypeChecker();
/** What it exports. */
export const publicModule = checker.getSymbolAtLocation(compiled.getSourceFile(main)!)!;
