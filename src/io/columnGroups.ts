/** Which of the vectors and tensors that a line of names names is the one to read. */
import type { ColumnMeaning, ColumnName } from "./columnNames.js";
import type { Lines } from "./lines.js";
import { type FrameField, tensorColumns } from "./tensorNames.js";

/** Quantities that plain columns can be. */
export type ColumnQuantity = "polarizability" | "dielectric" | "polarization" | "current";

/** What is to be read from columns. */
export interface WantedColumns {
  /** Of several the first that is there; empty: what the file has. */
  readonly quantities: readonly ColumnQuantity[];
  /** The name in the file of a quantity, without the component: `{ polarization: "mu" }`. */
  readonly keys?: Readonly<Partial<Record<FrameField, string>>>;
}

/** A whole vector or tensor. */
interface Group {
  readonly label: string;
  readonly meaning: ColumnMeaning;
  readonly tensor: boolean;
  /** Indices of the columns. */
  readonly columns: readonly number[];
}

/** The columns that were chosen. */
export interface ChosenColumns {
  readonly columns: readonly number[];
  readonly quantity: ColumnQuantity;
}

const isTensor = (quantity: ColumnQuantity): boolean => quantity === "polarizability" || quantity === "dielectric";
const SYMBOLS: Readonly<Record<ColumnQuantity, string>> = {
  polarization: "a polarization or dipole",
  polarizability: "a polarizability",
  dielectric: "a dielectric tensor",
  current: "a current",
};

/**
 * The columns of the wanted quantity; `undefined` if the names make up no whole vector or tensor.
 * @param around what stands before the names in their line: "stress:"
 * @throws FormatError if what they name is another quantity, or several are meant alike
 */
export function chooseColumns(
  lines: Lines,
  names: readonly ColumnName[],
  wanted: WantedColumns,
  around: ColumnMeaning,
): ChosenColumns | undefined {
  const groups = groupsOf(names).map((g) =>
    g.meaning === "plain" && around !== "unknown" ? { ...g, meaning: around } : g,
  );
  if (groups.length === 0) return undefined;
  const quantities = wanted.quantities.length > 0 ? wanted.quantities : allQuantities(groups);
  for (const quantity of quantities) {
    const key = quantity === "current" ? undefined : wanted.keys?.[quantity];
    if (key !== undefined) return { columns: byKey(lines, names, groups, quantity, key).columns, quantity };
  }
  const shown = (list: readonly Group[]) => list.map((g) => nameOf(names, g)).join(" and ");
  const one = (list: readonly Group[], quantity: ColumnQuantity): ChosenColumns => {
    const totals = list.filter((g) => /(^|[^a-z])(tot|total|sum)([^a-z]|$)/.test(g.label));
    const chosen = list.length === 1 ? list : totals;
    if (chosen.length !== 1)
      lines.fail(
        `${shown(list)} may each be ${SYMBOLS[quantity]}`,
        `say which with keys: { ${quantity}: "${list[0]!.label || names[list[0]!.columns[0]!]!.text}" }`,
      );
    return { columns: chosen[0]!.columns, quantity };
  };
  for (const quantity of quantities) {
    const right = groups.filter((g) => g.tensor === isTensor(quantity) && g.meaning === quantity);
    if (right.length > 0) return one(right, quantity);
  }
  for (const quantity of quantities) {
    const alike = groups.filter((g) => g.tensor === isTensor(quantity));
    // "x y z" beside velocities are positions.
    if (alike.length > 0 && alike.every((g) => g.meaning === "plain")) return one(alike, quantity);
    // Dielectric tensors are often called α, also in the MD-Raman scripts.
    const called = alike.filter((g) => g.meaning === "polarizability");
    if (quantity === "dielectric" && called.length > 0) return one(called, quantity);
  }
  const [first] = quantities;
  const alike = groups.find((g) => g.tensor === isTensor(first!));
  return lines.fail(
    `the names of the columns say ${shown(groups)}, and not ${quantities.map((q) => SYMBOLS[q]).join(" or ")}`,
    alike
      ? `give a file with ${SYMBOLS[first!]}, or if ${nameOf(names, alike)} are one, say so with keys: { ${first}: "${alike.label || names[alike.columns[0]!]!.text}" }`
      : `give a file with ${SYMBOLS[first!]}`,
  );
}

/** Without a wish: what the names say, else what three or more columns usually are. */
function allQuantities(groups: readonly Group[]): readonly ColumnQuantity[] {
  const said = groups.flatMap((g) => (g.meaning in SYMBOLS ? [g.meaning as ColumnQuantity] : []));
  return said.length > 0 ? said : groups[0]!.tensor ? ["polarizability"] : ["polarization"];
}

function groupsOf(names: readonly ColumnName[]): readonly Group[] {
  const sets = new Map<string, number[]>();
  for (const [k, { role, label }] of names.entries())
    if (/^[xyz]{1,2}$/.test(role)) {
      const key = `${role.length} ${label}`;
      sets.set(key, [...(sets.get(key) ?? []), k]);
    }
  const whole = [...sets.values()].flatMap((columns) => groupOf(names, columns) ?? []);
  if (whole.length > 0) return whole;
  // Names of components of one vector may differ: "c_thermo_press_xx c_press_yy …".
  return [1, 2].flatMap(
    (length) =>
      groupOf(
        names,
        [...names.keys()].filter((k) => names[k]!.role.length === length && /^[xyz]+$/.test(names[k]!.role)),
      ) ?? [],
  );
}

function groupOf(names: readonly ColumnName[], columns: readonly number[]): Group | undefined {
  const roles = columns.map((k) => names[k]!.role);
  const tensor = roles[0]?.length === 2;
  if (!(tensor ? tensorColumns(roles) : roles.length === 3 && ["x", "y", "z"].every((c) => roles.includes(c))))
    return undefined;
  const order = tensor ? columns : ["x", "y", "z"].map((c) => columns[roles.indexOf(c)]!);
  const meanings = new Set(columns.map((k) => names[k]!.meaning));
  const strongest = (["other", "unknown", "current", "dielectric", "polarizability", "polarization"] as const).find(
    (m) => meanings.has(m),
  );
  return { label: names[columns[0]!]!.label, meaning: strongest ?? "plain", tensor, columns: order };
}

/** The group that a key names: by its label, the beginning of it, or the name of one of its columns. */
function byKey(
  lines: Lines,
  names: readonly ColumnName[],
  groups: readonly Group[],
  quantity: ColumnQuantity,
  key: string,
): Group {
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+$/u, "");
  const fitting = groups.filter((g) => g.tensor === isTensor(quantity));
  const wanted = plain(key);
  const columns = (g: Group) => g.columns.map((k) => plain(names[k]!.text));
  const found = [
    (g: Group) => g.label === wanted || columns(g).includes(wanted),
    (g: Group) => g.label.startsWith(wanted) || columns(g).every((name) => name.startsWith(wanted)),
  ]
    .map((fits) => fitting.filter(fits))
    .find((list) => list.length > 0);
  if (found?.length === 1) return found[0]!;
  return lines.fail(
    found
      ? `"${key}" may be ${found.map((g) => nameOf(names, g)).join(" or ")}`
      : `no ${isTensor(quantity) ? "tensor" : "vector"} is called "${key}"`,
    `the columns name ${groups.map((g) => nameOf(names, g)).join(" and ")}`,
  );
}

/** "vel_x, vel_y, vel_z" */
function nameOf(names: readonly ColumnName[], { columns }: Group): string {
  return columns.map((k) => names[k]!.text.slice(0, 30)).join(", ");
}
