import { Command } from "commander";
import { DataError } from "../errors.js";
import { writeExtxyz } from "../io/extxyzWrite.js";
import { streamFrames } from "../io/load.js";
import { loadModel } from "../model/file/models.js";
import { selectConfigurations } from "../model/target/forceField/select.js";
import { forceFieldUncertainty } from "../model/target/forceField/uncertainty.js";
import type { Structure } from "../structure/structure.js";
import { type FileFlags, fileOptions, loadOptions } from "./fileOptions.js";
import { interruptSignal, print, printJson, printTable, progressLine, resources } from "./output.js";
import { integerOption } from "./parse.js";

interface SelectFlags extends FileFlags {
  readonly count: number;
  readonly already?: readonly string[];
  readonly every: number;
  readonly out: string;
  readonly json?: boolean;
}

/** `spectensor select FORCEFIELD CANDIDATES` */
export function selectCommand(): Command {
  return fileOptions(new Command("select"))
    .description("choose the structures whose first-principles energies and forces would teach a force field most")
    .argument("<forcefield>", "file written by spectensor fit forcefield with --posterior")
    .argument("<candidates...>", "structures in any format that is read; results in them do not matter")
    .requiredOption("--count <n>", "structures to choose", integerOption("count", 1))
    .option("--already <files...>", "structures that are being computed, although the force field has not seen them")
    .option("--every <n>", "take every n-th candidate only", integerOption("every", 1), 1)
    .requiredOption("--out <file>", "extended XYZ of the chosen ones in order of choice, gzipped when it ends in .gz")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (forceField: string, files: readonly string[], flags: SelectFlags) => {
      const start = performance.now();
      const signal = interruptSignal();
      const model = await loadModel(forceField, "forceField");
      const candidates = await structures(files, flags, signal, flags.every);
      if (candidates.length < flags.count)
        throw new DataError({
          where: files.join(", "),
          problem: `${candidates.length} candidates, fewer than the ${flags.count} asked for`,
          advice: "give more of them, a smaller --count or a smaller --every",
        });
      const already = await structures(flags.already ?? [], flags, signal);
      const chosen = await selectConfigurations(
        model,
        candidates.map((c) => c.structure),
        flags.count,
        { already: already.map((c) => c.structure), signal, onProgress: progressLine(flags.json === true) },
      );
      const picks = chosen.map(({ index, gain }) => {
        const { structure, file, frame } = candidates[index]!;
        return { structure, file, frame, gain, forceError: forceFieldUncertainty(model, structure).epistemic.largest };
      });
      await writeExtxyz(
        flags.out,
        picks.map(({ structure, ...info }) => ({ structure, info })),
      );
      const used = resources(start);
      const list = picks.map(({ structure: _, ...pick }) => pick);
      if (flags.json)
        return printJson({
          out: flags.out,
          candidates: candidates.length,
          picks: list,
          units: { gain: "nats", forceError: "eV/Å" },
          ...used,
        });
      printTable(
        ["file", "frame", "gain, nats", "error estimate of the worst force, meV/Å"],
        list.map((p) => [p.file, p.frame, p.gain, 1000 * p.forceError]),
      );
      print(`${list.length} of ${candidates.length} candidates: ${flags.out} (${used.seconds} s)`);
    });
}

interface Candidate {
  readonly structure: Structure;
  readonly file: string;
  /** Counted from 0 in its file. */
  readonly frame: number;
}

async function structures(
  files: readonly string[],
  flags: FileFlags,
  signal: AbortSignal,
  every = 1,
): Promise<Candidate[]> {
  const all: Candidate[] = [];
  for (const file of files) {
    let frame = 0;
    for await (const { structure } of streamFrames(file, { ...loadOptions(flags), signal })) {
      if (frame % every === 0) all.push({ structure, file, frame });
      frame++;
    }
  }
  return all;
}

const EXAMPLES = `
Examples:
  $ spectensor fit forcefield --train train.xyz.gz --out ff.json.gz --posterior
  $ spectensor select ff.json.gz hot.xyz.gz --count 10 --already waiting.xyz --every 5 --out picks.xyz`;
