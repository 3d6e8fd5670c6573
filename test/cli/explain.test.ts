import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { explained, inCommandLine } from "../../src/cli/explain.js";
import { program } from "../../src/cli/main.js";
import { DataError, FormatError, OptionError } from "../../src/errors.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  const row = "1 0 0 0 1 0 0 0 1\n";
  writeFileSync(at("alpha.dat"), row.repeat(200));
  const frame =
    '2\nProperties=species:S:1:pos:R:3 energy_pbe=-1.5 alpha_pbe="1 0 0 0 1 0 0 0 1" pbc="F F F"\nH 0 0 0\nH 0 0 0.7\n';
  writeFileSync(at("frames.xyz"), frame.repeat(12));
});

it.each([
  [["raman", "h20"], /no such file; did you mean the data set h2o\?/],
  [["infrared", "h20", "--temperature", "300"], /did you mean the data set h2o\?/],
  [["harmonic", "H2O."], /did you mean the data set h2o\?/],
  [["raman", "ALPHA"], /no such file; check the path/],
])("%j: the data set that may have been meant", async (args, message) => {
  const { code, err } = await spectensorHere(args);
  expect(code).toBe(1);
  expect(err).toMatch(message);
});

it("the file that may have been meant, with its folder", async () => {
  expect((await spectensorHere(["raman", at("alfa.dat")])).err).toContain(`did you mean ${at("alpha.dat")}?`);
  expect((await spectensorHere(["raman", at("xyz")])).err).toMatch(/no such file; check the path/);
});

it("a missing time step asks for --timestep, and frames without the tensor for --key, naming what they have", async () => {
  const { err } = await spectensorHere(["raman", at("alpha.dat")]);
  expect(err).toMatch(/--timestep/);
  expect(err).not.toMatch(/[`"]timestep/);
  const options = ["--options", '{"descriptor": {"cutoff": 2}}', "--out", at("m.json")];
  for (const words of [
    ["fit", "polarizability", "--method", "direct", "--train", at("frames.xyz"), ...options],
    ["fit", "polarization", "--train", at("frames.xyz"), ...options],
    ["fit", "forcefield", "--train", at("frames.xyz"), ...options],
  ]) {
    const { code, err: said } = await spectensorHere(words);
    expect(code).toBe(1);
    expect(said).toMatch(/--key/);
    expect(said).toMatch(/energy_pbe, alpha_pbe/);
    expect(said).not.toMatch(/`keys`/);
  }
});

it("where the library and the command line have one name for two things, a message means the library's", async () => {
  const raman = (await program("raman")).commands[0]!;
  const error = new FormatError({ file: "a.xyz", problem: 'give `units` or `lammpsUnits`, or units: { time: "ps" }' });
  expect(explained(error, raman)).toBe("a.xyz: give --unit or --units, or --unit time=ps");
  expect(inCommandLine('set branches: "keep", or `skipColumns`; it may have `seed`')).toBe(
    "set --no-unwrap, or --skip-columns; it may have `seed`",
  );
});

it("options are called as on the command line, the content of files as there", async () => {
  const md = (await program("md")).commands[0]!;
  const said = (error: OptionError | DataError | FormatError): string => explained(error, md);
  expect(said(new OptionError({ where: "md", problem: "timestep is -1, expected a number above 0" }))).toBe(
    "md: --timestep is -1, expected a number above 0",
  );
  expect(said(new OptionError({ where: "md", problem: "no temperature", advice: "expected a number" }))).toBe(
    "md: no --temperature; expected a number",
  );
  expect(said(new DataError({ problem: 'give "seed" and `masses`, or a smaller saveEvery' }))).toBe(
    "give --seed and --mass, or a smaller --save-every",
  );
  expect(said(new DataError({ problem: "the temperature rose to 5000 K; a fixed atom moved" }))).toBe(
    "the temperature rose to 5000 K; a fixed atom moved",
  );
  expect(said(new FormatError({ file: "saveEvery.json", problem: 'unknown name "seed", give `timestep`' }))).toBe(
    'saveEvery.json: unknown name "seed", give --timestep',
  );
});
