import { Command } from "commander";
import { readFrames } from "../io/load.js";
import { evaluateForceField, type ForceFieldEvaluation } from "../model/target/forceField/evaluate.js";
import { fitForceField } from "../model/target/forceField/fit.js";
import { saveForceField } from "../model/target/forceField/forceFieldFile.js";
import type { ForceFieldOptions } from "../model/target/forceField/model.js";
import type { Frame } from "../structure/frame.js";
import { DESCRIPTOR_KEYS, nestDescriptor } from "./modelOptions.js";
import { interruptSignal, print, printJson, printTable, progressLine, resources } from "./output.js";
import { jsonOption, keyOption } from "./parse.js";
import { type FileFlags, loadOptions } from "./series.js";

interface FitFlags extends FileFlags {
  readonly train: readonly string[];
  readonly test?: readonly string[];
  readonly options?: Record<string, unknown>;
  readonly posterior?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

const FIT_KEYS = ["descriptor", "weights", "form", "ridge", "validation", "solver"];

/** `spectensor fit forcefield` */
export function fitForceFieldCommand(): Command {
  return new Command("forcefield")
    .description("fit a force field to energies, forces and stresses")
    .requiredOption("--train <files...>", "frames with energy, forces or stress")
    .option("--test <files...>", "frames to test on")
    .option("--options <json>", `inline or a file: ${[...FIT_KEYS, ...DESCRIPTOR_KEYS].join(", ")}`, jsonOption)
    .option("--key <quantity=name>", "name in an extended XYZ file, e.g. forces=f; may be repeated", keyOption)
    .option("--posterior", "keep in the file what error estimates need (some 10 MB)")
    .requiredOption("--out <file>", "model file to write; gzipped when it ends in .gz")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: FitFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const options = forceFieldOptions(flags.options ?? {});
      const train = await readAll(flags.train, flags, signal);
      const test = flags.test && (await readAll(flags.test, flags, signal));
      const run = { signal, onProgress: progressLine(flags.json === true) };
      const model = await fitForceField(train, { ...options, ...run });
      const errors = {
        train: await evaluateForceField(model, train, run),
        ...(test && { test: await evaluateForceField(model, test, run) }),
      };
      await saveForceField(flags.out, model, { posterior: flags.posterior ? "keep" : "drop" });
      const used = resources(start);
      const { trials: _, ...training } = model.training;
      if (flags.json)
        return printJson({
          train: errorsOf(errors.train),
          ...(errors.test && { test: errorsOf(errors.test) }),
          units: UNITS,
          options: { descriptor: model.descriptor.options, ...training },
          ...used,
        });
      printErrors(errors);
      print(`ridge ${training.ridge.toExponential(1)}; ${used.seconds} s, ${used.peakMemoryMB} MB; wrote ${flags.out}`);
    });
}

const UNITS = { energyRmse: "meV/atom", forceRmse: "meV/Å", relativeForceRmse: "1", stressRmse: "GPa" };

/** The entries of `--json`, in {@link UNITS}. */
export function errorsOf({ frames, energy, forces, relativeForces, stress }: ForceFieldEvaluation) {
  return { frames, energyRmse: energy, forceRmse: forces, relativeForceRmse: relativeForces, stressRmse: stress };
}

/** A table of errors, one line per set. */
export function printErrors(errors: Readonly<Record<string, ForceFieldEvaluation>>): void {
  const shown = (v: number | undefined): string => v?.toPrecision(3) ?? "";
  printTable(
    ["set", "frames", "energy meV/atom", "forces meV/Å", "% of deviation", "stress GPa"],
    Object.entries(errors).map(([set, e]) => [
      set,
      e.frames,
      shown(e.energy),
      shown(e.forces),
      shown(e.relativeForces && 100 * e.relativeForces),
      shown(e.stress),
    ]),
  );
}

async function readAll(files: readonly string[], flags: FileFlags, signal: AbortSignal): Promise<Frame[]> {
  const lists = [];
  for (const file of files) lists.push(await readFrames(file, { ...loadOptions(flags), signal }));
  return lists.flat();
}

/**
 * Options of the fit from JSON, in which the settings of the descriptor may stand at the top level.
 * @throws OptionError for an unknown name, or a setting given twice
 */
function forceFieldOptions(json: Readonly<Record<string, unknown>>): ForceFieldOptions {
  return nestDescriptor(json, "descriptor", FIT_KEYS) as ForceFieldOptions;
}

const EXAMPLES = `
Examples:
  $ spectensor fit forcefield --train train.xyz.gz --test test.xyz.gz --out ff.json
  $ spectensor fit forcefield --train OUTCAR.gz --options '{"cutoff": 4.5, "lMax": 3, "ridge": 1e-9}' --posterior --out ff.json.gz --json
  $ spectensor fit forcefield --train train.xyz.gz --options '{"form": {"kind": "reference", "environments": 200, "zeta": 2}}' --out ff.json`;
