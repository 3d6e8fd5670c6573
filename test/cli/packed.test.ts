import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

describe("what is published", () => {
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const text = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--silent"], {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST)/i.test(name))),
  });
  const parsed = JSON.parse(text) as readonly Packed[] | Readonly<Record<string, Packed>>;
  const packed = Object.values(parsed)[0]!;
  const paths = packed.files.map((f) => f.path);

  it("has the program with its types, the kernels, the scripts of pages, the data, and what to cite", () => {
    for (const wanted of [
      ...["dist/index.js", "dist/index.d.ts", "dist/cli/main.js", "dist/types.d.ts"],
      ...["dist/page/plots.script.js", "dist/page/structures.script.js", "dist/page/links.script.js"],
      ...["data/registry.json", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff"],
    ])
      expect(paths, wanted).toContain(wanted);
    expect(paths.some((p) => p.endsWith(".wasm"))).toBe(true);
    // Every module comes with its types.
    const modules = paths.filter((p) => /^dist\/(?!wasm|page).*\.js$/.test(p));
    expect(modules.filter((p) => !paths.includes(p.replace(/\.js$/, ".d.ts")))).toEqual([]);
  });

  it("has nothing of how it is made, and no more than it has to", () => {
    expect(
      paths.filter((p) =>
        /^(src|test|notebooks|gallery|coverage|docs)\/|generate|\.test\.|\.map$|tsbuildinfo|\.tmp$/.test(p),
      ),
    ).toEqual([]);
    // Most of it is data: the twenty runs of liquid water are 4 MB, those of both phases of MAPbI₃ 3.4 MB, and no other set has as much as 1 MB.
    expect(packed.size).toBeLessThan(15e6);
    expect(packed.unpackedSize).toBeLessThan(20e6);
  });
});
