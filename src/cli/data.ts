import { Command } from "commander";
import { fetchDataset } from "../dataset/fetch.js";
import { verifyDatasets } from "../dataset/files.js";
import { type DatasetEntry, findDataset, listDatasets } from "../dataset/registry.js";
import { interruptSignal, print, printJson, printTable, progressLine } from "./output.js";

/** Structures of a set, or rows of its series where they are more: series of one run have a row for the same frames. */
function framesOf({ files }: DatasetEntry): number {
  const [structures, rows] = [[0], [0]] as [number[], number[]];
  for (const { role, frames = 0 } of files) (role === "series" ? rows : structures).push(frames);
  return Math.max(
    structures.reduce((n, f) => n + f),
    ...rows,
  );
}

/** `spectensor data list | verify | fetch` */
export function dataCommand(): Command {
  const data = new Command("data").description(
    "data sets: what there is, whether it is intact, fetching published ones",
  );
  data
    .command("list")
    .description("every data set with level of theory, licence and size")
    .option("--json", "print one JSON object")
    .action((flags: { json?: boolean }) => {
      const datasets = listDatasets();
      if (flags.json) return printJson({ datasets });
      printTable(
        ["id", "frames", "kB", "licence", "where", "title"],
        datasets.map((d) => [
          d.id,
          framesOf(d),
          Math.round(d.files.reduce((n, f) => n + (f.bytes ?? 0), 0) / 1000),
          d.licence,
          d.files.some((f) => "path" in f) ? "embedded" : "to fetch",
          d.title,
        ]),
      );
    });
  data
    .command("verify")
    .description("compare every file with its registered size and SHA-256; exit code 1 if one is damaged")
    .argument("[ids...]", "default: all")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExamples:\n  $ spectensor data verify\n  $ spectensor data verify h2o sio2 --json")
    .action(async (ids: string[], flags: { json?: boolean }) => {
      const states = await verifyDatasets({
        signal: interruptSignal(),
        ...(ids.length > 0 && { entries: ids.map(findDataset) }),
      });
      const damaged = states.filter((s) => s.state === "damaged");
      if (flags.json) printJson({ ok: damaged.length === 0, files: states });
      else {
        printTable(
          ["data set", "file", "state", ""],
          states.map((s) => [s.id, s.file, s.state, s.problem ?? ""]),
        );
        print(
          damaged.length === 0
            ? "all present files are intact"
            : `${damaged.length} of ${states.length} files are damaged`,
        );
      }
      if (damaged.length > 0) process.exitCode = 1;
    });
  data
    .command("fetch")
    .description("fetch published data sets into the cache folder (SPECTENSOR_DATA, default the platform's)")
    .argument("<ids...>", "of sets that spectensor data list shows as to fetch")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  $ spectensor data fetch sio2-md-raman")
    .action(async (ids: string[], flags: { json?: boolean }) => {
      const signal = interruptSignal();
      const files = [];
      for (const id of ids)
        files.push(...(await fetchDataset(id, { signal, onProgress: progressLine(flags.json === true) })));
      if (flags.json) printJson({ files });
      else
        printTable(
          ["data set", "file", "state"],
          files.map((s) => [s.id, s.file, s.state]),
        );
    });
  return data;
}
