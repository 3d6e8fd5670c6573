/** Measured spectra as programs and data bases write them, given to `--compare`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { explained } from "../../src/cli/explain.js";
import { program } from "../../src/cli/main.js";
import { FormatError } from "../../src/errors.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const folder = temporaryFolder();
const points = Array.from({ length: 1800 }, (_, k) => 400 + 2 * k);
const line = (x: number) => (1 / (1 + ((x - 1600) / 10) ** 2)).toFixed(5);
const rows = points.map((x) => `${x}.00, ${line(x)}\n`).join("");
const jcamp = (form: string, data: string, end = "##END=\n") =>
  `##TITLE=t\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n##XFACTOR=1\n##YFACTOR=1\n##FIRSTX=400\n##LASTX=3998\n##NPOINTS=1800\n${form}\n${data}${end}`;

async function compared(text: string, ...rest: string[]) {
  const file = join(folder, "measured.txt");
  writeFileSync(file, text);
  const args = ["infrared", "h2o", "--temperature", "300", "--compare", file, "--peaks", "--json", ...rest];
  const { code, out, err } = await spectensorHere(args);
  const measured = code === 0 ? (JSON.parse(out).rows as { measured?: number }[]).flatMap((r) => r.measured ?? []) : [];
  return { code, err, measured };
}

/** The one line is at 1600 cm⁻¹, on a grid of 2 cm⁻¹. */
const near = [expect.closeTo(1600, 0)];

it("RRUFF's text is in wavenumbers", async () => {
  const { measured } = await compared(`##NAMES=Quartz\n##RRUFFID=R040031\n##URL=rruff.info/R040031\n${rows}##END=\n`);
  expect(measured).toEqual(near);
});

it("two columns without names ask for --abscissa, which says it", async () => {
  const { code, err } = await compared(rows);
  expect(code).toBe(2);
  expect(err).toMatch(/does not say the unit of its abscissa; say it, e\.g\. --abscissa cm-1/);
  expect((await compared(rows, "--abscissa", "cm-1")).measured).toEqual(near);
});

it("pairs may be called XYDATA, and ##END= may be missing behind whole data", async () => {
  expect((await compared(jcamp("##XYDATA=(XY..XY)", rows))).measured).toEqual(near);
  const { measured, err } = await compared(jcamp("##XYPOINTS=(XY..XY)", rows, ""));
  expect(measured).toEqual(near);
  expect(err).toMatch(/##END= is missing .* whole by ##NPOINTS=/);
  const cut = await compared(jcamp("##XYPOINTS=(XY..XY)", rows.slice(0, rows.indexOf("2000.00")), ""));
  expect(cut.code).toBe(1);
  expect(cut.err).toMatch(/800 points, ##NPOINTS= is 1800; the data are damaged or cut off\s*$/);
});

it("of several spectra --block chooses", async () => {
  const two = jcamp("##XYPOINTS=(XY..XY)", rows).repeat(2);
  expect((await compared(two)).err).toMatch(/2 spectra in one file; choose with --block/);
  expect((await compared(two, "--block", "1")).measured).toEqual(near);
});

it("orders of components are advised as they are typed", async () => {
  const raman = (await program("raman")).commands[0]!;
  const advice = 'say which, e.g. components: "xx yy zz xy yz zx" or "xx yy zz yz xz xy"';
  expect(explained(new FormatError({ file: "a", problem: "six components", advice }), raman)).toMatch(
    /--components "xx yy zz xy yz zx" or --components "xx yy zz yz xz xy"$/,
  );
});
