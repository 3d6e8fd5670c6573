import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { program } from "../../src/cli/main.js";
import { spectensor, spectensorHere } from "./run.js";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** Commands that do something, by their full name. */
function leaves(command: Command, name: string): [string, Command][] {
  return command.commands.length === 0
    ? [[name, command]]
    : command.commands.flatMap((c) => leaves(c, `${name} ${c.name()}`));
}

function help(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (t) => (text += t) });
  command.outputHelp();
  return text;
}

const commands = await program();

describe("help", () => {
  it.each(leaves(commands, "spectensor"))(
    "%s says what it does, what each option means, and shows an example",
    (name, c) => {
      const text = help(c);
      expect(c.description().length).toBeGreaterThan(10);
      for (const option of c.options) expect(option.description.length).toBeGreaterThan(3);
      const needsInput = c.registeredArguments.length > 0 || c.options.some((o) => o.mandatory);
      if (needsInput) expect(text).toContain(`$ ${name.replace("spectensor new", "npx spectensor new")}`);
    },
  );

  it("goes to standard output with exit code 0, and names the exit codes", async () => {
    const { code, out, err } = await spectensor(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage: spectensor/);
    expect(out).toMatch(/Exit codes: 0 done/);
  });
});

describe("wrong use: exit code 2, the reason on standard error, nothing on standard output", () => {
  it.each([
    ["unknown command", ["spectrum"], /unknown command 'spectrum'/],
    ["command nearly right", ["ramam", "h2o"], /did you mean raman/i],
    ["unknown option", ["raman", "h2o", "--tempurature", "300"], /unknown option '--tempurature'[\s\S]*--temperature/],
    ["missing argument", ["raman"], /missing required argument 'series'/],
    ["missing option", ["predict", "m.json", "t.xyz"], /required option '--out <file>'/],
  ])("%s", async (_, args, message) => {
    const { code, out, err } = await spectensorHere(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
  });
});

it("info prints one JSON object about this installation", async () => {
  const version = await spectensorHere(["--version"]);
  const { code, out } = await spectensor(["info", "--json"]);
  expect(version.out.trim()).toBe(manifest.version);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    spectensor: manifest.version,
    node: process.version,
    kernels: expect.stringMatching(/^(WebAssembly SIMD|TypeScript)$/),
    cores: expect.any(Number),
  });
});
