import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaints, ours, program } from "../runner/cells.js";
import { DIST, type Example, examples, importsOf, matches, runnable } from "./examples.js";

const all = examples();
const exported: string[] = [];
const folder = mkdtempSync(join(tmpdir(), "spectensor-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  readonly value?: unknown;
  readonly error?: string;
}
let results: readonly Result[];

/** Runs all examples one after the other in a process of its own, in an empty folder that they may write to. */
const RUN_ALL = (count: number): string => `
import { writeFileSync } from "node:fs";
const results = [];
for (let i = 0; i < ${count}; i++) {
  try {
    const { default: run } = await import("./example-" + i + ".mjs");
    results.push({ value: await run() });
  } catch (error) {
    results.push({ error: String(error?.stack ?? error) });
  }
}
const plain = (_, v) => (ArrayBuffer.isView(v) ? Array.from(v) : v);
writeFileSync("results.json", JSON.stringify(results, plain));
process.exit(0);
`;

beforeAll(async () => {
  exported.push(...Object.keys((await import(`${DIST}index.js`)) as object));
  for (const [i, example] of all.entries())
    writeFileSync(join(folder, `example-${i}.mjs`), runnable(example, exported));
  writeFileSync(join(folder, "all.mjs"), RUN_ALL(all.length));
  execFileSync(process.execPath, ["all.mjs"], { cwd: folder, stdio: "ignore" });
  results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
});

describe("every example in a docstring", () => {
  it.each(all.map((example, i) => [example.name, i, example] as const))(
    "%s runs and gives what it says",
    (_, i, { expected }) => {
      const { error, value } = results[i]!;
      expect(error).toBeUndefined();
      if (expected !== undefined && !matches(expected, value)) expect(JSON.stringify(value)).toBe(expected);
    },
  );

  it("has the types that the package declares", () => {
    const texts = all.map((example): [string, string] => {
      const { main, own } = importsOf(example, exported);
      const file = `../dist/${example.file.replace(/\.ts$/, ".js")}`;
      return [
        `${example.name.replace(/\W+/g, "-")}.ts`,
        `import { ${main.join(", ")} } from "spectensor";\nimport { ${own.join(", ")} } from "${file}";\n${example.code}\nexport {};\n`,
      ];
    });
    expect(complaints(ours, program(ours, new Map(texts)))).toEqual([]);
  });

  it("is checked by something that can fail", () => {
    const wrong: Example = { name: "", file: "errors.ts", of: "didYouMean", code: "didYouMean('a', [])" };
    expect(runnable(wrong, ["raman"])).toMatch(/import \{ didYouMean \} from ".*errors\.js"/);
    expect(matches("33.35…", 33.356)).toBe(true);
    expect(matches("33.35…", 33.4)).toBe(false);
    expect(matches('["a", "b", …]', ["a", "b", "c"])).toBe(true);
    expect(matches('["a", "b", …]', ["a", "c", "b"])).toBe(false);
    expect(matches("[3, 3]", [3, 3, 3])).toBe(false);
    expect(matches("2", 2.0001)).toBe(false);
  });
});
