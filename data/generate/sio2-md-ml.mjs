// sio2-md-ml.mjs: the series of data/sio2-md-ml. A force field, a Δ-ML model of ε∞ and a polarization model, all learned from the PBE frames of
// data/sio2; 300 K NVE runs from snapshots of a Langevin run; polarizability and polarization along them.
//
// Needs the built package (npm run build). Kill it at any moment and start it again: models, runs and series of single runs wait in the work
// folder ($SPECTENSOR_WORK/sio2-md-ml, default work/ here); remove that folder to begin anew. Seeds are fixed: the same frames in data/sio2
// give the same bits.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const data = join(here, "../sio2-md-ml");
const work = join(process.env.SPECTENSOR_WORK ?? join(here, "work"), "sio2-md-ml");
if (!existsSync(join(here, "../../dist/index.js"))) {
  console.error("the package is not built: npm run build");
  process.exit(1);
}
const { evaluateForceField, evaluatePolarizability, evaluatePolarization, fitDelta, fitForceField, fitPolarization, forceFieldPotential, linearResponse, loadDataset, loadModel, loadTrajectory, md, predictPolarizability, predictPolarization, readFrames, saveModel, ...spaces } =
  await import("#built/index.js");
const { energyDrift, mdEnsembleToFiles } = spaces.dynamics;
const { polarizabilityOfDielectric } = spaces.series;
const { mean, standardDeviation } = spaces.statistics;

/** @typedef {{ alpha: number[], p: number[], temperature: number, drift: number }} RunSeries what is kept of a run */

/** Lengths of the runs: 1 fs steps, every eighth kept. */
const RUNS = { temperature: 300, runs: 30, steps: 7999, timestep: 1, saveEvery: 8, equilibration: 5000, between: 1000, seed: 20261121 };
const ROWS = 1000;

/** @param {string} text */
const log = (text) => console.log(`${new Date().toTimeString().slice(0, 8)} ${text}`);
/** @param {string} path @param {string | Uint8Array} content */
const whole = (path, content) => {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
};
/**
 * What `make` gives, kept as JSON in the work folder.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} make
 * @returns {Promise<T>}
 */
const kept = async (name, make) => {
  const path = join(work, name);
  if (!existsSync(path)) whole(path, JSON.stringify(await make()));
  return JSON.parse(readFileSync(path, "utf8"));
};
/**
 * The model that `fit` gives, kept in the work folder.
 * @template {"forceField" | "polarizability" | "polarization"} K
 * @param {K} kind
 * @param {string} name
 * @param {() => Promise<import("#built/index.js").types.Models[K]>} fit
 */
const model = async (kind, name, fit) => {
  const path = join(work, name);
  if (!existsSync(path)) {
    log(`fits ${name}`);
    const fitted = await fit();
    await saveModel(`${path}.part`, fitted);
    renameSync(`${path}.part`, path);
  }
  return loadModel(path, kind);
};

/** A number that mdEnsembleToFiles writes with every frame. @param {import("#built/index.js").Frame} frame @param {string} name */
const recordedNumber = (frame, name) => {
  const value = name === "energy" ? frame.energy : frame.info?.[name];
  if (typeof value !== "number") throw new TypeError(`a frame without ${name}`);
  return value;
};

mkdirSync(work, { recursive: true });
mkdirSync(data, { recursive: true });
const quartz = await loadDataset("sio2");
const { reference } = quartz;
if (!reference) throw new TypeError("data/sio2 has no reference");
const frames = quartz.frames.filter((f) => f.forces);
const others = [...quartz.displaced, ...(quartz.parts.selected ?? [])];
const lrm = await linearResponse(reference, quartz.displaced, { quantity: "dielectric" });

const forceField = await model("forceField", "ff.json", () => fitForceField([...frames, ...others]));
const delta = await model("polarizability", "delta.json", () => fitDelta(lrm, frames));
const polarization = await model("polarization", "polarization.json", () => fitPolarization([...frames, ...others]));

const errors = await kept("errors.json", async () => {
  // Errors on the last fifth in time, by models of the frames before it.
  const split = Math.floor(0.8 * frames.length);
  const [early, late] = [frames.slice(0, split), frames.slice(split)];
  const field = await evaluateForceField(await fitForceField([...early, ...others]), late);
  const { r2, rmse } = await evaluatePolarizability(await fitDelta(lrm, early), late);
  const { bornCharges } = await evaluatePolarization(await fitPolarization([...early, ...others]), late);
  return { training: early.length + others.length, tested: late.length, field, dielectric: { r2, rmse }, bornCharges };
});

const start = reference.structure;
const quench = await kept("minimum.json", async () => {
  const { state } = await md(start, forceFieldPotential(forceField), { ensemble: { kind: "nvt", temperature: 0, friction: 20 }, steps: 3000 });
  return { positions: [...state.positions], force: Math.max(...state.forces.map(Math.abs)) };
});
const minimum = { ...start, positions: Float64Array.from(quench.positions) };
log(`minimum: space group ${spaces.structure.symmetry(minimum, 0.01).symbol}, largest force ${quench.force.toExponential(1)} eV/Å`);

log("runs");
const files = await mdEnsembleToFiles(minimum, forceField, { ...RUNS, workers: 1, trajectory: join(work, "nve.xyz.gz"), begin: "resume" });
/** @type {RunSeries[]} */
const series = [];
for (const [k, file] of files.runs.entries()) {
  series.push(
    await kept(`series-${k}.json`, async () => {
      const trajectory = await loadTrajectory(file);
      const alpha = polarizabilityOfDielectric(await predictPolarizability(delta, trajectory));
      const { polarization: p } = await predictPolarization(polarization, trajectory);
      const recorded = await readFrames(file);
      const run = {
        trajectory,
        potentialEnergy: Float64Array.from(recorded, (f) => recordedNumber(f, "energy")),
        kineticEnergy: Float64Array.from(recorded, (f) => recordedNumber(f, "kinetic_energy")),
      };
      log(`series of run ${k + 1} of ${files.runs.length}`);
      return {
        alpha: [...alpha.values],
        p: [...p.values],
        temperature: mean(recorded.map((f) => recordedNumber(f, "temperature"))),
        drift: energyDrift(run).drift,
      };
    }),
  );
}

/**
 * Rows of numbers with four decimals, the runs one after the other.
 * @param {string} header
 * @param {number} width of a row in the values
 * @param {readonly number[]} picked
 * @param {(run: RunSeries) => readonly number[]} values
 */
function columns(header, width, picked, values) {
  const lines = [`# ${header}`, `# ${series.length} runs of ${ROWS} rows, ${RUNS.saveEvery * RUNS.timestep} fs apart, one after the other`];
  for (const run of series)
    for (let row = 0; row < ROWS; row++) lines.push(picked.map((c) => values(run)[row * width + c].toFixed(4)).join(" "));
  return gzipSync(`${lines.join("\n")}\n`, { level: 9 });
}
whole(join(data, "polarizability.dat.gz"), columns("polarizability, Å³: xx yy zz xy yz zx", 9, [0, 4, 8, 1, 5, 2], (run) => run.alpha));
whole(join(data, "polarization.dat.gz"), columns("polarization of the cell, e·Å: x y z", 3, [0, 1, 2], (run) => run.p));
await spaces.io.writeExtxyz(join(data, "minimum.xyz.gz"), [{ structure: minimum, info: { largest_force: quench.force } }]);
whole(
  join(data, "run.json"),
  `${JSON.stringify(
    {
      training: { trajectory: frames.length, displaced: quartz.displaced.length, selected: quartz.parts.selected?.length ?? 0 },
      runs: RUNS,
      rowsPerRun: ROWS,
      meanTemperature_K: mean(series.map((s) => s.temperature)),
      spreadOfTemperatures_K: standardDeviation(series.map((s) => s.temperature)),
      largestDrift_meV_per_atom_ps: Math.max(...series.map((s) => Math.abs(s.drift))),
      errorsOnLaterFrames: errors,
      spectensor: JSON.parse(readFileSync(join(here, "../../package.json"), "utf8")).version,
    },
    null,
    1,
  )}\n`,
);
log("done: data/sio2-md-ml");
