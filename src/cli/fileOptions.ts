/** Options that say how a file is to be read: the same in every command that reads one. */
import { createRequire } from "node:module";
import { type Command, Option } from "commander";
import { OptionError } from "../errors.js";
import type { FieldUnits } from "../io/fieldUnits.js";
import type { LoadOptions } from "../io/format.js";
import { type LammpsUnits, lammpsUnitNames } from "../io/lammpsUnits.js";
import type { ReadOptions } from "../io/source.js";
import type { FrameField } from "../io/tensorNames.js";
import { type LabelSource, labelSources } from "../io/vaspSteps.js";
import type { PhysicalQuantity } from "../units/convert.js";
import { fromMathUnit, type MathUnit } from "../units/mathUnit.js";
import { unitFactor } from "../units/unitNames.js";
import type { Warning } from "../warnings.js";
import { warned } from "./explain.js";
import { choiceOption, integerOption, keyOption, listOption } from "./parse.js";

/** {@link fileOptions} as commander gives them. */
export interface FileFlags {
  readonly format?: string;
  readonly key?: Readonly<Record<string, string>>;
  readonly components?: string;
  readonly becOrder?: "field-displacement" | "displacement-field";
  readonly species?: readonly string[];
  readonly units?: LammpsUnits;
  readonly timeUnit?: number;
  readonly lengthUnit?: number;
  readonly dipoleUnit?: number;
  readonly unit?: FieldUnits;
  readonly skipColumns?: number;
  readonly incomplete?: "error" | "drop";
  readonly labels?: LabelSource;
}

/** {@link FileFlags} as they are written. */
export const FILE_FLAGS: Readonly<Record<keyof FileFlags, string>> = {
  format: "--format",
  key: "--key",
  components: "--components",
  becOrder: "--bec-order",
  species: "--species",
  units: "--units",
  timeUnit: "--time-unit",
  lengthUnit: "--length-unit",
  dipoleUnit: "--dipole-unit",
  unit: "--unit",
  skipColumns: "--skip-columns",
  incomplete: "--incomplete",
  labels: "--labels",
};

/** Adds the options of reading files to a command. */
export function fileOptions(command: Command): Command {
  return command
    .option(
      "--key <quantity=name>",
      "name of a tensor in an extended XYZ file, e.g. polarizability=alpha; may be repeated",
      keyOption,
    )
    .option(
      "--components <order>",
      'order of tensor components in the file, e.g. "xx yy zz xy yz zx" (default for six)',
    )
    .addOption(
      new Option("--bec-order <order>", "of the two indices of Born charges in an extended XYZ file").choices([
        "field-displacement",
        "displacement-field",
      ]),
    )
    .option(
      "--species <list>",
      "elements of a LAMMPS dump's types, or of a POSCAR's or XDATCAR's species where it names none, e.g. O,H",
      listOption,
    )
    .option(
      "--units <system>",
      `of the LAMMPS run: ${lammpsUnitNames.join(", ")}`,
      choiceOption("units", lammpsUnitNames),
    )
    .option("--time-unit <unit>", "of times in the file, e.g. ps", unitOption("time-unit", "time", "fs"))
    .option("--length-unit <unit>", "of positions and cell, e.g. bohr", unitOption("length-unit", "length", "Å"))
    .option(
      "--dipole-unit <unit>",
      "of dipoles and polarizations, e.g. debye",
      unitOption("dipole-unit", "dipole", "e·Å"),
    )
    .option(
      "--unit <quantity=unit>",
      "of another quantity, e.g. polarizability=bohr^3; may be repeated",
      fieldUnitOption,
    )
    .option("--skip-columns <n>", "leading columns of a plain file to leave out", integerOption("skip-columns"))
    .addOption(
      new Option("--incomplete <what>", "a last frame that is cut off: error (default), or drop it").choices([
        "error",
        "drop",
      ]),
    )
    .addOption(
      new Option(
        "--labels <source>",
        "of VASP runs with a machine-learned force field: only steps with these energies and forces",
      ).choices(labelSources),
    )
    .option("--format <name>", "of the file, where its content does not tell");
}

/** {@link FileFlags} as the readers take them; warnings go to standard error. */
export function loadOptions(flags: FileFlags): LoadOptions {
  const units: FieldUnits = {
    ...flags.unit,
    ...(flags.timeUnit !== undefined && { time: flags.timeUnit }),
    ...(flags.lengthUnit !== undefined && { length: flags.lengthUnit }),
    ...(flags.dipoleUnit !== undefined && { polarization: flags.dipoleUnit }),
  };
  return {
    onWarning: printWarning,
    ...(flags.format !== undefined && { format: flags.format }),
    ...(flags.key && { keys: renamed(flags.key) }),
    ...(flags.components !== undefined && { components: flags.components }),
    ...(flags.becOrder && { becOrder: flags.becOrder }),
    ...(flags.species && { species: flags.species }),
    ...(flags.units && { lammpsUnits: flags.units }),
    ...(Object.keys(units).length > 0 && { units }),
    ...(flags.skipColumns !== undefined && { skipColumns: flags.skipColumns }),
    ...(flags.incomplete && { incomplete: flags.incomplete }),
    ...(flags.labels && { labels: flags.labels }),
  };
}

/** What of {@link loadOptions} every reader takes. */
export function readOptionsOf({ incomplete }: FileFlags): ReadOptions {
  return { onWarning: printWarning, ...(incomplete && { incomplete }) };
}

const told = new Set<string>();

/** Says a warning on standard error, each only once. */
export function printWarning(warning: Warning): void {
  const text = warned(warning);
  if (told.has(text)) return;
  told.add(text);
  process.stderr.write(`warning: ${text}\n`);
}

/** The names people use for a field, besides ours. */
function renamed(keys: Readonly<Record<string, string>>): Partial<Record<FrameField, string>> {
  const alias: Readonly<Record<string, FrameField>> = {
    dipole: "polarization",
    bec: "bornCharges",
    epsilon: "dielectric",
  };
  return Object.fromEntries(Object.entries(keys).map(([field, name]) => [alias[field] ?? field, name]));
}

/** The value of a unit in ours: by the names that files use, else by those of mathjs, which is loaded then. */
function unitOption(option: string, quantity: PhysicalQuantity, ours: string): (text: string) => number {
  return (text) => {
    const known = unitFactor(quantity, text);
    if (known !== undefined) return known;
    const { unit } = createRequire(import.meta.url)("mathjs") as { unit: (text: string) => MathUnit };
    try {
      const value = fromMathUnit(unit(/^\s*[-+.\d]/.test(text) ? text : `1 ${text}`), ours);
      if (value > 0 && Number.isFinite(value)) return value;
    } catch {
      // told below
    }
    throw new OptionError(`--${option}: "${text}" is no unit of ${quantity}, such as ${ours}`);
  };
}

const ownUnits: Readonly<Record<keyof FieldUnits, readonly [PhysicalQuantity, string]>> = {
  length: ["length", "Å"],
  time: ["time", "fs"],
  energy: ["energy", "eV"],
  virial: ["energy", "eV"],
  forces: ["force", "eV/Å"],
  velocities: ["velocity", "Å/fs"],
  polarization: ["dipole", "e·Å"],
  polarizability: ["polarizability", "Å³"],
  stress: ["pressure", "eV/Å³"],
};

/** Repeatable `--unit polarizability=bohr^3`. */
function fieldUnitOption(text: string, previous: FieldUnits = {}): FieldUnits {
  const [, given = "", unit = ""] = /^([A-Za-z]+)=(.+)$/.exec(text) ?? [];
  const field = given === "dipole" ? "polarization" : given;
  if (!Object.hasOwn(ownUnits, field))
    throw new OptionError(
      `--unit: expected QUANTITY=UNIT with one of ${Object.keys(ownUnits).join(", ")}, found "${text}"`,
    );
  const [quantity, ours] = ownUnits[field as keyof FieldUnits];
  return { ...previous, [field]: unitOption("unit", quantity, ours)(unit) };
}
