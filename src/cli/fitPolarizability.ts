import { existsSync } from "node:fs";
import { Command } from "commander";
import { loadDataset } from "../dataset/load.js";
import { listDatasets } from "../dataset/registry.js";
import { OptionError } from "../errors.js";
import { readFrames } from "../io/load.js";
import {
  type PolarizabilityExperiment,
  type PolarizabilityReport,
  runPolarizabilityExperiment,
} from "../model/target/polarizability/experiment.js";
import { DEFAULT_FEATURES } from "../model/target/polarizability/options.js";
import { savePolarizability } from "../model/target/polarizability/polarizabilityFile.js";
import type { Frame } from "../structure/frame.js";
import { DESCRIPTOR_KEYS, nestDescriptor } from "./modelOptions.js";
import { interruptSignal, print, printJson, printTable, progressLine } from "./output.js";
import { integerOption, jsonOption, keyOption } from "./parse.js";
import { type FileFlags, loadOptions } from "./series.js";

interface Flags extends FileFlags {
  readonly method: string;
  readonly data: string;
  readonly train: number;
  readonly validation?: number;
  readonly test?: number;
  readonly displaced?: string;
  readonly seed: number;
  readonly options?: Record<string, unknown>;
  readonly out: string;
  readonly json?: boolean;
}

const FIT_KEYS = ["features", "quantity", "zeta", "ridge", "references", "uncertainty", "firstStepScale"];

/** `spectensor fit polarizability` */
export function fitPolarizabilityCommand(): Command {
  return new Command("polarizability")
    .description("fit polarizabilities or dielectric tensors, directly or on top of the linear-response model (Δ-ML)")
    .requiredOption("--method <method>", "direct or delta")
    .requiredOption("--data <file|id>", "frames with tensors: a file, or the id of a data set")
    .requiredOption("--train <N>", "training frames, drawn at random", integerOption("train", 1))
    .option("--validation <N>", "validation frames (default: N/5)", integerOption("validation"))
    .option("--test <N>", "test frames (default: 400 or what remains)", integerOption("test"))
    .option("--displaced <file>", "for delta: reference and displaced structures (default: those of the data set)")
    .option("--seed <s>", "of the draw", integerOption("seed"), 0)
    .option(
      "--options <json>",
      `settings of the model, inline or as a file: ${[...FIT_KEYS, ...DESCRIPTOR_KEYS].join(", ")}`,
      jsonOption,
    )
    .option("--key <quantity=name>", "name of a tensor in the file; may be repeated", keyOption)
    .option("--components <order>", "order of six tensor components in the file")
    .requiredOption("--out <file>", "where the model goes")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLE)
    .action(async (flags: Flags) => {
      const { method, train, validation, test, seed } = flags;
      if (method !== "direct" && method !== "delta")
        throw new OptionError(`--method: expected direct or delta, found "${method}"`);
      const signal = interruptSignal();
      const { frames, displaced } = await readData(flags, signal);
      const options = withDefaultFeatures(nestDescriptor(flags.options ?? {}, "features", FIT_KEYS));
      const { model, report } = await runPolarizabilityExperiment({
        method,
        frames,
        train,
        seed,
        options: options as PolarizabilityExperiment["options"] & object,
        ...(method === "delta" && { displaced }),
        ...(validation !== undefined && { validation }),
        ...(test !== undefined && { test }),
        onProgress: progressLine(flags.json === true),
        signal,
      });
      await savePolarizability(flags.out, model);
      if (flags.json) return printReport(report);
      print(
        `${report.method} of the ${report.quantity}, ${report.train} training and ${report.validation} validation frames`,
      );
      printScores(report);
      const { firstStep } = report;
      if (firstStep)
        print(
          `part of the linear response taken: ${firstStep.scalar.toFixed(2)} of the trace, ${firstStep.traceless.toFixed(2)} of the traceless part`,
        );
      print(`model: ${flags.out} (${report.seconds.toFixed(1)} s, ${report.peakMemoryMB.toFixed(0)} MB)`);
    });
}

/** Settings given one by one complete the default features. */
function withDefaultFeatures(options: Record<string, unknown>): Record<string, unknown> {
  return options.features
    ? { ...options, features: { ...DEFAULT_FEATURES, ...(options.features as object) } }
    : options;
}

async function readData(
  flags: Flags,
  signal: AbortSignal,
): Promise<{ frames: readonly Frame[]; displaced: readonly Frame[] }> {
  const options = { ...loadOptions(flags), signal };
  const fromFile = flags.displaced ? await readFrames(flags.displaced, { signal }) : [];
  if (existsSync(flags.data) || !listDatasets().some((d) => d.id === flags.data))
    return { frames: await readFrames(flags.data, options), displaced: fromFile };
  const set = await loadDataset(flags.data, { signal });
  const own = set.reference ? [set.reference, ...set.displaced] : set.displaced;
  return { frames: set.frames, displaced: flags.displaced ? fromFile : own };
}

/** Units of the errors of each quantity: of a and the components, and of γ². */
const UNITS = {
  polarizability: { error: "Å³", gamma2: "Å⁶" },
  dielectric: { error: "1 (relative permittivity)", gamma2: "1" },
} as const;

/** R² and RMSE of a, γ² and each component. */
export function printScores({ quantity, test }: Pick<PolarizabilityReport, "quantity" | "test">): void {
  const { frames, r2, rmse } = test;
  const names = Object.keys(r2.components) as (keyof typeof r2.components)[];
  const { error, gamma2 } = UNITS[quantity];
  print(`test on ${frames} frames; unit of the RMSE: ${error}, of gamma2: ${gamma2}`);
  printTable(
    ["", "a", "gamma2", ...names],
    (["r2", "rmse"] as const).map((kind) => {
      const s = { r2, rmse }[kind];
      return [kind, ...[s.a, s.gamma2, ...names.map((n) => s.components[n])].map((v) => v.toPrecision(4))];
    }),
  );
}

/** The report as `--json` prints it, with the units of the errors. */
export function printReport(report: PolarizabilityReport): void {
  printJson({ ...report, units: { rmse: UNITS[report.quantity].error, gamma2: UNITS[report.quantity].gamma2 } });
}

const EXAMPLE = `
Examples:
  $ spectensor fit polarizability --method delta --data sio2 --train 20 --out sio2.json
  $ spectensor fit polarizability --method direct --data sio2 --train 50 --options '{"cutoff": 5, "zeta": 2}' --out sio2.json`;
