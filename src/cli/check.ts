import { Command } from "commander";
import { type FileFlags, fileOptions, loadOptions } from "./fileOptions.js";
import { type Inspection, inspectFile } from "./inspectFile.js";
import { interruptSignal, print, progressLine } from "./output.js";
import { positiveOption } from "./parse.js";

interface CheckFlags extends FileFlags {
  readonly timestep?: number;
  readonly json?: boolean;
}

/** `spectensor check FILE…` */
export function checkCommand(): Command {
  return fileOptions(new Command("check"))
    .description("look at data before anything is fitted: what a file holds, what is odd about it, what it is good for")
    .argument("<files...>", "in any format that is read")
    .option(
      "--timestep <fs>",
      "time between the rows or frames, where the file has no times",
      positiveOption("timestep", "fs"),
    )
    .option("--json", "print one JSON object per file, each on a line")
    .addHelpText("after", EXAMPLES)
    .action(async (files: readonly string[], flags: CheckFlags) => {
      const signal = interruptSignal();
      let status = 0;
      for (const [k, file] of files.entries()) {
        const options = { ...loadOptions(flags), signal, onProgress: progressLine(flags.json === true) };
        const inspection = await inspectFile(file, options, flags.timestep);
        const { errors, warnings } = inspection.report;
        status = Math.max(status, errors.length > 0 ? 2 : warnings.length > 0 ? 1 : 0);
        if (flags.json) print(JSON.stringify(inspection.report));
        else printPage(inspection, k > 0);
      }
      process.exitCode = status;
    });
}

function printPage(inspection: Inspection, another: boolean): void {
  const { file, report, survey } = inspection;
  if (another) print("");
  print(file);
  const { format, frames, times, timestepFs, quantities, warnings, errors } = report;
  const row = (name: string, value: string | undefined) => {
    if (value) print(`  ${name.padEnd(12)} ${value}`);
  };
  row("format", format ?? "not one that is read");
  if (frames > 0) row("frames", String(frames));
  if (survey) {
    row("atoms", `${survey.atoms}: ${survey.composition}`);
    const [first, last] = survey.volumes ?? [];
    if (first !== undefined && last !== undefined)
      row(
        "cell",
        `${first.toFixed(2)} Å³${Math.abs(last / first - 1) > 1e-6 ? `, at the end ${last.toFixed(2)} Å³` : ""}`,
      );
    else row("cell", "none (a molecule)");
  }
  if (times && frames > 1)
    row(
      "times",
      `${number(times.first)} to ${number(times.last)} fs, ${times.even ? `every ${number(timestepFs!)} fs` : "not evenly spaced"}`,
    );
  else if (frames > 1) row("times", "none: give the time step with --timestep where one is needed");
  const { nyquist, highest } = inspection;
  if (nyquist !== undefined)
    row(
      "sampling",
      `shows frequencies up to ${nyquist.toFixed(0)} cm⁻¹${highest === undefined ? "" : `; the data have them up to about ${Number(highest.toPrecision(2))} cm⁻¹`}`,
    );
  if (errors.length === 0) row("quantities", quantities.join(", ") || "none but structures");
  if (frames > 0) row("units", "Å, fs, eV, e, Å³, e·Å, unless the file states others");
  if (survey?.chargeSum !== undefined) row("ΣZ*", `at most ${survey.chargeSum.toExponential(1)} e`);
  if (survey?.asymmetry !== undefined)
    row("symmetry", `of ε or α: components differ by at most ${(100 * survey.asymmetry).toPrecision(2)} %`);
  if (survey?.drift !== undefined) row("drift", `of the centre of mass: ${survey.drift.toPrecision(2)} Å`);
  row("good for", purposes(report, survey !== undefined).join("; "));
  for (const warning of warnings) print(`  warning: ${warning}`);
  for (const error of errors) print(`  error: ${error}`);
  if (warnings.length === 0 && errors.length === 0) print("  nothing odd was found");
}

function number(x: number): string {
  return String(Number(x.toPrecision(9)));
}

/** What the data can be used for, with the command that does it. */
function purposes(report: Inspection["report"], structures: boolean): string[] {
  const { quantities, frames, times } = report;
  const has = (name: string) => quantities.includes(name);
  const series = frames >= 100 && (!structures || times?.even === true);
  return [
    ...(structures && frames >= 10 && (has("polarizability") || has("dielectric"))
      ? ["a polarizability model (fit polarizability)"]
      : []),
    ...(structures && has("bornCharges") ? ["a polarization model (fit polarization)"] : []),
    ...(structures && frames >= 10 && has("energy") && has("forces") ? ["a force field (fit forcefield)"] : []),
    ...(series && (has("polarizability") || has("dielectric")) ? ["a Raman spectrum (raman)"] : []),
    ...(series && has("polarization") ? ["an infrared spectrum (infrared)"] : []),
    ...(structures && frames >= 100 && times?.even ? ["a trajectory for a fitted model (predict)"] : []),
    ...(structures && frames === 1 ? ["a reference structure (harmonic, md)"] : []),
    ...(report.format === "jcamp" ? ["a measured spectrum to compare with (readMeasured)"] : []),
    ...(report.format === "born" ? ["the intensities of harmonic modes (harmonic --born)"] : []),
  ];
}

const EXAMPLES = `
Exit codes: 0 nothing odd, 1 warnings, 2 a file cannot be read.

Examples:
  $ spectensor check OUTCAR XDATCAR
  $ spectensor check md.extxyz.gz --key polarizability=alpha --json`;
