import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { installKernelspec, jupyterUserFolder } from "../../src/notebook/kernelspec.js";

it("writes a kernelspec that starts this installation's kernel, into the folder or for the user", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "kernelspec-test-"));
  try {
    const data = await installKernelspec({ folder: scratch });
    expect(data).toBe(join(scratch, ".spectensor", "jupyter"));
    vi.stubEnv("JUPYTER_DATA_DIR", join(scratch, "user"));
    for (const place of [data, await installKernelspec({ folder: scratch, place: "user" })]) {
      const spec = JSON.parse(readFileSync(join(place, "kernels", "spectensor", "kernel.json"), "utf8"));
      expect(spec).toMatchObject({ language: "typescript", interrupt_mode: "signal" });
      expect(spec.argv.slice(2)).toEqual(["kernel", "--config-path={connection_file}"]);
      expect(existsSync(spec.argv[1])).toBe(true);
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
