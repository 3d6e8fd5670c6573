/** The examples in the docstrings of src, as code that can be run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

export const SRC = fileURLToPath(new URL("../../src/", import.meta.url));
export const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

export interface Example {
  /** File below src and name of what it documents. */
  readonly name: string;
  readonly file: string;
  readonly of: string;
  /** TypeScript; the last statement may be an expression whose value is shown. */
  readonly code: string;
  /** The comment behind the last statement, where it is a value rather than a remark. */
  readonly expected?: string;
}

/** Every example below src. @throws Error for an @example tag that stands where the compiler does not see it */
export function examples(): Example[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((p) => p.endsWith(".ts") && !p.includes("assembly"))
    .sort()
    .flatMap((path) => {
      const text = readFileSync(join(SRC, path), "utf8");
      const found = examplesOf(path, text);
      if (found.length !== text.split("@example").length - 1)
        throw new Error(`${path}: put @example on a line of its own`);
      return found;
    });
}

function examplesOf(file: string, text: string): Example[] {
  const found: Example[] = [];
  for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true).statements)
    for (const tag of ts.getJSDocTags(statement)) {
      if (tag.tagName.text !== "example") continue;
      const named = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]! : statement;
      const of = (named as ts.NamedDeclaration).name?.getText() ?? "";
      const code = (ts.getTextOfJSDocComment(tag.comment) ?? "").trim();
      const comment = /\/\/ (.+)$/.exec(code)?.[1];
      const isValue = comment !== undefined && /^(-?\d|"|\[|\{|true$|false$|undefined$)/.test(comment);
      found.push({ name: `${file} ${of}`, file, of, code, ...(isValue && { expected: comment }) });
    }
  return found;
}

/** Names of the package's main file, or of what is documented, that an example uses without declaring them; by module. */
export function importsOf(
  example: Example,
  exported: readonly string[],
): { readonly main: string[]; readonly own: string[] } {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isMember =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isPropertyAssignment(parent) && parent.name === node);
      if (
        (ts.isVariableDeclaration(parent) || ts.isBindingElement(parent) || ts.isParameter(parent)) &&
        parent.name === node
      )
        declared.add(node.text);
      else if (!isMember) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("example.ts", example.code, ts.ScriptTarget.ES2022, true));
  const free = [...used].filter((name) => !declared.has(name));
  return {
    main: free.filter((name) => exported.includes(name)),
    own: free.filter((name) => name === example.of && !exported.includes(name)),
  };
}

/** An example as JavaScript module whose default export runs it and gives the value of its last expression. */
export function runnable(example: Example, exported: readonly string[]): string {
  const { main, own } = importsOf(example, exported);
  const tree = ts.createSourceFile("example.ts", example.code, ts.ScriptTarget.ES2022, true);
  const last = tree.statements.at(-1);
  const body =
    last && ts.isExpressionStatement(last)
      ? `${example.code.slice(0, last.getStart())}return (${last.expression.getText()});`
      : example.code;
  const text = `import { ${main.join(", ")} } from ${JSON.stringify(pathToFileURL(join(DIST, "index.js")).href)};
import { ${own.join(", ")} } from ${JSON.stringify(pathToFileURL(join(DIST, example.file.replace(/ts$/, "js"))).href)};
export default async () => {
${body}
};`;
  const { ESNext } = ts.ModuleKind;
  return ts.transpileModule(text, { compilerOptions: { module: ESNext, target: ts.ScriptTarget.ES2022 } }).outputText;
}

/**
 * Whether a value is what a comment says: JSON, in which `…` behind a number leaves out digits and at the end of a list elements.
 */
export function matches(comment: string, value: unknown): boolean {
  if (comment === "undefined") return value === undefined;
  const json = comment.replace(/(-?\d+(?:\.\d+)?)…/g, '{"digits":"$1"}').replace(/,?\s*…\s*\]/g, ',{"more":true}]');
  return agree(JSON.parse(json), value);
}

function agree(expected: unknown, value: unknown): boolean {
  if (Array.isArray(expected)) {
    if (!Array.isArray(value)) return false;
    const open = isRecord(expected.at(-1)) && "more" in (expected.at(-1) as object);
    const wanted = open ? expected.slice(0, -1) : expected;
    return (
      (open ? value.length > wanted.length : value.length === wanted.length) &&
      wanted.every((e, i) => agree(e, value[i]))
    );
  }
  if (isRecord(expected) && typeof expected.digits === "string")
    return typeof value === "number" && String(value).startsWith(expected.digits);
  if (isRecord(expected)) return isRecord(value) && Object.entries(expected).every(([k, e]) => agree(e, value[k]));
  return Object.is(expected, value);
}

function isRecord(x: unknown): x is Record<string, unknown> {
  return typeof x === "object" && x !== null && !Array.isArray(x);
}
