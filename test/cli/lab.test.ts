import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findJupyter } from "../../src/cli/findJupyter.js";
import { spectensor, temporaryFolder } from "./run.js";

const folder = temporaryFolder();

/** A program that only says how it was called. */
function program(...path: readonly string[]): string {
  const place = join(folder, ...path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, '#!/bin/sh\necho "$@"\necho "$JUPYTER_PATH"\n');
  chmodSync(place, 0o755);
  return place;
}

describe.skipIf(process.platform === "win32")("JupyterLab", () => {
  const home = join(folder, "home");
  const find = (env: Readonly<Record<string, string>>) =>
    findJupyter({ folder: join(folder, "project"), env: { HOME: home, PATH: join(folder, "empty"), ...env } });

  it("is found where people have it, the nearest first", () => {
    expect(find({})).toBeUndefined();
    const pipx = program("home", ".local", "share", "pipx", "venvs", "jupyterlab", "bin", "jupyter-lab");
    expect(find({})).toEqual([pipx]);
    const uv = program("home", ".local", "share", "uv", "tools", "jupyterlab", "bin", "jupyter-lab");
    expect(find({})).toEqual([uv]);
    const installed = program("bin", "jupyter-lab");
    expect(find({ PATH: `${join(folder, "empty")}:${dirname(installed)}` })).toEqual([installed]);
    const own = program("project", ".venv", "bin", "jupyter-lab");
    expect(find({ PATH: dirname(installed) })).toEqual([own]);
    const active = program("active", "bin", "jupyter-lab");
    expect(find({ VIRTUAL_ENV: join(folder, "active") })).toEqual([active]);
    expect(find({ VIRTUAL_ENV: join(folder, "active"), SPECTENSOR_JUPYTER: "/some/jupyter-lab" })).toEqual([
      "/some/jupyter-lab",
    ]);
  });

  it("is started as a module where Python has it without a program on the path", () => {
    const python = program("python", "python3");
    const env = { HOME: join(folder, "nobody"), PATH: dirname(python) };
    expect(findJupyter({ folder, env })).toEqual([python, "-m", "jupyterlab"]);
    writeFileSync(python, "#!/bin/sh\nexit 1\n");
    expect(findJupyter({ folder, env })).toBeUndefined();
  });

  it("gets the folder, further arguments, and this checkout's kernel", async () => {
    const fake = program("fake", "jupyter-lab");
    const env = { SPECTENSOR_JUPYTER: fake, JUPYTER_PATH: "/elsewhere" };
    const kernels = join(process.cwd(), ".spectensor", "jupyter");
    const { code, out } = await spectensor(["lab", "src", "--no-browser", "--port", "8890"], { env });
    expect([code, out]).toEqual([0, `${join(process.cwd(), "src")} --no-browser --port 8890\n${kernels}:/elsewhere\n`]);
  });

  it("opens a folder of the reader's with copies of our notebooks, and leaves what is there", async () => {
    const env = { SPECTENSOR_JUPYTER: program("fake2", "jupyter-lab"), JUPYTER_PATH: "" };
    const cwd = join(folder, "checkout");
    mkdirSync(join(cwd, "notebooks", "deep"), { recursive: true });
    mkdirSync(join(cwd, "my-notebooks"));
    symlinkSync(join(process.cwd(), "node_modules"), join(cwd, "node_modules"));
    for (const [path, text] of [
      ["notebooks/a.ipynb", "ours"],
      ["notebooks/deep/b.ipynb", "ours"],
      ["notebooks/package.json", "{}"],
      ["my-notebooks/a.ipynb", "mine"],
    ] as const)
      writeFileSync(join(cwd, path), text);
    const { code, out } = await spectensor(["lab", "--no-browser"], { env, cwd });
    expect([code, out.split("\n")[0]]).toEqual([0, `${join(cwd, "my-notebooks")} --no-browser`]);
    const read = (path: string): string => readFileSync(join(cwd, "my-notebooks", path), "utf8");
    expect([read("a.ipynb"), read("deep/b.ipynb"), existsSync(join(cwd, "my-notebooks", "package.json"))]).toEqual([
      "mine",
      "ours",
      false,
    ]);
  });

  it("that is not there, or a folder that is not, is one line with what to do", async () => {
    const env = { PATH: join(folder, "empty"), HOME: join(folder, "nobody"), VIRTUAL_ENV: "", SPECTENSOR_JUPYTER: "" };
    const { code, out, err } = await spectensor(["lab"], { cwd: folder, env });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^SpectensorError: no JupyterLab on this machine; get one with `.*pip install jupyterlab` .*\n$/,
    );
    const { err: wrong } = await spectensor(["lab", "nowhere"], { cwd: folder, env });
    expect(wrong).toBe("DataError: nowhere: no such folder or notebook; name one that exists\n");
  });
});
