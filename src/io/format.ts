import { FormatError } from "../errors.js";
import { byteChunks, type ReadOptions } from "./source.js";

/** Every format that is read. */
export type Format = "extxyz" | "poscar" | "xdatcar" | "outcar" | "vasprun" | "lammps" | "espresso" | "columns";

const headBytes = 1 << 16;

/**
 * The format of a file, from its first 64 KiB (gzipped or not); its name is not looked at.
 * @throws FormatError if it looks like none of them
 */
export async function detectFormat(path: string, options: ReadOptions = {}): Promise<Format> {
  let head = "";
  for await (const chunk of byteChunks(path, { ...(options.signal && { signal: options.signal }) })) {
    head += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1", 0, headBytes);
    if (head.length >= headBytes) break;
  }
  const format = formatOf(head);
  if (format) return format;
  throw new FormatError({
    file: options.name ?? path,
    problem:
      head.trim() === ""
        ? "the file is empty"
        : `not a format that is read; it begins "${head.trim().slice(0, 40).replace(/\s+/g, " ")}"`,
    advice:
      "read are extended XYZ, POSCAR, XDATCAR, OUTCAR, vasprun.xml, LAMMPS dumps, pw.x and ph.x output, and plain columns of numbers",
  });
}

/** The format that a text begins like. */
export function formatOf(head: string): Format | undefined {
  const lines = head.split(/\r?\n/, 16);
  const line = (k: number) => lines[k] ?? "";
  if (/^\s*(<\?xml|<modeling)/.test(head)) return /<modeling/.test(head) ? "vasprun" : undefined;
  if (head.startsWith("ITEM:")) return "lammps";
  if (/^\s*Program (PWSCF|PHONON)/m.test(head)) return "espresso";
  if (/^\s*vasp\.\d/.test(line(0)) || /^ *(executed on|INCAR:|POTCAR: )/m.test(head)) return "outcar";
  if (/^\s*\d+\s*$/.test(line(0)) && /^\s*[A-Za-z]\w*\s+[-+.\d]/.test(line(2))) return "extxyz";
  if (/\b(Properties|Lattice)=/.test(line(1))) return "extxyz";
  const number = "[-+]?[\\d.]+(?:[eEdD][-+]?\\d+)?";
  const numbers = (k: number, counts: string) =>
    new RegExp(`^\\s*${number}(?:\\s+${number}){${counts}}\\s*$`).test(line(k));
  if (
    (numbers(1, "0") || numbers(1, "2")) &&
    [2, 3, 4].every((k) => numbers(k, "2")) &&
    /^\s*[sdck]/im.test(`${line(6)}\n${line(7)}`)
  )
    return /^\s*(direct configuration|konfig)/im.test(head) ? "xdatcar" : "poscar";
  const rows = lines.slice(0, -1).filter((text) => text.trim() !== "" && !/^\s*[#!%]/.test(text));
  const numeric = (text: string) =>
    text
      .trim()
      .split(/[\s,;]+/)
      .every((word) => Number.isFinite(Number(word.replace(/[dD]/, "e"))));
  const data = rows[0] !== undefined && !numeric(rows[0]) ? rows.slice(1) : rows;
  return data.length > 0 && data.every(numeric) ? "columns" : undefined;
}
