/** What a file holds and what is odd about it, before anything is fitted. */
import { DataError, SpectensorError } from "../errors.js";
import { startsLikeBorn } from "../io/born.js";
import { streamColumns } from "../io/columns.js";
import type { LoadOptions } from "../io/format.js";
import { detectFormat, firstLines, openFile } from "../io/formats.js";
import { loadJcamp } from "../io/jcamp.js";
import { streamFrames } from "../io/load.js";
import { loadSeries } from "../io/loadSeries.js";
import type { FrameQuantity } from "../series/fromFrames.js";
import { seriesLength } from "../series/tensorSeries.js";
import type { Frame } from "../structure/frame.js";
import type { Warning } from "../warnings.js";
import { chargeProblems } from "./chargeProblems.js";
import { explained, runningCommand, warned } from "./explain.js";
import { frameSurvey, type Survey } from "./frameSurvey.js";

/** One file, as `spectensor check --json` prints it. */
export interface FileReport {
  /** `null` if it could not be found out. */
  readonly format: string | null;
  readonly frames: number;
  /** Atoms in the first frame. */
  readonly atoms: number;
  /** Elements in the order of their first atoms. */
  readonly species: readonly string[];
  /** fs between frames, where the file has evenly spaced times. */
  readonly timestepFs: number | null;
  /** fs; `null` where the file has no times. */
  readonly times: { readonly first: number; readonly last: number; readonly even: boolean } | null;
  /** What every frame has. */
  readonly quantities: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}

/** A report with what only people read. */
export interface Inspection {
  readonly file: string;
  readonly report: FileReport;
  readonly survey?: Survey;
}

/** @param options as for reading; warnings go into the report */
export async function inspectFile(file: string, options: LoadOptions = {}): Promise<Inspection> {
  const warnings: string[] = [];
  const errors: string[] = [];
  const note = (warning: Warning) => {
    const { where, ...rest } = warning;
    const text = warned(where === file ? rest : warning);
    if (!warnings.includes(text)) warnings.push(text);
  };
  const load: LoadOptions = { ...options, onWarning: note };
  let format: string | null = null;
  let found: Partial<FileReport> = {};
  let survey: Survey | undefined;
  try {
    const other = await otherFormat(file);
    if (other) [format, found] = other;
    else {
      format = await detectFormat(file, options);
      const opened = await openFile(file, options);
      await opened.source.close();
      if (opened.format.frames) {
        survey = await surveyed(file, load);
        for (const problem of survey.problems) note({ problem });
        for (const problem of await chargeProblems(survey.charged, options)) note({ problem });
        found = survey;
      } else found = await seriesReport(file, load, (problem) => note({ problem }));
    }
  } catch (error) {
    if (!(error instanceof SpectensorError) || error.name === "AbortedError") throw error;
    errors.push(explained(error, runningCommand()));
  }
  const { frames = 0, atoms = 0, species = [], timestepFs = null, times = null, quantities = [] } = found;
  const report = { format, frames, atoms, species, timestepFs, times, quantities, warnings, errors };
  return { file, report, ...(survey && { survey }) };
}

async function surveyed(file: string, options: LoadOptions): Promise<Survey> {
  const survey = frameSurvey();
  for await (const frame of streamFrames(file, options) as AsyncIterable<Frame>) survey.add(frame);
  return survey.finish();
}

/** Files of phonopy and measured spectra, which have neither frames nor a series. */
async function otherFormat(file: string): Promise<[string, Partial<FileReport>] | undefined> {
  const lines = await firstLines(file);
  if (startsLikeBorn(lines)) return ["born", { quantities: ["dielectric", "bornCharges"] }];
  if (lines.some((line) => /^\s*##\s*JCAMP-?DX/i.test(line))) {
    const blocks = await loadJcamp(file);
    return ["jcamp", { frames: blocks.length, quantities: ["spectrum"] }];
  }
  return undefined;
}

const seriesQuantities: readonly FrameQuantity[] = ["polarizability", "polarization", "dielectric"];

/** A file with tensors but without structures: what fits its columns. Rows that are not evenly spaced are readable, and told. */
async function seriesReport(
  file: string,
  options: LoadOptions,
  note: (problem: string) => void,
): Promise<Partial<FileReport>> {
  const failures: SpectensorError[] = [];
  for (const quantity of seriesQuantities)
    for (const timestep of [undefined, 1])
      try {
        const series = await loadSeries(file, { ...options, quantity, ...(timestep !== undefined && { timestep }) });
        const frames = seriesLength(series);
        return {
          frames,
          quantities: [series.quantity],
          ...(timestep === undefined && {
            timestepFs: series.timestep,
            times: { first: 0, last: (frames - 1) * series.timestep, even: true },
          }),
        };
      } catch (cause) {
        if (!(cause instanceof SpectensorError)) throw cause;
        failures.push(cause);
      }
  const failure = failures.find((f) => !/columns, the file has/.test(f.message)) ?? failures[0]!;
  if (!(failure instanceof DataError) || (await detectFormat(file, options)) !== "columns") throw failure;
  const times: number[] = [];
  let frames = 0;
  let width = 0;
  for await (const row of streamColumns(file, { onWarning: () => {} })) {
    if (row.time !== undefined) times.push(row.time);
    width = row.values.length;
    frames++;
  }
  if (times.length < 2) throw failure;
  note(explained(failure, runningCommand()));
  return {
    frames,
    quantities: [width === 3 ? "polarization" : "polarizability"],
    times: { first: times[0]!, last: times.at(-1)!, even: false },
  };
}
