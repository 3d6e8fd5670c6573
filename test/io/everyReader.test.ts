/** Whatever reads frames looks at each of them, by itself or from the loaders. */
import { describe, expect, it } from "vitest";
import { loadEspresso, parseEspresso } from "../../src/io/espresso.js";
import { loadExtxyz, parseExtxyz, streamExtxyz } from "../../src/io/extxyz.js";
import { formatOf } from "../../src/io/formats.js";
import { loadLammps, parseLammps, streamLammps } from "../../src/io/lammps.js";
import { loadTrajectory, readFrames, streamFrames } from "../../src/io/load.js";
import { loadOutcar, parseOutcar, streamOutcar } from "../../src/io/outcar.js";
import { loadPhonopy, parsePhonopy } from "../../src/io/phonopy.js";
import { loadPoscar, parsePoscar } from "../../src/io/poscar.js";
import type { ReadOptions } from "../../src/io/source.js";
import { loadVasprun, parseVasprun, streamVasprun } from "../../src/io/vasprun.js";
import { loadXdatcar, parseXdatcar, streamXdatcar } from "../../src/io/xdatcar.js";
import type { Warning } from "../../src/warnings.js";
import { samples } from "./samples.js";

type Read = (input: never, options: never) => unknown;

/** Of each format its public readers, and how the second atom of its sample gets into the place of the first. */
const formats: Readonly<Record<string, readonly [RegExp, string, readonly Read[], object?]>> = {
  extxyz: [/^O 1\.125 1\.25 1\.375/m, "O 0.125 0.25 0.375", [parseExtxyz, streamExtxyz, loadExtxyz]],
  poscar: [/^ {2}0\.25\d+ {2}0\.75\d+ {2}0\.125\d+/m, "  0.5 0 0.333333333333333", [parsePoscar, loadPoscar]],
  xdatcar: [
    /^ {3}0\.99397289 .*$/m,
    "   0.45331252  0.99149845  0.66307113",
    [parseXdatcar, streamXdatcar, loadXdatcar],
  ],
  outcar: [
    /^ {6}3\.74121 {6}1\.93955 {6}1\.77982/m,
    "      2.20405      0.00660      3.58964",
    [parseOutcar, streamOutcar, loadOutcar],
  ],
  vasprun: [/0\.75000000 {7}0\.50000000 {7}0\.25000000/, "0.125 0.25 0.5", [parseVasprun, streamVasprun, loadVasprun]],
  lammps: [
    /^2 2 1\.5 2\.5 3\.5/m,
    "2 2 0.5 0.25 0.125",
    [parseLammps, streamLammps, loadLammps],
    { species: ["Si", "O"], units: "metal" },
  ],
  "pw.x": [
    /tau\( {3}2\) = \(.*\)/,
    "tau(   2) = (   0.0000000   0.0000000   0.0000000  )",
    [parseEspresso, loadEspresso],
  ],
  "phonopy.yaml": [
    /0\.500000000000000, 0\.625000000000000, 0\.750000000000000/,
    "0.125, 0.25, 0.375",
    [parsePhonopy, loadPhonopy],
  ],
};

async function drained(result: unknown): Promise<void> {
  if (result && typeof result === "object" && Symbol.asyncIterator in result)
    for await (const _ of result as AsyncIterable<unknown>);
  else await result;
}

/** What a reader says of a file with two atoms in one place. */
async function said(read: Read, text: string, options: object): Promise<string> {
  const heard: string[] = [];
  const input = read.name.startsWith("parse") ? Buffer.from(text) : [Buffer.from(text)];
  const all: ReadOptions = { ...options, onWarning: (w: Warning) => heard.push(w.problem) };
  await drained(read(input as never, all as never));
  return heard.join("\n");
}

describe.each(Object.entries(formats))("%s", (name, [from, to, readers, options = {}]) => {
  const { text } = samples[name]!;
  const doubled = text.replace(from, to);

  it.each(readers.map((read) => [read.name, read] as const))("%s tells two atoms in one place", async (_, read) => {
    expect(doubled).not.toBe(text);
    expect(await said(read, doubled, options)).toMatch(/two atoms are in one place in frame 0 \(atoms 0 .* and 1 /);
    expect(await said(read, text, options)).not.toMatch(/one place/);
  });

  it.each([readFrames, streamFrames, loadTrajectory])("a loader tells them once", async (load) => {
    const { units: lammpsUnits, ...rest } = options as { units?: "metal" };
    const found = await said(load as Read, doubled, {
      ...rest,
      ...(lammpsUnits && { lammpsUnits }),
      format: formatOf(text)!.name,
    });
    expect(found.match(/one place/g)).toHaveLength(1);
  });
});
