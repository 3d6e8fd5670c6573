import { spawn, spawnSync } from "node:child_process";
import { delimiter, resolve } from "node:path";
import { Command } from "commander";
import { SpectensorError } from "../errors.js";
import { installKernelspec } from "../notebook/kernelspec.js";

/** `spectensor lab` */
export function labCommand(): Command {
  return new Command("lab")
    .description("open the notebooks in JupyterLab with this installation's kernel")
    .argument("[folder]", "folder to open", "notebooks")
    .allowExcessArguments()
    .allowUnknownOption()
    .addHelpText("after", "\nFurther arguments go to JupyterLab:\n  $ spectensor lab notebooks --no-browser")
    .action(async (folder: string, _: unknown, command: Command) => {
      const jupyter = ["jupyter-lab", "jupyter-notebook"].find((name) => !spawnSync(name, ["--version"]).error);
      if (!jupyter)
        throw new SpectensorError({
          problem: "no JupyterLab on this machine",
          advice:
            "get it with `pip install jupyterlab` (or your system's package) and try again, or open the notebooks in VS Code",
        });
      const data = await installKernelspec({ folder: "." });
      const path = [data, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter);
      const child = spawn(jupyter, [resolve(folder), ...command.args.slice(1)], {
        stdio: "inherit",
        env: { ...process.env, JUPYTER_PATH: path },
      });
      process.exitCode = await new Promise<number>((done) => child.on("exit", (code) => done(code ?? 1)));
    });
}
