#!/usr/bin/env node
/** The command line: `spectensor <command>`. Results go to standard output, messages to standard error. */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { dataCommand } from "./data.js";
import { harmonicCommand } from "./harmonic.js";
import { infoCommand, packageVersion } from "./info.js";
import { infraredCommand } from "./infrared.js";
import { kernelCommand } from "./kernel.js";
import { labCommand } from "./lab.js";
import { mdCommand } from "./md.js";
import { evaluateCommand, fitCommand, predictCommand } from "./model.js";
import { newCommand } from "./new.js";
import { notebookCommand } from "./notebook.js";
import { exitCodeOf, report } from "./output.js";
import { ramanCommand } from "./raman.js";

/** All commands, not yet run. */
export function program(): Command {
  const root = new Command("spectensor")
    .description("Raman and infrared spectra from trajectories, with tensorial machine learning in between")
    .version(packageVersion())
    .showHelpAfterError("(add --help for a description and examples)")
    .addHelpText("after", "\nExit codes: 0 done, 1 the work failed, 2 wrong use, 130 interrupted.");
  for (const command of [
    ramanCommand(),
    infraredCommand(),
    harmonicCommand(),
    fitCommand(),
    predictCommand(),
    evaluateCommand(),
    mdCommand(),
    dataCommand(),
    newCommand(),
    notebookCommand(),
    labCommand(),
    kernelCommand(),
    infoCommand(),
  ])
    root.addCommand(command);
  const throwing = (c: Command): void => {
    c.exitOverride();
    c.commands.forEach(throwing);
  };
  throwing(root);
  return root;
}

/** Runs one command line. @param args without node and script @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) report(error);
    return exitCodeOf(error);
  }
}

// A reader that closes the pipe early (`spectensor … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  run(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
