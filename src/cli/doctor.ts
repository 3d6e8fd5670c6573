import { Command } from "commander";
import { verifyDatasets } from "../dataset/files.js";
import { loadDataset } from "../dataset/load.js";
import { createDescriptor, descriptorWith } from "../descriptor/descriptor.js";
import { featuresOf } from "../descriptor/evaluate.js";
import { referenceEngine } from "../descriptor/referenceEngine.js";
import { SpectensorError } from "../errors.js";
import { findTslab } from "../runner/tslab.js";
import { displacedForces } from "../spectrum/displacedForces.js";
import { forceConstants } from "../spectrum/forceConstants.js";
import { normalModes } from "../spectrum/phonons.js";
import { createStructure } from "../structure/structure.js";
import { loadKernels } from "../wasm/load.js";
import { interruptSignal, print, printJson } from "./output.js";
import { packageVersion } from "./version.js";

/** One thing that was looked at. */
interface Check {
  readonly name: string;
  readonly state: "ok" | "warning" | "error";
  /** What was found, and what to do where it is not well. */
  readonly detail: string;
}

/** Highest vibration of the embedded water molecule, cm⁻¹, from its embedded first-principles forces. */
const waterStretch = 3802.14;

/** `spectensor doctor` */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("look at the installation: Node.js, kernels, data, the notebook kernel, and a known answer")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExit codes: 0 all is well, 1 something optional is missing, 2 something is broken.")
    .action(async (flags: { json?: boolean }) => {
      const signal = interruptSignal();
      const checks: Check[] = [];
      for (const [name, look] of Object.entries(examinations)) checks.push({ name, ...(await looked(look, signal)) });
      const worst = checks.some((c) => c.state === "error") ? 2 : checks.some((c) => c.state === "warning") ? 1 : 0;
      if (flags.json) printJson({ version: packageVersion(), ok: worst === 0, checks });
      else {
        for (const { name, state, detail } of checks) print(`${name.padEnd(16)}  ${state.padEnd(7)}  ${detail}`);
        print(["all is well", "usable; see the warnings", "not usable as it is; see the errors"][worst]!);
      }
      process.exitCode = worst;
    });
}

type Examination = (signal: AbortSignal) => Omit<Check, "name"> | Promise<Omit<Check, "name">>;

async function looked(look: Examination, signal: AbortSignal): Promise<Omit<Check, "name">> {
  try {
    return await look(signal);
  } catch (error) {
    if (!(error instanceof SpectensorError) || error.name === "AbortedError") throw error;
    return { state: "error", detail: error.message };
  }
}

const examinations: Readonly<Record<string, Examination>> = {
  "Node.js": () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const enough = major > 20 || (major === 20 && minor >= 19);
    return {
      state: enough ? "ok" : "error",
      detail: `${process.version}${enough ? "" : "; 20.19 or newer is needed"}`,
    };
  },
  "WebAssembly SIMD": () => {
    const here = ["linalg", "descriptor"].every((name) => loadKernels(name) !== undefined);
    return here
      ? { state: "ok", detail: "both kernels load" }
      : { state: "warning", detail: "not on this machine; everything works, several times slower" };
  },
  "kernels agree": () => {
    const difference = kernelDifference();
    return {
      state: difference < 1e-12 ? "ok" : "error",
      detail: `WebAssembly and TypeScript differ by ${difference.toExponential(1)}${difference < 1e-12 ? "" : "; install the package again"}`,
    };
  },
  data: async (signal) => {
    const states = (await verifyDatasets({ signal })).filter((s) => s.state !== "not fetched");
    const damaged = states.filter((s) => s.state === "damaged");
    return damaged.length === 0
      ? { state: "ok", detail: `${states.length} files have their SHA-256` }
      : { state: "error", detail: damaged.map((s) => s.problem).join("; ") };
  },
  "known answer": async (signal) => {
    const { reference, displaced } = await loadDataset("h2o", { signal });
    const { wavenumbers } = normalModes(forceConstants(reference!.structure, displacedForces(reference!, displaced)));
    const found = wavenumbers[wavenumbers.length - 1]!;
    const right = Math.abs(found - waterStretch) < 0.01;
    return {
      state: right ? "ok" : "error",
      detail: `stretch of water at ${found.toFixed(2)} cm⁻¹${right ? "" : `, expected ${waterStretch}; install the package again`}`,
    };
  },
  "notebook kernel": () => {
    try {
      findTslab(process.cwd());
      return { state: "ok", detail: "tslab is found from here" };
    } catch (error) {
      if (!(error instanceof SpectensorError)) throw error;
      return { state: "warning", detail: `${error.message} (only notebooks need it)` };
    }
  },
};

/** Largest relative difference between features of a bent molecule from the kernels and from plain TypeScript. */
function kernelDifference(): number {
  const options = { species: ["H", "O"], cutoff: 4, nMax: 4, lMax: 3 };
  const molecule = createStructure({
    species: ["O", "H", "H"],
    positions: [
      [0, 0, 0],
      [0.96, 0.01, 0],
      [-0.24, 0.93, 0.02],
    ],
  });
  let largest = 0;
  for (const order of [0, 1, 2] as const) {
    const [a, b] = [createDescriptor(options), descriptorWith(options, () => referenceEngine)].map(
      (d) => featuresOf(d, molecule, order).values,
    ) as [Float64Array, Float64Array];
    const scale = b.reduce((m, x) => Math.max(m, Math.abs(x)), 1e-300);
    b.forEach((x, k) => {
      largest = Math.max(largest, Math.abs(x - a[k]!) / scale);
    });
  }
  return largest;
}
