import { Command } from "commander";
import { OptionError, printable } from "../errors.js";
import { readFrames } from "../io/load.js";
import {
  evaluatePolarization,
  type PolarizationErrors,
  type PolarizationEvaluation,
} from "../model/target/polarization/evaluate.js";
import { fitPolarization } from "../model/target/polarization/fit.js";
import type { PolarizationModel, PolarizationOptions } from "../model/target/polarization/model.js";
import { savePolarization } from "../model/target/polarization/polarizationFile.js";
import type { SpeciesCharges } from "../model/target/polarization/speciesCharges.js";
import type { Frame } from "../structure/frame.js";
import { DESCRIPTOR_KEYS, nestDescriptor } from "./modelOptions.js";
import { interruptSignal, print, printJson, printTable, progressLine, resources } from "./output.js";
import { jsonOption, keyOption } from "./parse.js";
import { type FileFlags, loadOptions } from "./series.js";

interface FitFlags extends FileFlags {
  readonly train: readonly string[];
  readonly test?: readonly string[];
  readonly charges?: SpeciesCharges;
  readonly options?: Record<string, unknown>;
  readonly out: string;
  readonly json?: boolean;
}

/** `spectensor fit polarization` */
export function fitPolarizationCommand(): Command {
  return new Command("polarization")
    .description("fit the polarization to Born effective charges, polarizations, or both (derivative learning)")
    .requiredOption(
      "--train <files...>",
      "frames with Born charges (bec), a polarization (dipole, polarization), or both",
    )
    .option("--test <files...>", "frames to test on")
    .option("--charges <kind>", "species charges: fit, mean or formal:Zr=4,O=-2 (default: fit)", chargesOption)
    .option("--options <json>", `inline or a file: ${[...FIT_KEYS, ...DESCRIPTOR_KEYS].join(", ")}`, jsonOption)
    .option(
      "--key <quantity=name>",
      "name in an extended XYZ file, e.g. bec=Z or dipole=mu; may be repeated",
      keyOption,
    )
    .option(
      "--bec-order <order>",
      "of the two indices in an extended XYZ file: field-displacement (default) or displacement-field",
    )
    .requiredOption("--out <file>", "model file to write; gzipped when it ends in .gz")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (flags: FitFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const options = polarizationOptions(flags.options ?? {}, flags.charges);
      const train = await readAll(flags.train, flags, signal);
      const test = flags.test && (await readAll(flags.test, flags, signal));
      const run = { signal, onProgress: progressLine(flags.json === true) };
      const model = await fitPolarization(train, { ...options, ...run });
      for (const warning of model.training.warnings) process.stderr.write(`${printable(`warning: ${warning}`)}\n`);
      const compared = { ...run, ...(options.polarization && { polarization: options.polarization }) };
      const errors = {
        train: await evaluatePolarization(model, train, compared),
        ...(test && { test: await evaluatePolarization(model, test, compared) }),
      };
      await savePolarization(flags.out, model);
      if (flags.json) {
        const tested =
          (errors.test ?? errors.train).polarization &&
          (await evaluatePolarization(model, test ?? train, { ...run, polarization: "differences" }));
        return printJson(reportOf(model, errors, tested?.polarization, resources(start)));
      }
      const used = resources(start);
      printErrors(errors);
      const { ridge, excessCharge } = model.training;
      const charges = model.descriptor.options.species.map((s, k) => `${s} ${model.charges[k]!.toFixed(4)}`).join(", ");
      print(`species charges, e: ${charges}; Σ N Q of a training frame at most ${excessCharge.toExponential(1)} e`);
      print(`ridge ${ridge.toExponential(1)}; ${used.seconds} s, ${used.peakMemoryMB} MB; wrote ${flags.out}`);
    });
}

type Errors = Readonly<Partial<Record<"train" | "test", PolarizationEvaluation>>>;

/**
 * The JSON that `--json` prints.
 * @param differences errors of P up to one constant vector
 */
function reportOf(
  model: PolarizationModel,
  errors: Errors,
  differences: PolarizationErrors | undefined,
  used: ReturnType<typeof resources>,
) {
  const { trials: _, warnings, ...training } = model.training;
  const { train, test } = errors;
  const compared = (test ?? train)?.polarization;
  return {
    ...(train?.bornCharges && { train: train.bornCharges }),
    ...(test?.bornCharges && { test: test.bornCharges }),
    ...(differences && { polarization: differences }),
    ...(compared?.compared === "absolute" && { absolutePolarization: compared }),
    charges: Object.fromEntries(model.descriptor.options.species.map((s, k) => [s, model.charges[k]!])),
    warnings,
    options: { descriptor: model.descriptor.options, ...training },
    ...used,
  };
}

/** Errors of both sets as tables. */
export function printErrors(errors: Errors): void {
  const milli = (e: number | undefined): string => (e === undefined ? "" : (1000 * e).toFixed(2));
  const sets = Object.entries(errors);
  const species = [...new Set(sets.flatMap(([, e]) => Object.keys(e.bornCharges?.bySpecies ?? {})))].sort();
  const rows = sets.flatMap(([set, { bornCharges: e }]) =>
    e
      ? [
          [
            set,
            e.frames,
            ...[e.rmse, e.rmseDiagonal, e.rmseOffDiagonal, ...species.map((s) => e.bySpecies[s])].map(milli),
            (100 * e.rmspe).toFixed(3),
          ],
        ]
      : [],
  );
  if (rows.length > 0) {
    print("RMSE of Z*, m|e|");
    printTable(["set", "frames", "all", "diagonal", "off-diagonal", ...species, "RMSPE %"], rows);
  }
  for (const [set, { polarization: p }] of sets)
    if (p)
      print(
        `P of ${p.frames} ${set} frames${p.compared === "differences" ? ", up to a constant vector" : ""}: RMSE ${p.rmse.toPrecision(4)} e·Å, RMSPE ${(100 * p.rmspe).toFixed(3)} %, r ${p.r.toFixed(6)}`,
      );
}

async function readAll(files: readonly string[], flags: FileFlags, signal: AbortSignal): Promise<Frame[]> {
  const lists = [];
  for (const file of files) lists.push(await readFrames(file, { ...loadOptions(flags), signal }));
  return lists.flat();
}

/** `fit`, `mean` or `formal:Zr=4,O=-2`. @throws OptionError */
export function chargesOption(text: string): SpeciesCharges {
  if (text === "fit") return { kind: "fit" };
  if (text === "mean" || text === "meanDiagonal") return { kind: "meanDiagonal" };
  const pairs = /^formal:(.+)$/
    .exec(text)?.[1]
    ?.split(",")
    .map((pair) => /^\s*([A-Z][a-z]?)=([^=]+)$/.exec(pair));
  const values = pairs?.map((m) => [m?.[1] ?? "", Number(m?.[2])] as const);
  if (!values?.every(([symbol, charge]) => symbol !== "" && Number.isFinite(charge)))
    throw new OptionError(
      `--charges: expected fit, mean or formal:SYMBOL=CHARGE,…, e.g. formal:Zr=4,O=-2, found "${text}"`,
    );
  return { kind: "formal", values: Object.fromEntries(values) };
}

const FIT_KEYS = ["descriptor", "weights", "polarization", "form", "ridge", "validation", "solver", "charges"];

/**
 * Options of the fit from JSON, in which the settings of the descriptor may stand at the top level.
 * @throws OptionError for an unknown name, or a setting given twice
 */
export function polarizationOptions(
  json: Readonly<Record<string, unknown>>,
  charges?: SpeciesCharges,
): PolarizationOptions {
  return { ...(nestDescriptor(json, "descriptor", FIT_KEYS) as PolarizationOptions), ...(charges && { charges }) };
}

const EXAMPLES = `
Examples:
  $ spectensor fit polarization --train bec.xyz.gz --test test.xyz.gz --out model.json
  $ spectensor fit polarization --train OUTCAR.1 OUTCAR.2 --charges formal:Zr=4,O=-2 --options '{"cutoff": 5.5, "nMax": 6, "lMax": 3}' --out model.json.gz
  $ spectensor fit polarization --train bec.xyz --bec-order displacement-field --out model.json --json
  $ spectensor fit polarization --train bec.xyz --options '{"form": {"kind": "products"}}' --out model.json  # higher body order`;
