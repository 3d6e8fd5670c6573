import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, vi } from "vitest";
import { run } from "../../src/cli/main.js";

/** The built command line. */
export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `spectensor …` of the built package as a process of its own. */
export function spectensor(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  const { cwd, env = {} } = options;
  return new Promise((done) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { ...(cwd !== undefined && { cwd }), env: { ...process.env, ...env }, maxBuffer: 1 << 26 },
      (error, out, err) => done({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** Runs `spectensor …` within this process: a second faster, for what has been seen to work as a process of its own. */
export async function spectensorHere(args: readonly string[]): Promise<Outcome> {
  const texts = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      texts[name] += text;
      return true;
    }),
  );
  try {
    return { code: await run(args), out: texts.stdout, err: texts.stderr };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "spectensor-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
