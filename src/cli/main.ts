#!/usr/bin/env node
/** The command line: `spectensor <command>`. Results go to standard output, messages to standard error. */
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { endWithParent } from "../system/parent.js";
import { exitCodeOf, guardStandardStreams, report } from "./output.js";
import { packageVersion } from "./version.js";

/** Each command with what it needs is loaded when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  raman: async () => (await import("./raman.js")).ramanCommand(),
  infrared: async () => (await import("./infrared.js")).infraredCommand(),
  harmonic: async () => (await import("./harmonic.js")).harmonicCommand(),
  fit: async () => (await import("./model.js")).fitCommand(),
  predict: async () => (await import("./model.js")).predictCommand(),
  evaluate: async () => (await import("./model.js")).evaluateCommand(),
  md: async () => (await import("./md.js")).mdCommand(),
  select: async () => (await import("./select.js")).selectCommand(),
  check: async () => (await import("./check.js")).checkCommand(),
  batch: async () => (await import("./batch.js")).batchCommand(),
  data: async () => (await import("./data.js")).dataCommand(),
  new: async () => (await import("./new.js")).newCommand(),
  notebook: async () => (await import("./notebook.js")).notebookCommand(),
  lab: async () => (await import("./lab.js")).labCommand(),
  kernel: async () => (await import("./kernel.js")).kernelCommand(),
  info: async () => (await import("./info.js")).infoCommand(),
  cite: async () => (await import("./cite.js")).citeCommand(),
  doctor: async () => (await import("./doctor.js")).doctorCommand(),
};

/** The command line, not yet run. @param first its first word; unless it names a command, all commands are loaded @param before called with the command that is about to run */
export async function program(first?: string, before?: (command: Command) => Promise<void>): Promise<Command> {
  const root = new Command("spectensor")
    .description("Raman and infrared spectra from trajectories, with tensorial machine learning in between")
    .version(packageVersion())
    .showHelpAfterError("(add --help for a description and examples)")
    .addHelpText(
      "after",
      `\nOptions shown with a unit take plain numbers in it, or quantities: --timestep "0.5 ps", --laser "532 nm", --temperature "25 degC".` +
        "\nExit codes: 0 done, 1 the work failed, 2 wrong use, 130 interrupted.",
    );
  const one = first !== undefined && Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  const none = first === "--version" || first === "-V";
  for (const load of one ? [one] : none ? [] : Object.values(COMMANDS)) root.addCommand(await load());
  for (const command of root.commands)
    if (/<(fs|nm|K)>/.test(command.helpInformation()))
      command.addHelpText(
        "after",
        '\nPlain numbers are in the unit shown; quantities have their own: "0.5 ps", "532 nm", "25 degC".',
      );
  const throwing = (c: Command): void => {
    c.exitOverride();
    c.commands.forEach(throwing);
  };
  throwing(root);
  if (before) root.hook("preAction", (_, command) => before(command));
  return root;
}

/** Runs one command line. @param args without node and script @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  let running: Command | undefined;
  try {
    const root = await program(args[0], async (command) => {
      running = command;
      (await import("./explain.js")).speakFor(command);
      await (await import("./outputs.js")).checkOutputsOf(command, args);
    });
    await root.parseAsync([...args], { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) await report(error, running);
    return exitCodeOf(error);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  guardStandardStreams();
  endWithParent();
  run(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
