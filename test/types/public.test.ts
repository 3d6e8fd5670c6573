import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import TypeScript from "typescript";
import { describe, expect, it } from "vitest";

const require = createRequire(import.meta.url);
const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

/** The compiler of the notebook kernel, TypeScript 5.0. */
const kernels = createRequire(require.resolve("tslab/package.json"))(
  "@tslab/typescript-for-tslab",
) as typeof TypeScript;

interface Walk {
  /** Every type that was looked at, by its path from the export. */
  readonly seen: readonly string[];
  /** Paths of `any`. */
  readonly lost: readonly string[];
}

/** Walks every type that a user of the package's main file can reach, as one compiler sees it. */
function publicTypes(ts: typeof TypeScript, text?: string): Walk {
  const options: TypeScript.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: (ts.ModuleResolutionKind as unknown as Record<string, number>).Node10!,
    lib: ["lib.es2022.d.ts"],
    types: ["node"],
    noEmit: true,
  };
  const root = `${DIST}${text === undefined ? "index" : "probe"}.d.ts`;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  if (text !== undefined) {
    host.getSourceFile = (name, version, ...rest) =>
      name === root ? ts.createSourceFile(name, text, version, true) : getSourceFile(name, version, ...rest);
    host.fileExists = (name) => name === root || fileExists(name);
    host.readFile = (name) => (name === root ? text : readFile(name));
  }
  const program = ts.createProgram([root], options, host);
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(root)!;
  const seen: string[] = [];
  const lost: string[] = [];
  const done = new Set<TypeScript.Type>();

  /** Types declared outside of dist (standard library, other packages) are taken for good once they are not `any`. */
  const isOurs = (type: TypeScript.Type): boolean => {
    const declarations = (type.aliasSymbol ?? type.symbol)?.declarations ?? [];
    return declarations.length === 0 || declarations.some((d) => d.getSourceFile().fileName.startsWith(DIST));
  };
  const ofSymbol = (symbol: TypeScript.Symbol, path: string): void =>
    visit(checker.getTypeOfSymbolAtLocation(symbol, file), path);

  function visit(type: TypeScript.Type, path: string): void {
    if (type.flags & ts.TypeFlags.Any) {
      lost.push(path);
      return;
    }
    if (done.has(type)) return;
    done.add(type);
    seen.push(path);
    if (type.isUnionOrIntersection()) for (const [i, t] of type.types.entries()) visit(t, `${path}|${i}`);
    for (const [i, t] of (type.aliasTypeArguments ?? []).entries()) visit(t, `${path}<${i}>`);
    if (type.isTypeParameter()) {
      const constraint = type.getConstraint();
      if (constraint) visit(constraint, `${path} extends`);
    }
    if (!(type.flags & ts.TypeFlags.Object)) return;
    const parameters = (type as TypeScript.TypeReference).target?.typeParameters ?? [];
    for (const [i, t] of checker.getTypeArguments(type as TypeScript.TypeReference).entries()) {
      // Newer standard libraries give `Iterable<T>` two more parameters that are `any` unless said otherwise.
      const unsaid = t.flags & ts.TypeFlags.Any && parameters[i]?.getDefault() === t;
      if (!unsaid) visit(t, `${path}<${i}>`);
    }
    if (!isOurs(type)) return;
    for (const property of type.getProperties()) ofSymbol(property, `${path}.${property.name}`);
    for (const kind of [ts.SignatureKind.Call, ts.SignatureKind.Construct])
      for (const signature of checker.getSignaturesOfType(type, kind)) {
        for (const parameter of signature.parameters) ofSymbol(parameter, `${path}(${parameter.name})`);
        visit(signature.getReturnType(), `${path}()`);
      }
    for (const kind of [ts.IndexKind.Number, ts.IndexKind.String]) {
      const index = checker.getIndexTypeOfType(type, kind);
      if (index) visit(index, `${path}[]`);
    }
  }

  const resolved = (symbol: TypeScript.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const names = checker
    .getExportsOfModule(checker.getSymbolAtLocation(file)!)
    .flatMap((s) => (resolved(s).flags & ts.SymbolFlags.ValueModule ? checker.getExportsOfModule(resolved(s)) : s));
  for (const symbol of names) {
    const target = resolved(symbol);
    if (target.flags & ts.SymbolFlags.Value) ofSymbol(target, symbol.name);
    if (target.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(target), symbol.name);
  }
  return { seen, lost };
}

describe.each([
  ["TypeScript 5.9", TypeScript],
  ["the kernel's TypeScript 5.0", kernels],
] as const)("every public type under %s", (_, ts) => {
  it("is known: no `any`, however deep", () => {
    const { seen, lost } = publicTypes(ts);
    expect(lost).toEqual([]);
    expect(seen.length).toBeGreaterThan(500);
  });

  it("would be found out if it were not", () => {
    const { lost } = publicTypes(
      ts,
      `export declare function lost(x: { readonly deep: readonly any[] }): Promise<ReadonlyMap<string, any>>;
       export interface Known { readonly values: Float64Array }
       export interface Unknown { readonly values: NoSuchType<ArrayBuffer> }
       export declare class Odd { constructor(x: any) }`,
    );
    expect(lost.map((p) => p.replace(/<\\d>/g, ""))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^lost\(x\)/),
        expect.stringMatching(/^lost\(\)/),
        "Unknown.values",
      ]),
    );
    expect(lost.some((p) => p.startsWith("Odd"))).toBe(true);
    expect(lost.some((p) => p.startsWith("Known"))).toBe(false);
  });
});

it("the walk sees a typed array with an explicit buffer, which only newer compilers know", () => {
  const text = "export declare const values: Float64Array<ArrayBuffer>;";
  expect(publicTypes(TypeScript, text).lost).toEqual([]);
  expect(publicTypes(kernels, text).lost).toEqual(["values"]);
});
