import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, vi } from "vitest";
import { findJupyter } from "../../src/cli/findJupyter.js";
import { installKernelspec, jupyterUserFolder } from "../../src/runner/kernelspec.js";

it("writes a kernelspec that starts this installation's kernel, into the folder or for the user", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "kernelspec-test-"));
  try {
    const data = await installKernelspec({ folder: scratch });
    expect(data).toBe(join(scratch, ".spectensor", "jupyter"));
    vi.stubEnv("JUPYTER_DATA_DIR", join(scratch, "user"));
    for (const place of [data, await installKernelspec({ folder: scratch, place: "user" })]) {
      const spec = JSON.parse(readFileSync(join(place, "kernels", "spectensor", "kernel.json"), "utf8"));
      expect(spec).toMatchObject({ language: "typescript", interrupt_mode: "signal" });
      expect(spec.argv.slice(-2)).toEqual(["kernel", "--config-path={connection_file}"]);
      expect(existsSync(spec.argv.at(-3))).toBe(true);
    }
  } finally {
    vi.unstubAllEnvs();
    rmSync(scratch, { recursive: true });
  }
});

it("finds the user's Jupyter folder on each platform", () => {
  expect(jupyterUserFolder({ XDG_DATA_HOME: "/x" }, "linux")).toBe(join("/x", "jupyter"));
  expect(jupyterUserFolder({}, "linux")).toMatch(/\.local.share.jupyter$/);
  expect(jupyterUserFolder({}, "darwin")).toMatch(/Library.Jupyter$/);
  expect(jupyterUserFolder({ APPDATA: "C:" }, "win32")).toMatch(/^C:.jupyter$/);
});

const lab = findJupyter();

it.skipIf(!lab)(`is where Jupyter itself looks for kernels${lab ? "" : " (skipped: no Jupyter here)"}`, async () => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "kernelspec-test-")));
  const [program, ...rest] = lab!;
  const list =
    rest.length > 0 ? [program, "-m", "jupyter", "kernelspec"] : [join(dirname(program), "jupyter-kernelspec")];
  const kernels = (env: Readonly<Record<string, string>>) => {
    const [command, ...args] = [...list, "list", "--json"];
    const { stdout } = spawnSync(command!, args, { env: { ...process.env, ...env }, encoding: "utf8" });
    return JSON.parse(stdout).kernelspecs.spectensor;
  };
  try {
    // As after `spectensor kernel install --user` in a new home: what JupyterLab, and VS Code's Jupyter extension, read unasked.
    const home = {
      HOME: scratch,
      JUPYTER_DATA_DIR: "",
      XDG_DATA_HOME: "",
      JUPYTER_PATH: "",
      JUPYTER_CONFIG_DIR: join(scratch, "c"),
    };
    for (const [name, value] of Object.entries(home)) vi.stubEnv(name, value);
    expect(kernels(home)).toBeUndefined();
    const user = await installKernelspec({ folder: scratch, place: "user" });
    expect(kernels(home)).toMatchObject({
      resource_dir: join(user, "kernels", "spectensor"),
      spec: { display_name: "TypeScript (spectensor)", language: "typescript" },
    });
    // As `spectensor lab` does it, without touching the home.
    const data = await installKernelspec({ folder: join(scratch, "project") });
    const elsewhere = { ...home, HOME: join(scratch, "other"), JUPYTER_PATH: data };
    expect(kernels(elsewhere)).toMatchObject({ resource_dir: join(data, "kernels", "spectensor") });
  } finally {
    vi.unstubAllEnvs();
    rmSync(scratch, { recursive: true });
  }
});
