/** A command in one file: how many frames a file has. */
import { Command } from "commander";
import { type FileFlags, fileOptions, loadOptions } from "../../src/cli/fileOptions.js";
import { interruptSignal, printJson, printTable } from "../../src/cli/output.js";
import { readFrames } from "../../src/io/load.js";

interface Flags extends FileFlags {
  readonly json?: boolean;
}

export function countCommand(): Command {
  return fileOptions(new Command("count"))
    .description("frames of a file")
    .argument("<file>")
    .option("--json", "print one JSON object")
    .action(async (file: string, flags: Flags) => {
      const frames = (await readFrames(file, { ...loadOptions(flags), signal: interruptSignal() })).length;
      if (flags.json) printJson({ frames });
      else printTable(["file", "frames"], [[file, frames]]);
    });
}
