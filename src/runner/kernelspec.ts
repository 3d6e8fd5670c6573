/** Telling Jupyter, VS Code and others how to start the kernel of this installation. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Fields, readOptions, record } from "../options/record.js";
import { oneOf, text } from "../options/values.js";
import { writeInFolder } from "./files.js";
import { findTslab } from "./tslab.js";

/** Name of the kernel in notebook metadata. */
export const KERNEL_NAME = "spectensor";
const DISPLAY_NAME = "TypeScript (spectensor)";

/** What notebooks say about the kernel they want. */
export const KERNEL_METADATA = {
  kernelspec: { name: KERNEL_NAME, display_name: DISPLAY_NAME, language: "typescript" },
  language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
};

export interface KernelspecOptions {
  /** Folder whose tslab is to be used, default the current one. */
  readonly folder?: string;
  /** Where to write: the folder itself (for JUPYTER_PATH) or the user's Jupyter folder. Default "folder". */
  readonly place?: "folder" | "user";
}

const OPTIONS = record({
  folder: text().optional(),
  place: oneOf(["folder", "user"]).optional(),
} satisfies Fields<KernelspecOptions>);

/** The kernelspec: this Node, the tslab of a folder. @throws SpectensorError if tslab is not installed there */
export function kernelspec(folder: string): object {
  return {
    argv: [process.execPath, ...findTslab(folder).argv, "--config-path={connection_file}"],
    display_name: DISPLAY_NAME,
    language: "typescript",
    interrupt_mode: "signal",
  };
}

/**
 * Writes the kernelspec.
 * @returns the data folder it was written to: what JUPYTER_PATH must contain for `place: "folder"`
 * @throws SpectensorError if tslab is not installed
 */
export async function installKernelspec(options: KernelspecOptions = {}): Promise<string> {
  readOptions(OPTIONS, options, "installKernelspec");
  const folder = resolve(options.folder ?? ".");
  const data = options.place === "user" ? jupyterUserFolder() : join(folder, ".spectensor", "jupyter");
  await writeInFolder(
    join(data, "kernels", KERNEL_NAME, "kernel.json"),
    `${JSON.stringify(kernelspec(folder), null, 2)}\n`,
  );
  return data;
}

/**
 * Jupyter's data folder of the user: JUPYTER_DATA_DIR, or the platform's default. The Jupyter extension of VS Code looks for
 * kernels in the platform's default and in JUPYTER_PATH.
 */
export function jupyterUserFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (platform === "win32") return join(env.APPDATA ?? join(homedir(), "AppData", "Roaming"), "jupyter");
  return join(env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
}
