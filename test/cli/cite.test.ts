import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packageVersion } from "../../src/cli/version.js";
import { PAPERS } from "../../src/runner/papers.js";
import { spectensorHere } from "./run.js";

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const dois = Object.values(PAPERS).map((p) => p.doi);

describe("spectensor cite", () => {
  it("names package, version and both papers, for people, for BibTeX and as JSON", async () => {
    const { out } = await spectensorHere(["cite"]);
    expect(out).toContain(`version ${packageVersion()}`);
    for (const doi of dois) expect(out).toContain(`https://doi.org/${doi}`);
    const bibtex = (await spectensorHere(["cite", "--bibtex"])).out;
    expect(bibtex.match(/^@\w+\{\w+,$/gm)).toHaveLength(3);
    // Braces are balanced in every entry.
    for (const entry of bibtex.trim().split(/\n\n/))
      expect(entry.match(/\{/g)!.length, entry).toBe(entry.match(/\}/g)!.length);
    for (const doi of dois) expect(bibtex).toContain(`doi = {${doi}}`);
    const json = JSON.parse((await spectensorHere(["cite", "--json"])).out);
    expect(json.papers.map((p: { doi: string }) => p.doi)).toEqual(dois);
  });

  it("agrees with CITATION.cff", () => {
    const cff = parse(read("CITATION.cff")) as {
      version: string;
      references: { doi: string }[];
      "cff-version": string;
    };
    expect(cff["cff-version"]).toBe("1.2.0");
    expect(cff.version).toBe(packageVersion());
    expect(cff.references.map((r) => r.doi)).toEqual(dois);
  });
});

describe("ways in", () => {
  it("run what the repository has: its own integration script, its own commands", () => {
    const workflow = parse(read(".github/workflows/ci.yml")) as { jobs: { all: { steps: { run?: string }[] } } };
    const runs = workflow.jobs.all.steps.flatMap((s) => s.run ?? []);
    expect(runs).toEqual([".ci/run"]);
    expect(read(".ci/run")).toMatch(/^#!/);
    const container = JSON.parse(read(".devcontainer/devcontainer.json")) as { postCreateCommand: string };
    expect(container.postCreateCommand).toBe("npm ci && npx spectensor kernel install --user");
  });
});
