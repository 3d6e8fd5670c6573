import { spawn } from "node:child_process";
import { cpSync, existsSync, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { Command } from "commander";
import { DataError, SpectensorError } from "../errors.js";
import { installKernelspec } from "../runner/kernelspec.js";
import { findJupyter } from "./findJupyter.js";

/** Not in the repository, and not run by `spectensor notebook run`. */
const OWN_FOLDER = "my-notebooks";

/** `spectensor lab` */
export function labCommand(): Command {
  return new Command("lab")
    .description("open the notebooks in JupyterLab with this installation's kernel")
    .argument(
      "[folder]",
      `folder or notebook to open (default: ${OWN_FOLDER} with copies of notebooks, or else this folder)`,
    )
    .argument("[arguments...]", "for JupyterLab")
    .allowUnknownOption()
    .addHelpText(
      "after",
      `
Examples:
  $ spectensor lab
  $ spectensor lab notebooks/tutorials --no-browser --port 8890

JupyterLab is looked for in SPECTENSOR_JUPYTER (a program), the active virtual environment, .venv or venv, the path,
uv tool, pipx, and python3 -m jupyterlab.`,
    )
    .action(async (...all: unknown[]) => {
      const { target, rest } = labArguments((all.at(-1) as Command).args);
      const jupyter = findJupyter();
      if (!jupyter)
        throw new SpectensorError({
          problem: "no JupyterLab on this machine",
          advice:
            "get one with `python3 -m venv .venv && .venv/bin/pip install jupyterlab` and try again, or open the notebooks in VS Code",
        });
      const data = await installKernelspec({ folder: "." });
      const path = [data, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter);
      const [program, ...first] = jupyter;
      const child = spawn(program, [...first, resolve(target), ...rest], {
        stdio: "inherit",
        env: { ...process.env, JUPYTER_PATH: path },
      });
      // Ctrl-C goes to JupyterLab, which asks first; this process waits for it to end.
      process.on("SIGINT", () => {});
      for (const name of ["SIGTERM", "SIGHUP"] as const) process.on(name, () => child.kill("SIGTERM"));
      process.exitCode = await new Promise<number>((done, fail) => {
        child.on("exit", (code) => done(code ?? 1));
        child.on("error", (cause) =>
          fail(new SpectensorError({ where: program, problem: `does not start: ${cause.message}`, cause })),
        );
      });
    });
}

/** The reader's own folder, where new notebooks are in nobody's way, with copies of ours. What is there already stays. */
function ownFolder(): string {
  cpSync("notebooks", OWN_FOLDER, {
    recursive: true,
    force: false,
    filter: (path) =>
      !/(^|[\\/])(node_modules|\.[^\\/]*)$/.test(path) && (/\.ipynb$/.test(path) || statSync(path).isDirectory()),
  });
  return OWN_FOLDER;
}

/** What to open, and what JupyterLab is told besides. @throws DataError if what is to be opened does not exist */
function labArguments(args: readonly string[]): { readonly target: string; readonly rest: readonly string[] } {
  const [first, ...others] = args;
  if (first === undefined || first.startsWith("-"))
    return { target: existsSync("notebooks") ? ownFolder() : ".", rest: args };
  if (!existsSync(first))
    throw new DataError({ where: first, problem: "no such folder or notebook", advice: "name one that exists" });
  return { target: first, rest: others };
}
