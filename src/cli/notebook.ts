import { join, resolve } from "node:path";
import { Command } from "commander";
import { duration } from "../progress/text.js";
import type { RunPlan } from "../runner/plan.js";
import { type NotebookResult, resultsText, runNotebooks } from "../runner/runNotebooks.js";
import { interruptSignal, print, printJson } from "./output.js";
import { integerOption, positiveOption } from "./parse.js";

interface RunFlags {
  readonly gallery: string;
  readonly full?: boolean;
  readonly cache: boolean;
  readonly workers?: number;
  readonly timeout?: number;
  readonly json?: boolean;
}

/** `spectensor notebook run` */
export function notebookCommand(): Command {
  const notebook = new Command("notebook").description("execute notebooks without Jupyter");
  notebook
    .command("run")
    .description("execute notebooks on the kernel, write executed copies, pages and an index; exit code 1 if one fails")
    .argument("[paths...]", "notebooks, or folders to search for them (default: notebooks)")
    .option("--gallery <folder>", "where executed copies and pages go", "gallery")
    .option("--full", "as thorough as the papers, instead of quick")
    .option("--no-cache", "run everything, also what has not changed since the last run")
    .option("--workers <n>", "notebooks that run at a time (default: 2)", integerOption("workers", 1))
    .option("--timeout <s>", "that one cell may take (default: 600 quick, 7200 full)", positiveOption("timeout", "s"))
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nExamples:\n  $ spectensor notebook run\n  $ spectensor notebook run notebooks/tutorials --no-cache",
    )
    .action(async (paths: string[], flags: RunFlags) => {
      const results = await runNotebooks({
        ...(paths.length > 0 && { paths }),
        galleryDir: flags.gallery,
        mode: flags.full ? "full" : "quick",
        cache: flags.cache ? "use" : "ignore",
        timeout: flags.timeout ?? (flags.full ? 7200 : 600),
        signal: interruptSignal(),
        ...(flags.workers !== undefined && { workers: flags.workers }),
        onPlan: (plan) => {
          if (!flags.json) print(planText(plan));
        },
        onNotebook: (r) => {
          if (!flags.json) print(line(r));
        },
      });
      const index = resolve(join(flags.gallery, "index.html"));
      if (flags.json)
        printJson({ ok: results.every((r) => r.status === "passed"), gallery: index, notebooks: results });
      else {
        print(`\n${resultsText(results)}`);
        print(`\ngallery: ${index}`);
      }
      if (results.some((r) => r.status === "failed")) process.exitCode = 1;
    });
  return notebook;
}

function line(r: NotebookResult): string {
  const time = r.origin === "cache" ? "from cache" : `${r.seconds.toFixed(1)} s`;
  const failure = r.failure ? `\n  cell ${r.failure.cell}: ${r.failure.message}` : "";
  return `${r.status === "passed" ? "ok    " : "FAILED"} ${r.path} (${time})${failure}`;
}

/** What is to come, before the first notebook is done: a quick run of all of ours is minutes of silence otherwise. */
function planText({ notebooks, workers, seconds, unknown }: RunPlan): string {
  const head = `running ${notebooks} notebook${notebooks === 1 ? "" : "s"}, ${workers} at a time; what has not changed is taken over`;
  if (unknown === notebooks)
    return `${head}. None has run here yet: most take less than a minute, some several; each is told when done.`;
  const time = `if all have to run, about ${duration(Math.max(1, seconds / workers))}`;
  return `${head}; ${time}${unknown > 0 ? `, without ${unknown} that never ran here` : ""}.`;
}
