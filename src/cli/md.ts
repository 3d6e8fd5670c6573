import { existsSync } from "node:fs";
import { Command } from "commander";
import { ensembleFileNames, mdEnsembleToFiles } from "../dynamics/ensembleFiles.js";
import { forceFieldPotential } from "../dynamics/forceFieldPotential.js";
import { mdToFile } from "../dynamics/mdToFile.js";
import type { Ensemble } from "../dynamics/options.js";
import { readRestart } from "../dynamics/restart.js";
import { AbortedError, DataError, OptionError } from "../errors.js";
import { streamFrames } from "../io/load.js";
import { loadModel } from "../model/file/models.js";
import type { Frame } from "../structure/frame.js";
import { type FileFlags, fileOptions, loadOptions } from "./fileOptions.js";
import { interruptSignal, print, printJson, progressLine, resources } from "./output.js";
import { indicesOption, integerOption, massOption, numberOption, positiveOption } from "./parse.js";

interface MdFlags extends FileFlags {
  readonly ensemble: string;
  readonly temperature?: number;
  readonly timestep: number;
  readonly steps: number;
  readonly out: string;
  readonly restart?: boolean;
  readonly seed: number;
  readonly saveEvery: number;
  readonly restartEvery: number;
  readonly friction?: number;
  readonly pressure?: number;
  readonly mass?: Readonly<Record<string, number>>;
  readonly fixed?: readonly number[];
  readonly runs?: number;
  readonly equilibration?: number;
  readonly between?: number;
  readonly workers?: number;
  readonly maxForce?: number;
  readonly maxTemperature?: number;
  readonly maxUncertainty?: number;
  readonly json?: boolean;
}

/** `spectensor md FORCEFIELD START` */
export function mdCommand(): Command {
  return fileOptions(new Command("md"))
    .description("molecular dynamics with a fitted force field; Ctrl-C stops it so that --restart goes on")
    .argument("<forcefield>", "file written by spectensor fit forcefield")
    .argument(
      "<start>",
      "structure in any format that is read, the first frame; nve without --temperature takes its velocities",
    )
    .requiredOption(
      "--ensemble <kind>",
      "nve, nvt (Langevin) or npt (Langevin and cell rescaling; needs stresses or several cells in training)",
    )
    .option("--temperature <K>", "of thermostat and start velocities", numberOption("temperature", 0, "K"))
    .option("--timestep <fs>", "of the integration", positiveOption("timestep", "fs"), 1)
    .requiredOption("--steps <N>", "number of the last step", integerOption("steps"))
    .requiredOption("--out <file>", "extended XYZ, gzipped when it ends in .gz; FILE.restart.json beside it")
    .option("--restart", "go on from the restart file of --out, with the same options, up to --steps")
    .option("--seed <n>", "of velocities and thermostat", integerOption("seed"), 1)
    .option("--save-every <n>", "steps between frames", integerOption("save-every", 1), 1)
    .option("--restart-every <n>", "steps between restart files", integerOption("restart-every", 1), 1000)
    .option("--friction <1/ps>", "of the Langevin thermostat (default: 10)", positiveOption("friction", "ps⁻¹"))
    .option("--pressure <GPa>", "of npt (default: 0)", numberOption("pressure", Number.NEGATIVE_INFINITY, "GPa"))
    .option(
      "--mass <symbol=u>",
      "mass of an element where it differs from the standard one; may be repeated",
      massOption,
    )
    .option("--fixed <indices>", "atoms that do not move, counted from 0, e.g. 0,1,5-8", indicesOption("fixed"))
    .option("--runs <n>", "nve runs from snapshots of a Langevin run, in files of their own", integerOption("runs", 1))
    .option("--equilibration <n>", "steps before the first snapshot (default: 2000)", integerOption("equilibration"))
    .option("--between <n>", "steps between snapshots (default: 500)", integerOption("between", 1))
    .option(
      "--workers <n>",
      "threads, for --runs and for steps of 500 atoms and more (default: one per processor)",
      integerOption("workers"),
    )
    .option("--max-force <eV/Å>", "stop beyond it (default: 100)", positiveOption("max-force", "eV/Å"))
    .option(
      "--max-temperature <K>",
      "stop beyond it (default: 10000, more for hot runs)",
      positiveOption("max-temperature", "K"),
    )
    .option(
      "--max-uncertainty <eV/Å>",
      "stop when the error estimate of a saved frame passes it; needs a force field of fit forcefield --posterior",
      positiveOption("max-uncertainty", "eV/Å"),
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (forceField: string, start: string, flags: MdFlags) => {
      if (flags.runs !== undefined) return runEnsemble(forceField, start, flags);
      for (const name of ["equilibration", "between"] as const)
        if (flags[name] !== undefined) throw new OptionError(`--${name}: only with --runs`);
      await runOne(forceField, start, flags);
    });
}

async function runOne(forceField: string, start: string, flags: MdFlags): Promise<void> {
  const startedAt = performance.now();
  const signal = interruptSignal();
  const ensemble = ensembleOf(flags);
  const potential = forceFieldPotential(await loadModel(forceField, "forceField"));
  const { structure, velocities } = await firstFrame(start, flags, signal);
  if (!flags.restart) refuseUnfinished(flags);
  const { out, timestep, steps, seed, saveEvery, restartEvery, temperature, fixed } = flags;
  const { maxTemperature, maxUncertainty } = flags;
  const { state, reason } = await mdToFile(structure, potential, {
    ensemble,
    timestep,
    steps,
    seed,
    saveEvery,
    restartEvery,
    trajectory: out,
    begin: flags.restart ? "resume" : "new",
    // velocities of the file, unless a temperature asks for new ones
    ...(velocities && temperature === undefined && { velocities }),
    ...(temperature !== undefined && { temperature }),
    ...(fixed && { fixed }),
    ...(maxTemperature !== undefined && { maxTemperature }),
    ...(maxUncertainty !== undefined && { maxUncertainty }),
    ...sharedOptions(flags),
    signal,
    onProgress: progressLine(flags.json === true),
  });
  if (reason === "interrupted")
    throw new AbortedError({ problem: `interrupted after step ${state.step}`, advice: "go on with --restart" });
  const result = { out, steps: state.step, potentialEnergy_eV: state.energy, ...resources(startedAt) };
  if (flags.json) printJson(result);
  else print(`${state.step} steps of ${timestep} fs: ${out} (${result.seconds} s)`);
}

async function runEnsemble(forceField: string, start: string, flags: MdFlags): Promise<void> {
  const startedAt = performance.now();
  const signal = interruptSignal();
  const { ensemble, temperature, out, steps, timestep, seed, saveEvery, restartEvery, restart } = flags;
  const { runs = 1, equilibration, between, friction } = flags;
  if (ensemble !== "nve") throw new OptionError(`--runs: only for --ensemble nve, found "${ensemble}"`);
  if (temperature === undefined) throw new OptionError("--temperature: needed with --runs");
  for (const name of ["fixed", "pressure", "maxTemperature", "maxUncertainty"] as const)
    if (flags[name] !== undefined)
      throw new OptionError(`--${name.replace(/T|U/, (c) => `-${c.toLowerCase()}`)}: not with --runs`);
  const model = await loadModel(forceField, "forceField");
  const { structure } = await firstFrame(start, flags, signal);
  const files = ensembleFileNames(out, runs);
  if (!restart) refuseExisting([files.canonical, ...files.runs]);
  await mdEnsembleToFiles(structure, model, {
    temperature,
    runs,
    steps,
    timestep,
    seed,
    saveEvery,
    restartEvery,
    trajectory: out,
    begin: restart ? "resume" : "new",
    ...(equilibration !== undefined && { equilibration }),
    ...(between !== undefined && { between }),
    ...(friction !== undefined && { friction }),
    ...sharedOptions(flags),
    signal,
    onProgress: progressLine(flags.json === true),
  });
  const used = resources(startedAt);
  if (flags.json) printJson({ out: files.runs, canonical: files.canonical, steps, ...used });
  else print(`${runs} runs of ${steps} steps of ${timestep} fs: ${files.runs[0]} … (${used.seconds} s)`);
}

function sharedOptions({ mass, maxForce, workers }: MdFlags) {
  return {
    ...(mass && { masses: mass }),
    ...(maxForce !== undefined && { maxForce }),
    ...(workers !== undefined && { workers }),
  };
}

/** An ensemble that could go on is not overwritten by mistake. */
function refuseExisting(files: readonly string[]): void {
  const there = files.find((file) => existsSync(file));
  if (there)
    throw new OptionError({
      where: there,
      problem: "is there already",
      advice: "go on with --restart, or remove the files of the earlier ensemble",
    });
}

function ensembleOf({ ensemble: kind, temperature, friction, pressure }: MdFlags): Ensemble {
  if (kind !== "nve" && kind !== "nvt" && kind !== "npt")
    throw new OptionError(`--ensemble: expected nve, nvt or npt, found "${kind}"`);
  if (pressure !== undefined && kind !== "npt") throw new OptionError(`--pressure: only for --ensemble npt`);
  if (friction !== undefined && kind === "nve") throw new OptionError(`--friction: not for --ensemble nve`);
  if (kind === "nve") return { kind };
  if (temperature === undefined) throw new OptionError(`--temperature: needed for --ensemble ${kind}`);
  const thermostat = { temperature, ...(friction !== undefined && { friction }) };
  return kind === "nvt"
    ? { kind, ...thermostat }
    : { kind, ...thermostat, ...(pressure !== undefined && { pressure }) };
}

/** A run that could go on is not overwritten by mistake. */
function refuseUnfinished({ out, steps }: MdFlags): void {
  const restart = `${out}.restart.json`;
  if (!existsSync(out) || !existsSync(restart)) return;
  const { step } = readRestart(restart).state;
  if (step >= steps) return;
  throw new OptionError({
    where: out,
    problem: `holds a run that stopped at step ${step} of ${steps}`,
    advice: `go on with --restart, or remove ${restart} to begin anew`,
  });
}

async function firstFrame(path: string, flags: FileFlags, signal: AbortSignal): Promise<Frame> {
  for await (const frame of streamFrames(path, { ...loadOptions(flags), signal })) return frame;
  throw new DataError({ where: path, problem: "holds no structure" });
}

const EXAMPLES = `
Examples:
  $ spectensor md ff.json start.xyz --ensemble nvt --temperature 300 --steps 20000 --save-every 10 --out nvt.xyz.gz
  $ spectensor md ff.json POSCAR --ensemble nve --temperature 300 --timestep 0.5 --steps 40000 --out nve.xyz.gz --seed 7
  $ spectensor md ff.json start.xyz --ensemble nvt --temperature 300 --steps 40000 --save-every 10 --out nvt.xyz.gz --restart
  $ spectensor md ff.json start.xyz --ensemble nve --temperature 300 --runs 8 --steps 8000 --save-every 8 --out nve.xyz.gz
  $ spectensor md ff.json ice.xyz --ensemble nvt --temperature 100 --mass H=2.014 --fixed 0-5 --steps 5000 --out heavy.xyz`;
