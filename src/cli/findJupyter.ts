/** Finding a JupyterLab: who has one rarely has it on the path. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** A program with the arguments that start JupyterLab. */
export type JupyterCommand = readonly [program: string, ...first: string[]];

export interface FindJupyterOptions {
  /** Where a `.venv` may be, besides the current environment; default the current folder. */
  readonly folder?: string;
  /** Default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

const WINDOWS = process.platform === "win32";

/**
 * How to start JupyterLab here; `undefined` if there is none. In this order: SPECTENSOR_JUPYTER (a program), a virtual
 * environment that is active or stands in the folder as `.venv` or `venv`, the path, `uv tool` and `pipx`, and the
 * `jupyterlab` module of the Python on the path.
 */
export function findJupyter({ folder = ".", env = process.env }: FindJupyterOptions = {}): JupyterCommand | undefined {
  if (env.SPECTENSOR_JUPYTER) return [env.SPECTENSOR_JUPYTER];
  const home = env.HOME || homedir();
  const share = env.XDG_DATA_HOME || join(home, ".local", "share");
  const inEnvironment = (path: string | undefined): string[] => (path ? [join(path, WINDOWS ? "Scripts" : "bin")] : []);
  const folders = [
    ...inEnvironment(env.VIRTUAL_ENV),
    ...[".venv", "venv"].flatMap((name) => inEnvironment(resolve(folder, name))),
    ...pathOf(env),
    join(home, ".local", "bin"),
    ...inEnvironment(join(env.UV_TOOL_DIR || join(share, "uv", "tools"), "jupyterlab")),
    ...inEnvironment(join(env.PIPX_HOME || join(share, "pipx"), "venvs", "jupyterlab")),
  ];
  const program = findProgram("jupyter-lab", folders);
  if (program) return [program];
  const python = findProgram("python3", pathOf(env)) ?? findProgram("python", pathOf(env));
  const importable = python && spawnSync(python, ["-c", "import jupyterlab"], { env, stdio: "ignore" }).status === 0;
  return importable ? [python, "-m", "jupyterlab"] : undefined;
}

/** The folders of PATH. */
export function pathOf(env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? env.Path ?? "").split(delimiter).filter(Boolean);
}

/** The first executable file of a name in some folders. */
export function findProgram(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, WINDOWS ? `${name}.exe` : name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
