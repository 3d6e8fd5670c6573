/** What a file holds and what is odd about it, before anything is fitted. */
import { SpectensorError } from "../errors.js";
import { startsLikeBorn } from "../io/born.js";
import type { LoadOptions } from "../io/format.js";
import { detectFormat, firstLines, openFile } from "../io/formats.js";
import { loadJcamp } from "../io/jcamp.js";
import { streamFrames } from "../io/load.js";
import type { Frame } from "../structure/frame.js";
import { nyquistWavenumber } from "../units/frequency.js";
import type { Warning } from "../warnings.js";
import { chargeProblems } from "./chargeProblems.js";
import { explained, runningCommand, warned } from "./explain.js";
import type { FileReport } from "./fileReport.js";
import { frameSurvey, type Survey } from "./frameSurvey.js";
import { seriesReport } from "./seriesReport.js";

/** A report with what only people read. */
export interface Inspection {
  readonly file: string;
  readonly report: FileReport;
  readonly survey?: Survey;
  /** cm⁻¹; what the time step shows, and how far the data reach. */
  readonly nyquist?: number;
  readonly highest?: number;
}

/**
 * @param options as for reading; warnings go into the report
 * @param timestep fs between rows or frames, where the file has no times
 */
export async function inspectFile(file: string, options: LoadOptions = {}, timestep?: number): Promise<Inspection> {
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
  let highest: number | undefined;
  try {
    const other = await otherFormat(file);
    if (other) [format, found] = other;
    else {
      format = await detectFormat(file, options);
      const opened = await openFile(file, options);
      await opened.source.close();
      if (opened.format.frames) {
        survey = await surveyed(file, load, timestep);
        for (const problem of survey.problems) note({ problem });
        for (const problem of await chargeProblems(survey.charged, options)) note({ problem });
        found = survey;
      } else [found, highest] = await seriesReport(file, load, timestep);
    }
  } catch (error) {
    if (!(error instanceof SpectensorError) || error.name === "AbortedError") throw error;
    errors.push(explained(error, runningCommand()));
  }
  const { frames = 0, atoms = 0, species = [], timestepFs = null, times = null, quantities = [] } = found;
  const report = { format, frames, atoms, species, timestepFs, times, quantities, warnings, errors };
  highest ??= survey?.highest;
  return {
    file,
    report,
    ...(survey && { survey }),
    ...(timestepFs !== null && { nyquist: nyquistWavenumber(timestepFs) }),
    ...(highest !== undefined && { highest }),
  };
}

async function surveyed(file: string, options: LoadOptions, timestep: number | undefined): Promise<Survey> {
  const survey = frameSurvey(timestep);
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
