// learned.mjs: what the generators of learned dynamics share: results that wait in the work folder until all are there, files that appear
// whole. Needs the built package (npm run build).
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

export const here = dirname(fileURLToPath(import.meta.url));
if (!existsSync(join(here, "../../dist/index.js"))) {
  console.error("the package is not built: npm run build");
  process.exit(1);
}
/** The package as it is built. */
export const spectensor = await import("#built/index.js");

/** @typedef {import("#built/index.js").TensorSeries} Series */

/** @param {string} text */
export const log = (text) => console.log(`${new Date().toTimeString().slice(0, 8)} ${text}`);

/** @param {string} path @param {string | Uint8Array} content */
export function whole(path, content) {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

/** Folders of a set, made where they are missing. @param {string} id */
export function foldersOf(id) {
  const data = join(here, "..", id);
  const work = join(process.env.SPECTENSOR_WORK ?? join(here, "work"), id);
  mkdirSync(data, { recursive: true });
  mkdirSync(work, { recursive: true });
  return { data, work };
}

/** What a set's generator keeps in its work folder. @param {string} work */
export function keeper(work) {
  return {
    /**
     * What `make` gives, kept as JSON.
     * @template T
     * @param {string} name
     * @param {() => Promise<T>} make
     * @returns {Promise<T>}
     */
    async kept(name, make) {
      const path = join(work, name);
      if (!existsSync(path)) whole(path, JSON.stringify(await make()));
      return JSON.parse(readFileSync(path, "utf8"));
    },
    /**
     * The model that `fit` gives.
     * @template {"forceField" | "polarizability" | "polarization"} K
     * @param {K} kind
     * @param {string} name
     * @param {() => Promise<import("#built/index.js").types.Models[K]>} fit
     */
    async model(kind, name, fit) {
      const path = join(work, name);
      if (!existsSync(path)) {
        log(`fits ${name}`);
        await spectensor.saveModel(`${path}.part`, await fit());
        renameSync(`${path}.part`, path);
      }
      return spectensor.loadModel(path, kind);
    },
  };
}

/** A number that md writes with every frame. @param {import("#built/index.js").Frame} frame @param {string} name */
function recordedNumber(frame, name) {
  const value = name === "energy" ? frame.energy : frame.info?.[name];
  if (typeof value !== "number") throw new TypeError(`a frame without ${name}`);
  return value;
}

/**
 * How hot a run was and how well it kept its energy.
 * @param {import("#built/index.js").Trajectory} trajectory
 * @param {readonly import("#built/index.js").Frame[]} recorded its frames
 */
export function energyBook(trajectory, recorded) {
  const { drift, fluctuation } = spectensor.dynamics.energyDrift({
    trajectory,
    potentialEnergy: Float64Array.from(recorded, (f) => recordedNumber(f, "energy")),
    kineticEnergy: Float64Array.from(recorded, (f) => recordedNumber(f, "kinetic_energy")),
  });
  return { temperature: spectensor.statistics.mean(recorded.map((f) => recordedNumber(f, "temperature"))), drift, fluctuation };
}

/**
 * Rows of numbers, the runs one after the other, gzipped.
 * @param {readonly string[]} comments
 * @param {readonly (readonly number[])[]} runs row-major
 * @param {number} width
 * @param {number} digits after the point
 */
export function columns(comments, runs, width, digits) {
  const lines = comments.map((c) => `# ${c}`);
  for (const values of runs)
    for (let row = 0; row < values.length; row += width)
      lines.push(
        values
          .slice(row, row + width)
          .map((v) => v.toFixed(digits))
          .join(" "),
      );
  return gzipSync(`${lines.join("\n")}\n`, { level: 9 });
}

/** xx yy zz xy yz zx of row-major tensors. @param {readonly number[]} tensors [n, 3, 3] */
export function symmetric(tensors) {
  const picked = [0, 4, 8, 1, 5, 2];
  return Array.from({ length: (tensors.length / 9) * 6 }, (_, k) => tensors[9 * Math.floor(k / 6) + picked[k % 6]]);
}

/** A table with one header row, gzipped. @param {Record<string, ArrayLike<number>>} named columns @param {number} digits significant ones */
export function table(named, digits) {
  const names = Object.keys(named);
  const all = Object.values(named);
  const rows = Array.from(all[0], (_, k) => all.map((c) => String(Number(c[k].toPrecision(digits)))).join(","));
  return gzipSync(`${[names.join(","), ...rows].join("\n")}\n`, { level: 9 });
}

/** @typedef {{ temperature: number, friction: number, timestep: number, equilibration: number, between: number, runs: number, steps: number, saveEvery: number, seed: number }} Ensemble */

/**
 * NVE runs from snapshots of a Langevin run, and what is kept of each. Two processes share the runs.
 * @param {string} work folder @param {string} name @param {Ensemble} settings
 */
export function nveRuns(work, name, settings) {
  const { temperature, friction, timestep, equilibration, between, runs, steps, saveEvery, seed } = settings;
  const seriesPath = (/** @type {number} */ run) => join(work, `series-${name}-${run}.json`);
  const runPath = (/** @type {number} */ run) => join(work, `nve-${name}-${run}.xyz`);
  const there = () => Array.from({ length: runs }, (_, k) => k).filter((k) => existsSync(seriesPath(k)));
  /** @param {string} file @returns {"resume" | "new"} */
  const begin = (file) => (existsSync(`${file}.restart.json`) ? "resume" : "new");

  /** @param {import("#built/index.js").Structure} start @param {ReturnType<typeof spectensor.forceFieldPotential>} potential */
  async function snapshots(start, potential) {
    const file = join(work, `nvt-${name}.xyz`);
    const last = equilibration + (runs - 1) * between;
    // Another process may be at it.
    while (!existsSync(file) || (await spectensor.readFrames(file)).length <= last / between)
      if (claimed(`${file}.claim`))
        await spectensor.dynamics.mdToFile(start, potential, {
          ensemble: { kind: "nvt", temperature, friction }, timestep, steps: last, seed, saveEvery: between, trajectory: file, begin: begin(file),
        });
      else await sleep(2000);
    return (await spectensor.readFrames(file)).slice(equilibration / between);
  }

  return {
    /**
     * Makes the runs, those that another process is at left out.
     * @template T
     * @param {import("#built/index.js").Structure} start
     * @param {import("#built/index.js").types.Models["forceField"]} forceField
     * @param {(file: string) => Promise<T>} keep what is kept of a run
     */
    async make(start, forceField, keep) {
      const potential = spectensor.forceFieldPotential(forceField);
      const from = await snapshots(start, potential);
      for (let k = 0; k < runs; k++) {
        const [file, path] = [runPath(k), seriesPath(k)];
        if (existsSync(path) || !claimed(`${path}.claim`)) continue;
        await spectensor.dynamics.mdToFile(from[k].structure, potential, { ensemble: { kind: "nve" }, velocities: atRest(from[k]), timestep, steps, saveEvery, trajectory: file, begin: begin(file) });
        log(`${name}, run ${k + 1} of ${runs}: series`);
        whole(path, JSON.stringify(await keep(file)));
        // The trajectory has given what is kept of it.
        rmSync(file, { force: true });
        log(`${name}, run ${k + 1} of ${runs}`);
      }
    },
    /** What was kept of the runs that are there. */
    finished() {
      return there().map((k) => JSON.parse(readFileSync(seriesPath(k), "utf8")));
    },
    /** Their last positions, [n, 3], Å. */
    ends() {
      return there().map((k) => spectensor.dynamics.readRestart(`${runPath(k)}.restart.json`).state.positions);
    },
  };
}

/** Velocities without the motion of the cell as a whole. @param {import("#built/index.js").Frame} frame */
function atRest({ structure, velocities }) {
  if (!velocities) throw new TypeError("a snapshot without velocities");
  const masses = spectensor.structure.atomicMasses(structure.species);
  const total = masses.reduce((s, m) => s + m, 0);
  const drift = [0, 1, 2].map((c) => masses.reduce((s, m, i) => s + m * velocities[3 * i + c], 0) / total);
  return velocities.map((v, p) => v - drift[p % 3]);
}

/** Whether nobody else who is still alive is at something; it is ours then. @param {string} path of the claim */
function claimed(path) {
  const owner = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
  try {
    if (owner && owner !== process.pid && process.kill(owner, 0)) return false;
  } catch {
    // The process is gone.
  }
  writeFileSync(path, String(process.pid));
  return true;
}

/**
 * Spectra of the parts of a current: what fixed charges of the species carry (ionic), the rest (electronic), and the sum of the spectra of
 * the groups of atoms that bear the same label, which leaves out what the groups do together.
 * @param {import("#built/index.js").types.Models["polarization"]} model whose fixed charges these are
 * @param {import("#built/index.js").Trajectory} trajectory
 * @param {{ current: Series, bornCharges: Series, labels: string[] }} along the trajectory, labels one per atom
 * @param {(current: Series) => Float64Array} spectrum
 */
export function currentSpectra(model, trajectory, { current, bornCharges, labels }, spectrum) {
  const charges = new Float64Array(9 * trajectory.species.length);
  trajectory.species.forEach((symbol, i) => {
    for (let c = 0; c < 3; c++) charges[9 * i + 4 * c] = model.constants[model.descriptor.options.species.indexOf(symbol)];
  });
  const ionic = spectensor.series.bornCurrent({ ...bornCharges, values: charges }, trajectory);
  const electronic = { ...current, values: current.values.map((v, k) => v - ionic.values[k]) };
  const groups = Object.values(spectensor.spectra.currentParts(bornCharges, trajectory, { kind: "labels", labels })).map(spectrum);
  const total = spectrum(current);
  return { total: [...total], ionic: [...spectrum(ionic)], electronic: [...spectrum(electronic)], molecules: [...total].map((_, k) => groups.reduce((s, m) => s + m[k], 0)) };
}

/** Mean over runs and its standard error, columns of a table. @param {string} name @param {readonly (readonly number[])[]} runs */
export function overRuns(name, runs) {
  const at = [...runs[0]].map((_, k) => runs.map((r) => r[k]));
  return { [name]: at.map((v) => spectensor.statistics.mean(v)), [`${name}_error`]: at.map((v) => spectensor.statistics.standardDeviation(v) / Math.sqrt(runs.length)) };
}

/** Temperatures and drift of a set of runs. @param {readonly { temperature: number, drift: number }[]} runs */
export function energySummary(runs) {
  const { mean, standardDeviation } = spectensor.statistics;
  return {
    meanTemperature_K: mean(runs.map((s) => s.temperature)),
    spreadOfTemperatures_K: standardDeviation(runs.map((s) => s.temperature)),
    largestDrift_meV_per_atom_ps: Math.max(...runs.map((s) => Math.abs(s.drift))),
  };
}

/** Version of the package. */
export const version = JSON.parse(readFileSync(join(here, "../../package.json"), "utf8")).version;
