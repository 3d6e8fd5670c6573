/** What the columns of a plain file are: their names, order and units, from a header line, comments or their number. */
import { unitFactor } from "../units/unitNames.js";
import { type WarningOptions, warn } from "../warnings.js";
import { chooseColumns, type WantedColumns } from "./columnGroups.js";
import { askedOrder, type ColumnLayout, type HeadLine } from "./columnLayout.js";
import { type ColumnName, columnName, meaningOfLabel } from "./columnNames.js";
import { type FirstRows, plainLayout } from "./columnRows.js";
import { isRuler, namesIn } from "./columnWords.js";
import type { Lines } from "./lines.js";
import { tensorColumns } from "./tensorNames.js";

/** How the reader was asked to read. */
export interface LayoutOptions extends WarningOptions {
  readonly skipColumns?: number;
  readonly timestep?: number;
  /** The order of the tensor columns, where the caller says it. */
  readonly asked?: Int32Array | undefined;
  readonly wanted: WantedColumns;
}

/**
 * The layout of a file: from its header line, else from the last of the comments that names as many columns as there are, else
 * from their number. A line below the names may have the units.
 * @param rows the first rows, cut into words
 */
export function columnLayout(
  lines: Lines,
  head: readonly HeadLine[],
  rows: FirstRows,
  options: LayoutOptions,
): ColumnLayout {
  const width = rows[0]!.length;
  const written = head.filter((line) => !isRuler(line.text));
  const header = written.findIndex((line) => !line.comment);
  if (header >= 0) return headerLayout(lines, written, header, width, options);
  const { skipColumns = 0 } = options;
  for (let k = written.length - 1; k >= 0; k--) {
    const found = namedLayout(lines, written, k, width, options);
    if (found?.values.every((c) => c >= skipColumns)) return found;
  }
  const [key] = Object.entries(options.wanted.keys ?? {});
  if (key)
    lines.fail(
      `the columns have no names, among them no "${key[1]}"`,
      "name them in a first line, e.g. # time(fs) x y z, or leave the names out",
    );
  const counter = skipColumns > 0 ? undefined : namedCounter(lines, written, width);
  const layout = plainLayout(lines, rows, { ...options, ...counter });
  const names = written.at(-1)?.text.split(/\s+/) ?? [];
  if (layout.assumed && names.length === width && names.every((word) => /^[a-z|]/i.test(word)))
    lines.fail(
      `the header names ${width} columns, and no tensor among them: ${names.join(", ").slice(0, 80)}`,
      'say what they are, e.g. components: "xx yy zz yz xz xy"',
    );
  if (layout.assumed)
    warn(options, {
      where: lines.file,
      problem: "six columns without names are taken as xx yy zz xy yz zx",
      advice: 'if they are not, say so, e.g. components: "xx yy zz yz xz xy"',
    });
  return layout;
}

/** Whether a line below a header line belongs to the head: a ruler, or units of the columns that the header names. */
export function continuesHeader(header: string, text: string): boolean {
  if (isRuler(text)) return true;
  return namesIn(header).some((names) => unitsLine(text, names.map(columnName)) !== undefined);
}

function headerLayout(
  lines: Lines,
  head: readonly HeadLine[],
  at: number,
  width: number,
  options: LayoutOptions,
): ColumnLayout {
  const { text } = head[at]!;
  const found = namedLayout(lines, head, at, width, options);
  if (found) return found;
  const ways = namesIn(text);
  const [first] = ways.filter((names) => names.length === width);
  return first
    ? lines.fail(
        `the header names no tensor: ${first.join(", ").slice(0, 80)}`,
        "name the columns xx, yy, zz, xy, yz, zx (or all nine, or x, y, z), and time",
      )
    : lines.fail(
        `the header names ${ways[0]?.length ?? 0} columns, the first row has ${width}: ${text.trim().slice(0, 80)}`,
        "name every column, those with blanks in their names between commas or tabs; a line that names none begins with #",
      );
}

/** The layout that a line of names describes; `undefined` if it names no whole vector or tensor. */
function namedLayout(
  lines: Lines,
  head: readonly HeadLine[],
  at: number,
  width: number,
  options: LayoutOptions,
): ColumnLayout | undefined {
  const line = head[at]!;
  for (const words of namesIn(line.text)) {
    // In a comment names may stand among other words: "alpha: xx yy zz xy yz zx, see the paper".
    const last = line.comment ? words.length - width : words.length === width ? 0 : -1;
    for (let first = 0; first <= last; first++) {
      const before = words.slice(0, first).join(" ").toLowerCase();
      const names = words.slice(first, first + width).map(columnName);
      const found = layoutOfNames(lines, names, before, options);
      if (!found) continue;
      const units = head.slice(at + 1).flatMap((other) => {
        const words = unitsLine(other.text, names);
        return words ? [{ other, words }] : [];
      })[0];
      return {
        ...withUnits(lines, found, names, units?.words),
        used: units ? [line, units.other] : [line],
      };
    }
  }
  return undefined;
}

function layoutOfNames(
  lines: Lines,
  names: readonly ColumnName[],
  before: string,
  { asked, wanted }: LayoutOptions,
): Omit<ColumnLayout, "used" | "units"> | undefined {
  const keyed = wanted.keys?.time?.toLowerCase();
  const time = names.findIndex((n) => (keyed === undefined ? n.role === "time" : n.text.toLowerCase() === keyed));
  if (keyed !== undefined && time < 0)
    lines.fail(`no column is called "${wanted.keys!.time}"`, `the columns are ${names.map((n) => n.text).join(", ")}`);
  // Single letters in front are words of English.
  const around = meaningOfLabel(
    before.replace(/(?<![a-z])[a-z](?![a-z])/g, " "),
    names.some((n) => n.role.length === 2 && n.role !== ""),
  );
  const chosen = chooseColumns(lines, names, wanted, around);
  if (!chosen) return undefined;
  const roles = chosen.columns.map((k) => names[k]!.role);
  const tensor = roles.length === 3 ? undefined : (askedOrder(lines, roles.length, asked) ?? tensorColumns(roles));
  return {
    width: names.length,
    time,
    step: names.findIndex((n) => n.role === "step"),
    values: chosen.columns,
    quantity: chosen.quantity,
    assumed: false,
    ...(tensor && { tensor }),
  };
}

/** Units of the times and of the values: in the names, or in the line below them. */
function withUnits(
  lines: Lines,
  layout: Omit<ColumnLayout, "used" | "units">,
  names: readonly ColumnName[],
  below: readonly string[] | undefined,
): Omit<ColumnLayout, "used"> {
  const unit = (k: number): string | undefined => names[k]?.unit ?? (below?.[k] || undefined);
  const stated = [...new Set(layout.values.flatMap((k) => unit(k) ?? []))];
  // "xx yy zz xy yz zx (bohr^3)": a unit said once is that of all.
  if (stated.length > 1)
    lines.fail(`the components have not one unit in the header but ${stated.map((u) => `"${u}"`).join(" and ")}`);
  // "mux muy muz mutot[D]": the length has the unit of the components.
  const beside = names.flatMap((n, k) => (n.role === "" && n.meaning === layout.quantity ? (unit(k) ?? []) : []));
  const [values = beside[0]] = stated;
  const time = unit(layout.time);
  return { ...layout, units: { ...(time !== undefined && { time }), ...(values !== undefined && { values }) } };
}

/** The units in a line below a line of names, one for each, without brackets; `undefined` if it is none of units. */
function unitsLine(text: string, names: readonly ColumnName[]): readonly string[] | undefined {
  const bare = (word: string) => /^[([{]\s*(.*?)\s*[)\]}]$/.exec(word)?.[1] ?? word;
  const known = (word: string, role: string) =>
    role === "time"
      ? unitFactor("time", word) !== undefined
      : unitFactor("dipole", word) !== undefined || unitFactor("polarizability", word) !== undefined;
  for (const words of namesIn(text)) {
    if (words.length !== names.length) continue;
    const units = words.map((word) => (/^([-–1]|none)?$/i.test(bare(word)) ? "" : bare(word)));
    const fits = names.every(
      ({ role }, k) =>
        !/^(time|[xyz]{1,2})$/.test(role) || units[k] === "" || units[k] !== words[k] || known(units[k]!, role),
    );
    const said = names.some(({ role }, k) => /^(time|[xyz]{1,2})$/.test(role) && units[k] !== "");
    const numeric = words.some((word) => /^[-+.\d][-+.\deEdD]*$/.test(word) && !/^[-–1]$/.test(word));
    if (fits && said && !numeric && !units.every((word, k) => word === names[k]!.text)) return units;
  }
  return undefined;
}

/** The column of step numbers that a comment names beside others without components: "TimeStep c_1[1] c_1[2] c_1[3]". */
function namedCounter(
  lines: Lines,
  head: readonly HeadLine[],
  width: number,
): { readonly step: number; readonly time: number } | undefined {
  for (const { text } of [...head].reverse())
    for (const words of namesIn(text)) {
      if (words.length !== width) continue;
      const names = words.map(columnName);
      const [step, time] = (["step", "time"] as const).map((role) => names.findIndex((n) => n.role === role));
      const rest = width - 1 - Math.max(step!, time!);
      if ((step !== 0 && time !== 0) || ![3, 4, 6, 9].includes(rest)) continue;
      const others = names.slice(-rest);
      // A vector and its length: "c_dip[1] … c_dip[4]".
      if (rest === 4 && new Set(others.map((n) => n.label)).size > 1) continue;
      if (others.every((n) => n.meaning === "other" || n.meaning === "current"))
        lines.fail(
          `the names of the columns say ${words.slice(1).join(", ").slice(0, 80)}, and no vector or tensor that is read`,
          "give a file with a polarization or a polarizability, and name its columns x, y, z or xx, yy, zz, xy, yz, zx",
        );
      return { step: step!, time: time! };
    }
  return undefined;
}
