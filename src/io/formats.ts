/** Every format that is read, and finding out which one a file has. */
import { didYouMean, FormatError, OptionError } from "../errors.js";
import { columnsFormat } from "./columns.js";
import { cp2kFormat } from "./cp2kMoments.js";
import { espressoFormat } from "./espresso.js";
import { extxyzFormat } from "./extxyz.js";
import type { FileFormat, FileHead, LoadOptions } from "./format.js";
import { lammpsFormat } from "./lammps.js";
import { outcarFormat } from "./outcar.js";
import { phonopyFormat } from "./phonopy.js";
import { poscarFormat } from "./poscar.js";
import { type OpenedSource, openSource, type Source, sourceName } from "./source.js";
import { vasprunFormat } from "./vasprun.js";
import { xdatcarFormat } from "./xdatcar.js";
import { xvgFormat } from "./xvg.js";

/** In the order in which they are asked; to add a format, write its file and name it here. */
const formats: FileFormat[] = [
  vasprunFormat,
  lammpsFormat,
  espressoFormat,
  phonopyFormat,
  xvgFormat,
  cp2kFormat,
  outcarFormat,
  extxyzFormat,
  xdatcarFormat,
  poscarFormat,
  columnsFormat,
];

const headBytes = 1 << 16;

/** Names of the formats that are read. */
export function formatNames(): string[] {
  return formats.map((f) => f.name);
}

/**
 * Makes a format of one's own known to every loader of this process; it is asked before the built-in ones.
 * @throws OptionError if a format of this name is there already
 */
export function registerFormat(format: FileFormat): void {
  if (formats.some((f) => f.name === format.name))
    throw new OptionError({ where: "registerFormat", problem: `there is a format "${format.name}" already` });
  formats.unshift(format);
}

/** A file that has been opened once, with its format. */
export interface OpenedFile {
  readonly format: FileFormat;
  readonly source: OpenedSource;
}

/**
 * Opens a file and finds out what it is, unless `options.format` says it. Whoever gets it reads it or closes it.
 * @throws FormatError if it looks like no format that is read
 * @throws OptionError for an unknown format, or an option that the format cannot use
 */
export async function openFile(path: Source, options: LoadOptions = {}): Promise<OpenedFile> {
  const given = typeof options.format === "string" ? named(options.format) : options.format;
  const source = await openSource(path, headBytes, options);
  try {
    const name = sourceName(path, options);
    const format = given ?? sniffed(source.head, typeof path === "string" ? path : name, name);
    refuseForeignOptions(format, options, name);
    return { format, source };
  } catch (cause) {
    await source.close();
    throw cause;
  }
}

/**
 * The name of a file's format, from its first 64 KiB (gzipped or not).
 * @throws FormatError if it looks like none of them
 */
export async function detectFormat(path: string, options: LoadOptions = {}): Promise<string> {
  const { onProgress: _, ...quiet } = options;
  const { format, source } = await openFile(path, quiet);
  await source.close();
  return format.name;
}

/** The first 16 lines of a file, unpacked. */
export async function firstLines(path: Source): Promise<readonly string[]> {
  const source = await openSource(path, headBytes);
  await source.close();
  return Buffer.from(source.head.subarray(0, headBytes)).toString("latin1").split(/\r?\n/, 16);
}

/** The format that a text begins like. @param file its name, which tells some formats apart */
export function formatOf(text: string, file = ""): FileFormat | undefined {
  const head: FileHead = {
    text,
    lines: text.split(/\r?\n/, 16),
    fileName: file.replace(/^.*[\\/]/, "").replace(/\.gz$/i, ""),
  };
  return formats.find((format) => format.sniff(head));
}

function named(name: string): FileFormat {
  const found = formats.find((f) => f.name === name);
  if (found) return found;
  const guess = didYouMean(name, formatNames());
  throw new OptionError({
    where: "format",
    problem: `"${name}" is not a format that is read`,
    advice: guess ? `did you mean "${guess}"?` : `known: ${formatNames().join(", ")}`,
  });
}

function sniffed(head: Uint8Array, path: string, file: string): FileFormat {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, headBytes)).toString("latin1");
  const format = formatOf(text, path);
  if (format) return format;
  throw new FormatError({
    file,
    problem:
      text.trim() === ""
        ? "the file is empty"
        : `not a format that is read; it begins "${text.trim().slice(0, 40).replace(/\s+/g, " ")}"`,
    advice: `read are ${formats.map((f) => f.title).join(", ")}`,
  });
}

/** Whether an option says how files of a format are to be read. @param name of a format */
export function takesOption(name: string | undefined, option: string): boolean {
  return (
    !(special as readonly string[]).includes(option) ||
    formats.some((format) => format.name === name && (format.options as readonly string[]).includes(option))
  );
}

/** Options that only some formats understand, with what to call them. */
const special = [
  "keys",
  "units",
  "becOrder",
  "components",
  "species",
  "lammpsUnits",
  "skipColumns",
  "phonopyCell",
  "labels",
] as const;

function refuseForeignOptions(format: FileFormat, options: LoadOptions, file: string): void {
  for (const name of special) {
    if (options[name] === undefined || format.options.includes(name)) continue;
    const others = formats.filter((f) => f.options.includes(name)).map((f) => f.title);
    throw new OptionError({
      where: name,
      problem: `${file} is ${format.title}`,
      advice: `${name} is for ${others.join(", ")}: leave it out`,
    });
  }
}
