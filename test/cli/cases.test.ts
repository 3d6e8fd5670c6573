/**
 * Files people have, as their commands read them. Every file in test/io/cases has its entry here, and with it the value that is
 * right; each comes from a report of a wrong spectrum or an unusable message.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { loadDataset } from "../../src/dataset/load.js";
import { parseRegistry } from "../../src/dataset/registry.js";
import { parseRestart } from "../../src/dynamics/restart.js";
import { writeExtxyz } from "../../src/io/extxyzWrite.js";
import { readFrames } from "../../src/io/load.js";
import { loadModel, saveModel } from "../../src/model/file/models.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { spectensorHere, temporaryFolder } from "./run.js";

const root = fileURLToPath(new URL("../io/cases/", import.meta.url));
const folder = temporaryFolder();
const model = join(folder, "h2o.json");

beforeAll(async () => {
  const { reference, displaced } = await loadDataset("h2o");
  await saveModel(model, await linearResponse(reference!, displaced));
});

/** Runs a command on a case; file names are taken relative to the cases. */
async function run(file: string, command: string, ...rest: string[]) {
  const [name = "", ...before] = command.split(" ");
  return spectensorHere([name, ...before, root + file, ...rest]);
}

interface Spectrum {
  readonly frames: number;
  readonly runs?: number;
  readonly timestep: number;
  readonly peaks: readonly { readonly position: number; readonly height: number }[];
}

/** Positions and heights of the peaks of a spectrum, and the whole of what the command printed as JSON. */
async function spectrum(file: string, command: string, ...rest: string[]) {
  const { code, out, err } = await run(file, command, ...rest, "--out", "json");
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  const result = JSON.parse(out) as Spectrum;
  return { ...result, err };
}

const infrared = (file: string, ...rest: string[]) => spectrum(file, "infrared", "--temperature", "300", ...rest);
const positions = ({ peaks }: { peaks: readonly { position: number }[] }) => peaks.map((p) => p.position);

async function refused(message: RegExp, file: string, command: string, ...rest: string[]): Promise<void> {
  const { code, out, err } = await run(file, command, ...rest);
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(message);
}

/** The frames that `predict` writes, and what it said. */
async function predicted(file: string, ...rest: string[]) {
  const out = join(folder, `${file.replace(/\W/g, "-")}.extxyz`);
  const { code, err } = await spectensorHere(["predict", model, root + file, ...rest, "--out", out]);
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  return { frames: await readFrames(out, { onWarning: () => {} }), err };
}

/** What `check` reports. */
async function checked(file: string, ...rest: string[]) {
  const { code, out } = await run(file, "check", "--json", ...rest);
  return { code, ...JSON.parse(out) };
}

const frameOf = async (file: string, options = {}) =>
  (await readFrames(root + file, { onWarning: () => {}, ...options }))[0]!;
/** Lines of a dipole of 0.1 e·Å at 1000 and 0.05 at 3000 cm⁻¹, 1 fs apart; the heights are those of right.csv. */
async function twoLines(file: string, ...rest: string[]) {
  const [found, right] = [await infrared(file, ...rest), await infrared("columns-header-units/right.csv")];
  expect(found.peaks.length).toBe(2);
  found.peaks.forEach((peak, k) => {
    // Half a bin of the padded transform of 4000 samples is 2 cm⁻¹.
    expect(Math.abs(peak.position - [1000, 3000][k]!)).toBeLessThan(2.1);
    // The files have six or seven decimals of a debye, or of e·Å.
    expect(peak.height / right.peaks[k]!.height).toBeCloseTo(1, 3);
  });
}

const nacl = { species: ["Na", "Cl"], positions: [0, 0, 0, 2, 2, 2], cell: [4, 0, 0, 0, 4, 0, 0, 0, 4] };
async function isNacl(file: string, options = {}) {
  const { structure } = await frameOf(file, options);
  expect(structure.species).toEqual(nacl.species);
  expect([...structure.positions]).toEqual(nacl.positions);
  expect([...structure.cell!]).toEqual(nacl.cell);
}

const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  "cli-incomplete/OUTCAR": async () => {
    await refused(/did not run to its end; .*--incomplete drop/, "cli-incomplete/OUTCAR", "raman");
    const { frames, err } = await spectrum("cli-incomplete/OUTCAR", "raman", "--incomplete", "drop");
    expect(frames).toBe(5);
    expect(err).toMatch(/what follows 5 whole frames is left out/);
  },
  "cli-incomplete/md.xyz": async () => {
    await refused(
      /may have been cut; .*--incomplete drop/,
      "cli-incomplete/md.xyz",
      "infrared",
      "--temperature",
      "300",
    );
    const { frames, timestep } = await infrared("cli-incomplete/md.xyz", "--incomplete", "drop");
    expect([frames, timestep]).toEqual([7, 1]);
  },
  "columns-gap/gap.csv": async () => {
    for (const given of [[], ["--timestep", "1"]])
      await refused(
        /row 1000 is 51 fs after row 999, expected 1 fs/,
        "columns-gap/gap.csv",
        "infrared",
        "--temperature",
        "300",
        ...given,
      );
    const { runs, frames, peaks } = await infrared("columns-gap/gap.csv", "--segments");
    expect([runs, frames, peaks.length]).toEqual([2, 1000, 1]);
    // A bin of 1000 samples padded to 16384 is 2 cm⁻¹.
    expect(Math.abs(peaks[0]!.position - 1000)).toBeLessThan(2.1);
  },
  "columns-gap/overlap.csv": async () => {
    for (const given of [[], ["--timestep", "1"]])
      await refused(
        /row 1000 is -499 fs after row 999, expected 1 fs/,
        "columns-gap/overlap.csv",
        "infrared",
        "--temperature",
        "300",
        ...given,
      );
    const { runs, frames, peaks } = await infrared("columns-gap/overlap.csv", "--segments");
    expect([runs, frames, peaks.length]).toEqual([2, 1000, 1]);
    expect(Math.abs(peaks[0]!.position - 1000)).toBeLessThan(2.1);
  },
  "columns-header-units/right.csv": () => twoLines("columns-header-units/right.csv"),
  "columns-header-units/time-ps.csv": () => twoLines("columns-header-units/time-ps.csv"),
  "columns-header-units/t_ps.dat": () => twoLines("columns-header-units/t_ps.dat"),
  "columns-header-units/debye.csv": () => twoLines("columns-header-units/debye.csv"),
  "cp2k-moments/moments.dat": async () => {
    const [first] = positions(await infrared("cp2k-moments/moments.dat", "--timestep", "1"));
    // 600 samples.
    expect(Math.abs(first! - 1000)).toBeLessThan(10);
  },
  "extxyz-double-colon/train.xyz": async () => {
    const { quantities } = await checked("extxyz-double-colon/train.xyz", "--key", "bec=mtt::born_charges");
    expect(quantities).toContain("bornCharges");
    const { bornCharges } = await frameOf("extxyz-double-colon/train.xyz", {
      keys: { bornCharges: "mtt::born_charges" },
    });
    expect([...bornCharges!.subarray(0, 9)]).toEqual([1.1, 0, 0, 0, 1.2, 0, 0, 0, 1.3]);
  },
  "extxyz-nan/magmoms.xyz": async () => {
    const { warnings, errors } = await checked("extxyz-nan/magmoms.xyz");
    expect(errors).toEqual([]);
    expect(warnings.join()).toMatch(/magmoms is not finite and left out/);
  },
  "extxyz-nan/comment.xyz": () =>
    refused(
      /dipole is nan in frame 0/,
      "extxyz-nan/comment.xyz",
      "infrared",
      "--temperature",
      "300",
      "--timestep",
      "1",
    ),
  "gpumd-out/dipole.out": () => twoLines("gpumd-out/dipole.out", "--timestep", "1"),
  "gpumd-out/polarizability.out": async () => {
    for (const skip of [[], ["--skip-columns", "1"]])
      for (const [k, x] of positions(
        await spectrum("gpumd-out/polarizability.out", "raman", "--timestep", "1", ...skip),
      ).entries())
        expect(Math.abs(x - [1000, 3000][k]!)).toBeLessThan(2.5);
  },
  "gromacs-xvg/Mtot.xvg": () => twoLines("gromacs-xvg/Mtot.xvg"),
  "ipi-xyz/angstrom.xyz": () => isWaterInBox("ipi-xyz/angstrom.xyz"),
  "ipi-xyz/bohr.xyz": () => isWaterInBox("ipi-xyz/bohr.xyz"),
  "lammps-cli/types.lammpstrj": async () => {
    await refusedPrediction(/--species/, "lammps-cli/types.lammpstrj", "--timestep", "5");
    await isPredicted("lammps-cli/types.lammpstrj", "--species", "O,H");
  },
  "lammps-cli/velocities.lammpstrj": async () => {
    await refusedPrediction(/--units/, "lammps-cli/velocities.lammpstrj", "--timestep", "5");
    await isPredicted("lammps-cli/velocities.lammpstrj", "--units", "metal");
  },
  "lammps-cli/typelabel.lammpstrj": () => isPredicted("lammps-cli/typelabel.lammpstrj"),
  "outcar-12-types/OUTCAR": async () => {
    const { structure, energy } = await frameOf("outcar-12-types/OUTCAR");
    expect(structure.species).toEqual("Cr Mn Fe Co Ni Cu Zn Y Zr Nb Mo Rh".split(" "));
    expect(energy).toBe(-50);
  },
  "outcar-mlff/OUTCAR": async () => {
    const { frames, timestepFs, warnings } = await checked("outcar-mlff/OUTCAR");
    expect([frames, timestepFs]).toEqual([4, 2]);
    expect(warnings.join()).toMatch(/2 of 4 frames are predictions .*--labels ab-initio/);
    const computed = await checked("outcar-mlff/OUTCAR", "--labels", "ab-initio");
    expect([computed.frames, computed.timestepFs]).toEqual([2, 4]);
    expect((await frameOf("outcar-mlff/OUTCAR")).energy).toBe(-7.5);
  },
  "outcar-nwrite0/OUTCAR": async () => {
    const { structure, energy, dielectric } = await frameOf("outcar-nwrite0/OUTCAR");
    expect([structure.species, energy, [...dielectric!]]).toEqual([
      ["Na", "Cl"],
      -7.5,
      [2.5, 0, 0, 0, 2.6, 0, 0, 0, 2.7],
    ]);
  },
  "outcar-touching-dielectric/OUTCAR": async () => {
    const { dielectric } = await frameOf("outcar-touching-dielectric/OUTCAR");
    expect([...dielectric!]).toEqual([13210.5, -16020.25, 2.5, -7200.125, 22010.75, -3, 2.25, -5, 1100.5]);
  },
  "phonopy-files/POSCAR": () => springLine("FORCE_SETS"),
  "phonopy-files/FORCE_SETS": () => springLine("FORCE_SETS"),
  "phonopy-files/FORCE_SETS.type2": () => springLine("FORCE_SETS.type2"),
  "phonopy-files/BORN": async () => {
    const modes = await springLine("FORCE_SETS", "--born", `${root}phonopy-files/BORN`);
    // Z* = ±1.1 e of reduced mass 13.946 u: three times the intensity of one direction, 1.1² e²/μ × 974.864 km/mol/(e²/u).
    for (const { infrared: intensity } of modes.slice(3)) expect(intensity!).toBeCloseTo((1.21 / 13.9462) * 974.864, 1);
  },
  "polarization-branch/berry.xyz": async () => {
    const [found, smooth] = [
      await infrared("polarization-branch/berry.xyz"),
      await infrared("polarization-branch/smooth.xyz"),
    ];
    expect(found.err).toMatch(/jumps by whole quanta .* 90 times \(first at frame 7\).*--no-unwrap/);
    expect(found.peaks.length).toBe(1);
    expect(Math.abs(found.peaks[0]!.position - 1000)).toBeLessThan(2.1);
    // The file has five decimals.
    expect(found.peaks[0]!.height / smooth.peaks[0]!.height).toBeCloseTo(1, 4);
    expect((await infrared("polarization-branch/berry.xyz", "--no-unwrap")).peaks.length).toBeGreaterThan(3);
  },
  "polarization-branch/smooth.xyz": async () => {
    const { peaks, err } = await infrared("polarization-branch/smooth.xyz");
    expect(peaks.length).toBe(1);
    expect(err).not.toMatch(/quanta/);
  },
  "poscar-hand-edited/POSCAR.scale-comment": () => isNacl("poscar-hand-edited/POSCAR.scale-comment"),
  "poscar-hand-edited/POSCAR.lattice-comment": () => isNacl("poscar-hand-edited/POSCAR.lattice-comment"),
  "poscar-hand-edited/POSCAR.no-newline": () => isNacl("poscar-hand-edited/POSCAR.no-newline"),
  "poscar-hand-edited/POSCAR.vasp4": async () => {
    expect((await checked("poscar-hand-edited/POSCAR.vasp4")).errors.join()).toMatch(/--species Si,O/);
    expect((await checked("poscar-hand-edited/POSCAR.vasp4", "--species", "Na,Cl")).species).toEqual(["Na", "Cl"]);
    await isNacl("poscar-hand-edited/POSCAR.vasp4", { species: ["Na", "Cl"] });
  },
  "qe-verbosity-high/pw.out": async () => {
    const { structure, energy, forces } = await frameOf("qe-verbosity-high/pw.out");
    const right = [0.05609, 0, 0, 2.80464, 2.80464, 2.80464];
    structure.positions.forEach((x, k) => {
      expect(x).toBeCloseTo(right[k]!, 5);
    });
    expect(energy).toBeCloseTo(-1707.51449, 4);
    expect(forces![0]).toBeCloseTo(-0.25711, 5);
  },
  "text-encoding/bom.xyz": async () => expect((await checked("text-encoding/bom.xyz")).species).toEqual(["Na", "Cl"]),
  "text-encoding/bom-vasprun.xml": async () =>
    expect((await checked("text-encoding/bom-vasprun.xml")).species).toEqual(["Na", "Cl"]),
  "text-encoding/utf16.xyz": async () => {
    const { code, errors } = await checked("text-encoding/utf16.xyz");
    expect(code).toBe(2);
    expect(errors.join()).toMatch(/UTF-16.*iconv/);
  },
  "vasprun-element-names/zr.xml": async () =>
    expect((await checked("vasprun-element-names/zr.xml")).species).toEqual(["Zr", "O"]),
  "vasprun-element-names/xe.xml": async () =>
    expect((await checked("vasprun-element-names/xe.xml")).species).toEqual(["Xe", "F"]),
  "vasprun-mlff-run/vasprun.xml": async () => {
    const frames = await readFrames(`${root}vasprun-mlff-run/vasprun.xml`);
    expect(frames.map((f) => [f.time, f.energy])).toEqual(
      [0, 2, 4, 6].map((t, k) => [t, Number((-7 - k / 10).toFixed(1))]),
    );
    expect(frames[3]!.structure.positions[0]).toBeCloseTo(0.03, 12);
  },
  "xdatcar-old/XDATCAR.52": async () => {
    const frames = await readFrames(`${root}xdatcar-old/XDATCAR.52`);
    expect(frames.map((f) => f.structure.positions[0])).toEqual([0.4, 0.8]);
  },
  "xdatcar-old/XDATCAR.46": async () => {
    const { errors } = await checked("xdatcar-old/XDATCAR.46");
    expect(errors.join()).toMatch(/VASP 4: it holds neither the cell nor the species; put the first seven lines/);
    // The advice works.
    const head = readFileSync(`${root}xdatcar-old/XDATCAR.52`, "utf8").split("\n").slice(0, 7);
    const body = readFileSync(`${root}xdatcar-old/XDATCAR.46`, "utf8").split("\n").slice(5);
    const mended = join(folder, "XDATCAR");
    writeFileSync(mended, [...head, ...body].join("\n"));
    expect((await readFrames(mended)).map((f) => f.structure.positions[0])).toEqual([0, 0.4, 0.8]);
  },
  "faults/escape.xyz": () => isToldPlainly("faults/escape.xyz", /:4: a control character \(byte 27\)/),
  "faults/escape.poscar": () => isToldPlainly("faults/escape.poscar", /:6: a control character \(byte 27\)/),
  "faults/poscar-dot-value": async () =>
    expect((await checked("faults/poscar-dot-value")).errors.join()).toMatch(
      /expected a number for a position, found "\."/,
    ),
};

/** Whatever a file holds, a terminal shows it and does nothing else with it. */
async function isToldPlainly(file: string, message: RegExp): Promise<void> {
  const { code, out } = await run(file, "check");
  expect(code).toBe(2);
  expect(out).toMatch(message);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
}

async function isWaterInBox(file: string): Promise<void> {
  const { frames } = await predicted(file, "--timestep", "1");
  const { structure, polarizability } = frames[0]!;
  expect(structure.positions[3]).toBeCloseTo(0.96, 5);
  [10, 0, 0, 0, 10, 0, 0, 0, 10].forEach((x, k) => {
    expect(structure.cell![k]).toBeCloseTo(x, 4);
  });
  // 2.42 Å³ where bohr was taken for Å.
  expect(polarizability![0]).toBeCloseTo(1.5, 1);
}

async function refusedPrediction(message: RegExp, file: string, ...rest: string[]): Promise<void> {
  const { code, err } = await spectensorHere([
    "predict",
    model,
    root + file,
    ...rest,
    "--out",
    join(folder, "none.xyz"),
  ]);
  expect(code).toBe(1);
  expect(err).toMatch(message);
}

async function isPredicted(file: string, ...rest: string[]): Promise<void> {
  const { frames } = await predicted(file, "--timestep", "5", ...rest);
  expect(frames[0]!.structure.species).toEqual(["O", "H", "H"]);
  expect(frames.map((f) => f.time)).toEqual(frames.map((_, k) => 5 * k));
  expect(frames[0]!.polarizability![0]).toBeCloseTo(1.5, 1);
}

async function springLine(sets: string, ...rest: string[]) {
  const { code, out } = await run(
    "phonopy-files/POSCAR",
    "harmonic",
    "--force-sets",
    `${root}phonopy-files/${sets}`,
    ...rest,
    "--json",
  );
  expect(code).toBe(0);
  const modes = JSON.parse(out).modes as { wavenumber: number; infrared?: number }[];
  for (const { wavenumber } of modes.slice(3)) expect(wavenumber).toBeCloseTo(312.24, 1);
  return modes;
}

describe("a file people have", () => {
  it.each(Object.entries(cases))(
    "%s",
    async (_, holds) => {
      await holds();
    },
    60_000,
  );

  it("has an entry above, or is one of those that every reader goes through", () => {
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
      .filter((name) => !/^faults\/(silent|fuzz)\//.test(name));
    expect(files.sort()).toEqual(Object.keys(cases).sort());
  });

  const published = fileURLToPath(new URL("../../../shared/cases/", import.meta.url));
  it.skipIf(!existsSync(published))("is here as it was reported", () => {
    for (const entry of readdirSync(published, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name === "README") continue;
      const name = join(entry.parentPath, entry.name);
      const here = root + name.slice(published.length);
      const bytes = existsSync(here) ? readFileSync(here) : gunzipSync(readFileSync(`${here}.gz`));
      expect(bytes.equals(readFileSync(name)), here).toBe(true);
    }
  });
});

describe("documents that a fuzz run broke", () => {
  const documents = readdirSync(`${root}faults/fuzz`).filter((name) => name.endsWith(".json.gz"));
  it.each(documents)("%s ends in an error of ours, of moderate length, or finite numbers", async (name) => {
    const path = `${root}faults/fuzz/${name}`;
    const text = gunzipSync(readFileSync(path)).toString("utf8");
    try {
      const found = name.startsWith("registry")
        ? parseRegistry(text, name)
        : name.startsWith("restart")
          ? parseRestart(text, name)
          : await loadModel(path);
      expect(JSON.stringify(found)).not.toMatch(/NaN|Infinity/);
    } catch (cause) {
      expect((cause as Error).name).toMatch(/^(Format|Data|Option|Shape|Unit)Error$/);
      expect((cause as Error).message.length).toBeLessThan(1500);
    }
  });
});

it("predict keeps the times that it read", async () => {
  const { frames } = await loadDataset("h2o");
  const odd = join(folder, "odd.xyz");
  const times = [0, 2, 4, 7, 100];
  await writeExtxyz(
    odd,
    times.map((time, k) => ({ structure: frames[k]!.structure, time })),
  );
  const out = join(folder, "predicted.xyz");
  expect((await spectensorHere(["predict", model, odd, "--out", out])).code).toBe(0);
  expect((await readFrames(out, { onWarning: () => {} })).map((f) => f.time)).toEqual(times);
});
