/** Notebook files, nbformat 4.5. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { FormatError } from "../errors.js";
import { parseJson } from "../system/json.js";
import { writeInFolder } from "./files.js";

const text = z.union([z.string(), z.array(z.string())]).transform((t) => (typeof t === "string" ? t : t.join("")));
const metadata = z.record(z.string(), z.unknown());
const mimeBundle = z.record(z.string(), z.unknown());

const outputSchema = z.discriminatedUnion("output_type", [
  z.object({ output_type: z.literal("stream"), name: z.enum(["stdout", "stderr"]), text }),
  z.object({ output_type: z.literal("display_data"), data: mimeBundle, metadata }),
  z.object({
    output_type: z.literal("execute_result"),
    execution_count: z.number().nullable(),
    data: mimeBundle,
    metadata,
  }),
  z.object({ output_type: z.literal("error"), ename: z.string(), evalue: z.string(), traceback: z.array(z.string()) }),
]);
const cellSchema = z.discriminatedUnion("cell_type", [
  z.object({
    cell_type: z.literal("code"),
    id: z.string(),
    metadata,
    source: text,
    execution_count: z.number().nullable(),
    outputs: z.array(outputSchema),
  }),
  z.object({ cell_type: z.literal("markdown"), id: z.string(), metadata, source: text }),
  z.object({ cell_type: z.literal("raw"), id: z.string(), metadata, source: text }),
]);
const notebookSchema = z.object({
  nbformat: z.literal(4),
  nbformat_minor: z.number().min(5),
  metadata,
  cells: z.array(cellSchema),
});

/** Contents of an output by MIME type: text, base64 for pictures, an object for JSON. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export type Output =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly output_type: "display_data";
      readonly data: MimeBundle;
      readonly metadata: Readonly<Record<string, unknown>>;
    }
  | {
      readonly output_type: "execute_result";
      readonly execution_count: number | null;
      readonly data: MimeBundle;
      readonly metadata: Readonly<Record<string, unknown>>;
    }
  | {
      readonly output_type: "error";
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

export interface CodeCell {
  readonly cell_type: "code";
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string;
  readonly execution_count: number | null;
  readonly outputs: readonly Output[];
}

export interface TextCell {
  readonly cell_type: "markdown" | "raw";
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: string;
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly Cell[];
}

/**
 * Reads a notebook from its JSON text.
 * @param file name for messages
 * @throws FormatError if it is not JSON or not nbformat 4.5 or later
 */
export function parseNotebook(json: string, file: string): Notebook {
  const parsed = notebookSchema.safeParse(parseJson(json, file, "give a notebook"));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new FormatError({
    file,
    where: path.join("."),
    problem: message,
    advice: "notebooks must be of nbformat 4.5 or later; opening and saving it in JupyterLab converts it",
  });
}

/** {@link parseNotebook} of a file. */
export async function loadNotebook(path: string): Promise<Notebook> {
  return parseNotebook(await readFile(path, "utf8"), path);
}

/** Writes a notebook as Jupyter does: texts as lists of lines, one space of indentation. Appears whole or not at all. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.cell_type === "code" && { outputs: cell.outputs.map(outputLines) }),
  }));
  await writeInFolder(path, `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`);
}

function outputLines(output: Output): object {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    typeof value === "string" && !/^image\/(?!svg)/.test(type) ? lines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

function lines(value: string): string[] {
  return value.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The string of a MIME entry, which files may hold as a list of lines. */
export function mimeText(data: MimeBundle, type: string): string | undefined {
  const value = data[type];
  return Array.isArray(value) ? value.join("") : typeof value === "string" ? value : undefined;
}
