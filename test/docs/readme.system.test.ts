import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";
import { PAPERS } from "../../src/runner/papers.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = join(ROOT, "dist", "cli", "main.js");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

/** A line of a shell as the README shows it: four spaces, command, remark. */
interface Line {
  readonly command: string;
  readonly remark: string;
  /** Speaks of files that only the reader has. */
  readonly yours: boolean;
}

const lines: readonly Line[] = [...readme.matchAll(/^ {4}(\w[^#\n]*?)\s*(?:#\s*(.*))?$/gm)].map(
  ([, command, remark = ""]) => ({ command: command!, remark, yours: /\byours\b/.test(remark) }),
);
const commands = lines.filter((l) => l.command.startsWith("npx spectensor "));

const top = mkdtempSync(join(tmpdir(), "readme-"));
const folder = join(top, "checkout");
mkdirSync(folder);
afterAll(() => rmSync(top, { recursive: true, force: true }));

function shell(command: string): { code: number | null; out: string; err: string } {
  const run = command.replaceAll("npx spectensor", `"${process.execPath}" "${MAIN}"`);
  const { status, stdout, stderr } = spawnSync("bash", ["-c", run], { cwd: folder, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

describe("commands of the README", () => {
  it("are found", () => {
    expect(commands.length).toBeGreaterThan(7);
    expect(commands.some((l) => l.yours)).toBe(true);
  });

  it("run as printed, one after the other, and leave the files that they name", () => {
    for (const { command } of commands.filter((l) => !l.yours)) {
      const { code, err } = shell(command);
      expect([command, code, code === 0 ? "" : err]).toEqual([command, 0, ""]);
      const [, out] = /(?:--out|>) (\S+)/.exec(command) ?? [];
      if (out !== undefined) expect(existsSync(join(folder, out)), out).toBe(true);
    }
  }, 200_000);

  it("that are for the reader's own files miss nothing but these files", () => {
    for (const { command } of commands.filter((l) => l.yours)) {
      const { code, err } = shell(command);
      expect([command, code, err]).toEqual([command, 1, expect.stringMatching(/no such file/)]);
    }
  });

  it("of npm are scripts of the package, or of a new project", () => {
    const scripts = (file: string): string[] => Object.keys(JSON.parse(readFileSync(file, "utf8")).scripts);
    const project = join(top, "my-project", "package.json");
    expect(existsSync(project)).toBe(true);
    const known = ["ci", "install", "test", "start"];
    for (const { command } of lines.filter((l) => /\bnpm\b/.test(l.command)))
      for (const [, run, word] of command.matchAll(/npm (run )?([\w:-]+)/g)) {
        const names = scripts(command.includes("../my-project") ? project : join(ROOT, "package.json"));
        expect(run ? names.includes(word!) : known.includes(word!), command).toBe(true);
      }
  });

  it("in the text are commands that there are", () => {
    const { out } = shell("npx spectensor --help");
    for (const [, word] of readme.matchAll(/`(?:npx )?spectensor ([a-z]+)/g))
      expect(out).toMatch(new RegExp(`^  ${word}\\b`, "m"));
  });
});

describe("code of the README", () => {
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);

  it("runs as printed", () => {
    expect(blocks.length).toBeGreaterThan(1);
    for (const [k, block] of blocks.entries()) {
      const code = ts.transpile(block, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 });
      const file = join(folder, `block-${k}.mjs`);
      writeFileSync(
        file,
        code.replace(/from "spectensor"/g, `from "${pathToFileURL(join(ROOT, "dist", "index.js")).href}"`),
      );
      execFileSync(process.execPath, [file], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    }
  }, 200_000);
});

describe("links of the README", () => {
  it("lead to files that are there", () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
      .map(([, target]) => target!)
      .filter((t) => !/^https?:/.test(t));
    expect(links.length).toBeGreaterThan(8);
    for (const target of links) expect(existsSync(join(ROOT, target)), target).toBe(true);
  });
});

describe("status of the papers' figures", () => {
  const rows = readme.split("\n").filter((line) => /^\| (Grumet|Schmiedmayer)/.test(line));
  const statuses = ["reproduced", "in part", "refuted here", "no data yet"];
  const notebooks = ["grumet-2024", "schmiedmayer-2024"].flatMap((name) =>
    readdirSync(join(ROOT, "notebooks", name))
      .filter((file) => file.endsWith(".ipynb"))
      .map((file) => {
        const path = `notebooks/${name}/${file}`;
        const { metadata } = JSON.parse(readFileSync(join(ROOT, path), "utf8"));
        return { path, ...(metadata.spectensor as { paper: string; figure: string }) };
      }),
  );

  it("has a row for every figure and table of the papers, with one of four words", () => {
    expect(rows).toHaveLength(Object.values(PAPERS).reduce((sum, p) => sum + p.figures.length, 0));
    for (const [name, { figures }] of Object.entries(PAPERS))
      for (const figure of figures) {
        const own = rows.filter((row) => row.startsWith(`| ${name.split(" ")[0]}`) && row.includes(figure));
        expect(own, `${name}, ${figure}`).toHaveLength(1);
        expect(
          statuses.filter((s) => own[0]!.includes(`**${s}**`)),
          own[0],
        ).toHaveLength(1);
      }
  });

  it("links every notebook of a figure, and says where there is none", () => {
    for (const { path, figure } of notebooks)
      expect(
        rows.filter((row) => row.includes(`[${figure}](${path})`)),
        path,
      ).toHaveLength(1);
    const without = rows.filter((row) => !row.includes(".ipynb"));
    expect(rows.length - without.length).toBe(notebooks.length);
    for (const row of without) expect(row).toContain("**no data yet**");
  });
});
