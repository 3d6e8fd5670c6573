/** Every reader of the package, each with a whole file to damage. */
import { readFileSync } from "node:fs";
import { loadDataset } from "../../src/dataset/load.js";
import { dataFolder, parseRegistry } from "../../src/dataset/registry.js";
import { parseRestart, restartText } from "../../src/dynamics/restart.js";
import { parseCp2kMoments } from "../../src/io/cp2kMoments.js";
import { parseEspresso } from "../../src/io/espresso.js";
import { parseExtxyz } from "../../src/io/extxyz.js";
import { parseLammps } from "../../src/io/lammps.js";
import { readFrames } from "../../src/io/load.js";
import { parseOutcar } from "../../src/io/outcar.js";
import { parseVasprun } from "../../src/io/vasprun.js";
import { parseXdatcar } from "../../src/io/xdatcar.js";
import { parseXvg } from "../../src/io/xvg.js";
import { formatModel, parseModel } from "../../src/model/file/modelFile.js";
import { type Model, modelDocument, readModel } from "../../src/model/file/models.js";
import { linearResponse } from "../../src/model/linearResponse/linearResponse.js";
import { secondOrderResponse } from "../../src/model/secondOrder/secondOrder.js";
import { fitForceField } from "../../src/model/target/forceField/forceField.js";
import { fitDelta, fitPolarizability } from "../../src/model/target/polarizability/polarizability.js";
import { fitPolarization } from "../../src/model/target/polarization/polarization.js";
import { parseMeasured } from "../../src/spectrum/measured.js";
import { samples } from "../io/samples.js";
import { nacl } from "../support/crystals.js";
import { displacedFrames, toyFrame } from "../support/toyTensors.js";

export interface Target {
  readonly name: string;
  readonly kind: "text" | "json";
  readonly text: string;
  /** A result or the promise of one. */
  readonly read: (bytes: Buffer) => unknown;
}

const quiet = { onWarning: () => {} };

/** Text formats of `samples`, measured spectra, model files of every kind, a restart file, the registry of data sets. */
export async function allTargets(): Promise<readonly Target[]> {
  return [...textTargets(), ...(await documentTargets())];
}

/** Files of other programs and versions among the cases, and their readers. */
const cases: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  "outcar-mlff/OUTCAR": (bytes) => parseOutcar(bytes, quiet),
  "outcar-12-types/OUTCAR": (bytes) => parseOutcar(bytes, { ...quiet, incomplete: "drop" }),
  "vasprun-mlff-run/vasprun.xml": (bytes) => parseVasprun(bytes, quiet),
  "vasprun-element-names/zr.xml": (bytes) => parseVasprun(bytes, { ...quiet, incomplete: "drop" }),
  "xdatcar-old/XDATCAR.52": (bytes) => parseXdatcar(bytes, quiet),
  "ipi-xyz/bohr.xyz": (bytes) => parseExtxyz(bytes, quiet),
  "lammps-cli/typelabel.lammpstrj": (bytes) => parseLammps(bytes, quiet),
  "qe-verbosity-high/pw.out": (bytes) => parseEspresso(bytes, quiet),
};
const [xvg, moments] = ["gromacs-xvg/Mtot.xvg", "cp2k-moments/moments.dat"].map((name) =>
  caseText(name).split("\n").slice(0, 40).join("\n").concat("\n"),
);

function caseText(name: string): string {
  return readFileSync(new URL(`../io/cases/${name}`, import.meta.url), "utf8");
}

function textTargets(): Target[] {
  const table = "wavenumber (cm-1),raman\n100.5,1.25\n101.5,2.5\n102.5,0.125\n";
  return [
    ...Object.entries(cases).map(([name, read]): Target => ({ name, kind: "text", text: caseText(name), read })),
    { name: "xvg", kind: "text", text: xvg!, read: (bytes) => parseXvg(bytes, quiet) },
    {
      name: "CP2K moments",
      kind: "text",
      text: moments!,
      read: (bytes) => parseCp2kMoments(bytes, { ...quiet, timestep: 1 }),
    },
    ...Object.entries(samples).map(
      ([name, { text }]): Target => ({
        name: `${name}, found out`,
        kind: "text",
        text,
        read: (bytes) => readFrames([bytes], { ...quiet, name: "file" }),
      }),
    ),
    ...Object.entries(samples).map(
      ([name, { text, parse }]): Target => ({ name, kind: "text", text, read: (bytes) => parse(bytes, quiet) }),
    ),
    { name: "table", kind: "text", text: table, read: (bytes) => parseMeasured(bytes, quiet) },
  ];
}

async function documentTargets(): Promise<Target[]> {
  const water = await loadDataset("h2o");
  const train = water.frames.filter((_, i) => i % 125 === 0);
  const descriptor = { cutoff: 3, nMax: 2, lMax: 1 };
  const lrm = await linearResponse(water.reference!, water.displaced);
  const model = (name: string, fitted: Model): Target => ({
    name: `model ${name}`,
    kind: "json",
    text: formatModel(modelDocument(fitted)),
    read: (bytes) => readModel(parseModel(bytes.toString("utf8"), name), name, fitted.kind),
  });
  const { species, positions, periodic } = train[0]!.structure;
  const state = {
    ...{ species, positions, periodic, velocities: positions.map(() => 1e-3), forces: positions.map(() => 0.5) },
    ...{ masses: Float64Array.of(16, 1, 1), energy: -14, step: 10 },
    random: [1, 2, 3, 4] as const,
  };
  return [
    model("polarizability", await fitPolarizability(train, { descriptor })),
    model("delta", await fitDelta(lrm, train, { descriptor })),
    model("polarization", await fitPolarization(train, { descriptor })),
    model("force field", await fitForceField(train, { descriptor })),
    model(
      "force field of references",
      await fitForceField(train, { descriptor, form: { kind: "sparse", references: 4, zeta: 2 } }),
    ),
    model("linear response", lrm),
    model(
      "second order",
      await secondOrderResponse(toyFrame(nacl()), displacedFrames(nacl(), 1e-3), { terms: { kind: "atoms" } }),
    ),
    {
      name: "restart",
      kind: "json",
      text: restartText({ state }),
      read: (bytes) => parseRestart(bytes.toString("utf8"), "restart"),
    },
    {
      name: "registry",
      kind: "json",
      text: readFileSync(`${dataFolder}registry.json`, "utf8"),
      read: (bytes) => parseRegistry(bytes.toString("utf8"), "registry"),
    },
  ];
}
