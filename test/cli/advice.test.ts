/** Every option that a message names exists: in the library for functions, in the command for a command line. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { inCommandLine } from "../../src/cli/explain.js";
import { FILE_FLAGS } from "../../src/cli/fileOptions.js";
import { program } from "../../src/cli/main.js";
import { checker, publicModule } from "../options/publicSources.js";

const root = fileURLToPath(new URL("../../src/", import.meta.url));

interface Text {
  readonly file: string;
  /** "…" stands for what is filled in. */
  readonly text: string;
}

/** String literals and templates of a file, but for module names. */
function textsOf(file: string): Text[] {
  const source = ts.createSourceFile(file, readFileSync(root + file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isImportTypeNode(node)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push({ file, text: node.text });
    if (ts.isTemplateExpression(node))
      found.push({ file, text: node.head.text + node.templateSpans.map((s) => `…${s.literal.text}`).join("") });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const texts = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !/^(wasm|page)\//.test(file))
  .flatMap(textsOf);
const sentences = texts.filter(({ text }) => /\s/.test(text.trim()));
const ofLibrary = sentences.filter(({ file }) => !/^(cli|batch|runner|display)\//.test(file));

/** Options that a sentence names as a notebook writes them: `name`, name: "value", name: { … }. */
function optionsIn(text: string): string[] {
  return [
    ...[...text.matchAll(/`([a-z][A-Za-z]*)`/g)].map(([, name]) => name!),
    ...[...text.matchAll(/(?<!\{ )(?<![-\w."])([a-z][A-Za-z]*): (?=["{[])/g)].map(([, name]) => name!),
  ];
}

function flagsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w=-])--[a-z][a-z-]*[a-z]/g)].map(([flag]) => flag);
}

/** Names of options and parameters of every public function, and what is inside of options. */
function publicOptions(): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<ts.Type>();
  const collect = (type: ts.Type, depth: number): void => {
    const given = checker.getNonNullableType(type);
    if (seen.has(given) || depth > 3) return;
    seen.add(given);
    for (const part of given.isUnion() ? given.types : [given])
      for (const property of part.getProperties()) {
        const [declaration] = property.declarations ?? [];
        if (!declaration?.getSourceFile().fileName.startsWith(root)) continue;
        names.add(property.name);
        collect(checker.getTypeOfSymbol(property), depth + 1);
      }
  };
  const walk = (module: ts.Symbol): void => {
    for (const symbol of checker.getExportsOfModule(module)) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (target.flags & ts.SymbolFlags.ValueModule) {
        if (symbol.name !== "types") walk(target);
      } else if (target.flags & ts.SymbolFlags.Value)
        for (const signature of checker.getTypeOfSymbol(target).getCallSignatures())
          for (const parameter of signature.parameters) {
            names.add(parameter.name);
            if (/options|range|state/i.test(parameter.name)) collect(checker.getTypeOfSymbol(parameter), 0);
          }
    }
  };
  walk(publicModule);
  return names;
}

/** Commands that do something, by their name without "spectensor". */
function leaves(command: Command, name = ""): [string, Command][] {
  return command.commands.length === 0
    ? [[name, command]]
    : command.commands.flatMap((c) => leaves(c, `${name} ${c.name()}`.trim()));
}
const commands = new Map(leaves(await program()));
/** The command that a sentence has named last before a flag: "fit forcefield --posterior", "spectensor fit … --train". */
function commandBefore(text: string, flag: string): Command[] {
  const words = text.slice(0, text.indexOf(flag)).match(/[a-z]+/g) ?? [];
  const last = words.reverse().find((word) => [...commands.keys()].some((name) => name.split(" ").includes(word)));
  return [...commands].flatMap(([name, c]) => (last && name.split(" ").includes(last) ? [c] : []));
}

const flagsOf = (command: Command): string[] =>
  command.options.flatMap((o) => (o.long ? [o.long] : [])).concat("--help");
const anyFlag = new Set([...commands.values()].flatMap(flagsOf).concat("--version"));

describe("in the library", () => {
  it("each option that a sentence names is one of a public function", () => {
    const known = publicOptions();
    const unknown = ofLibrary.flatMap(({ file, text }) =>
      optionsIn(text)
        .filter((name) => !known.has(name))
        .map((name) => `${file}: ${name} in "${text.slice(0, 100)}"`),
    );
    expect(unknown).toEqual([]);
    // Not in vain: the sentences that send people to another option.
    expect(ofLibrary.filter(({ text }) => optionsIn(text).length > 0).length).toBeGreaterThan(40);
  });

  it("a sentence of it that names an option as a command line writes it names the command, which has it", () => {
    const wrong = ofLibrary.flatMap(({ file, text }) =>
      flagsIn(text)
        .filter((flag) => anyFlag.has(flag) && !commandBefore(text, flag).some((c) => flagsOf(c).includes(flag)))
        .map((flag) => `${file}: ${flag} in "${text.slice(0, 100)}"`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("on the command line", () => {
  it.each([...commands])("%s: what the library says names only options that it has", (_, command) => {
    const own = new Set(flagsOf(command));
    for (const { text } of ofLibrary) {
      const told = inCommandLine(`a file: something is wrong; ${text}`, command);
      expect(
        flagsIn(told).filter((f) => !own.has(f) && !commandBefore(told, f).some((c) => flagsOf(c).includes(f))),
        told,
      ).toEqual([]);
      expect(told).toMatch(/^a file: something is wrong/);
    }
  });

  it("a command that reads files has every option that says how, and is told of it", () => {
    const reading = [...commands].filter(([, c]) => flagsOf(c).includes("--incomplete"));
    expect(reading.map(([name]) => name.split(" ")[0])).toEqual(
      expect.arrayContaining(["raman", "infrared", "harmonic", "fit", "predict", "evaluate", "md", "select", "check"]),
    );
    for (const [name, command] of reading) {
      expect(flagsOf(command), name).toEqual(expect.arrayContaining(Object.values(FILE_FLAGS)));
      expect(inCommandLine('x: cut; get it again, or read it with incomplete: "drop"', command)).toBe(
        "x: cut; get it again, or read it with --incomplete drop",
      );
    }
  });

  it.each([...commands])("%s: its examples have only its options", (name, command) => {
    let help = "";
    command.configureOutput({ writeOut: (t) => (help += t) }).outputHelp();
    if (name === "lab") return; // the rest of its line is for JupyterLab
    for (const [, line] of help.matchAll(/\$ spectensor (.*)/g)) {
      const words = line!.split(/ (?=--? |\|)/)[0]!;
      const [called] = [...commands]
        .filter(([other]) => words.startsWith(other))
        .sort(([a], [b]) => b.length - a.length);
      expect(called, `${name}: ${line}`).toBeDefined();
      expect(
        flagsIn(words).filter((flag) => !flagsOf(called![1]).includes(flag)),
        line,
      ).toEqual([]);
    }
  });

  it("sentences of a command's own file name its options; those of shared files options that exist", () => {
    const foreign = /^batch\/slurm\.ts$|^cli\/(lab|findJupyter|projectFiles|projectNotebook)\.ts$/; // other programs' options too
    const wrong = sentences
      .filter(({ file, text }) => /^(cli|batch)\//.test(file) && !foreign.test(file) && !text.includes("$ spectensor"))
      .flatMap(({ file, text }) => {
        const names = texts.filter((t) => t.file === file).map((t) => t.text);
        const made = [...commands].filter(
          ([name]) => names.includes(name.split(" ").pop()!) && file.startsWith("cli/"),
        );
        const own = made.length > 0 ? new Set(made.flatMap(([, c]) => flagsOf(c))) : anyFlag;
        return flagsIn(text)
          .filter((f) => !own.has(f) && !commandBefore(text, f).some((c) => flagsOf(c).includes(f)))
          .map((flag) => `${file}: ${flag} in "${text.slice(0, 100)}"`);
      });
    expect(wrong).toEqual([]);
  });
});
