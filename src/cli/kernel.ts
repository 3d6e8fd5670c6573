import { Command } from "commander";
import { installKernelspec } from "../runner/kernelspec.js";
import { print } from "./output.js";

/** `spectensor kernel install` */
export function kernelCommand(): Command {
  const kernel = new Command("kernel").description("the TypeScript kernel for Jupyter");
  kernel
    .command("install")
    .description("register the kernel of this folder with Jupyter")
    .option("--user", "for this user, in all folders")
    .action(async (flags: { user?: boolean }) => {
      print(`kernel installed: ${await installKernelspec({ place: flags.user ? "user" : "folder" })}`);
    });
  return kernel;
}
