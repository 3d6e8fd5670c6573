// water-md-ml.mjs [MOLECULES…]: data/water-md-ml. A force field, a model of ε∞ and a polarization model, all learned from the first-principles
// frames of data/water; NVE runs of 64 molecules from snapshots of a Langevin run at 298.2 K; polarization, its rate and polarizability along
// them. Runs of 32 and of 16 molecules tell what the size of the cell does to structure and diffusion.
//
// Needs the built package (npm run build). Kill it at any moment and start it again; two of these share the runs between them. Models, start,
// runs and series of single runs wait in the work folder ($SPECTENSOR_WORK/water-md-ml, default work/ here); remove that folder to begin
// anew. Seeds are fixed: the same frames in data/water give the same bits.
import { join } from "node:path";
import { columns, currentSpectra, energyBook, foldersOf, keeper, log, nveRuns, overRuns, spectensor, symmetric, table, version, whole } from "./learned.mjs";

const { data, work } = foldersOf("water-md-ml");
const { kept, model } = keeper(work);
const { evaluateForceField, evaluatePolarizability, evaluatePolarization, fitForceField, fitPolarizability, fitPolarization, infrared, loadDataset, loadTrajectory, predictPolarizability, predictPolarization, readFrames, ...spaces } = spectensor;
const { meanSquaredDisplacement, radialDistribution, vibrationalDensity } = spaces.dynamics;
const { polarizabilityOfDielectric } = spaces.series;
const { resample } = spaces.spectra;

/** @typedef {import("#built/index.js").Frame} Frame */
/** @typedef {import("#built/index.js").Trajectory} Trajectory */
/** @typedef {import("#built/index.js").TensorSeries} TensorSeries */
/** @typedef {{ temperature: number, drift: number, fluctuation: number, diffusion: number, rdf: Record<string, number[]> }} Structure of a run */
/** @typedef {Structure & { polarization: number[], current: number[], alpha: number[], parts: Record<string, number[]>, density: Record<string, number[]> }} RunSeries */

const COMMON = { temperature: 298.2, timestep: 0.5, friction: 10, equilibration: 12_000, between: 1500 };
/** Molecules of a cell: its runs. Frames of 64 are kept every 2.5 fs, which resolves 6700 cm⁻¹. */
const ENSEMBLES = {
  64: { ...COMMON, runs: 20, steps: 30_000, saveEvery: 5, seed: 20261127 },
  32: { ...COMMON, runs: 8, steps: 20_000, saveEvery: 40, seed: 20261128 },
  16: { ...COMMON, runs: 8, steps: 20_000, saveEvery: 40, seed: 20261129 },
};
/** Of the tables of g(r): Å. */
const RDF = { cutoff: 6.2, bins: 124 };
const PAIRS = /** @type {const} */ ([["O", "O"], ["O", "H"], ["H", "H"]]);
/** Lags between which the mean squared displacement of oxygen is taken to be a line, fs. */
const DIFFUSIVE = [1000, 4000];
/** Of the tables of spectra: cm⁻¹. */
const AXIS = Float64Array.from({ length: 901 }, (_, k) => 5 * k);
const BROADENING = /** @type {const} */ ({ kind: "gaussian", width: 20 });

const water = await loadDataset("water");
const learnFrom = [...(water.parts.selected ?? []), ...(water.parts.training ?? [])];
const { training = [], testing = [] } = water.parts;
/** @param {readonly Frame[]} frames @returns {Frame[]} */
const bornOnly = (frames) => frames.map(({ structure, bornCharges }) => ({ structure, ...(bornCharges && { bornCharges }) }));
/** Shorter and coarser than the default: 56 against 51 meV/Å on frames of another run, for two thirds of the time. */
const descriptor = { cutoff: 4.5, nMax: 6, lMax: 3 };
const ridge = { kind: /** @type {const} */ ("validation"), values: [1e-9, 1e-8, 1e-7, 1e-6, 1e-5] };

const forceField = await model("forceField", "ff.json", () => fitForceField(learnFrom, { descriptor, ridge }));
const dielectric = await model("polarizability", "dielectric.json", () => fitPolarizability(training, { quantity: "dielectric" }));
const polarization = await model("polarization", "polarization.json", () => fitPolarization(bornOnly(training), { ridge }));
const errors = await kept("errors.json", async () => {
  const field = await evaluateForceField(forceField, testing);
  const { r2, rmse } = await evaluatePolarizability(dielectric, testing);
  const { bornCharges } = await evaluatePolarization(polarization, bornOnly(testing));
  return { tested: testing.length, field, dielectric: { r2, rmse }, bornCharges };
});

/** Configurations of solids/classical_water.py, one for each size: where the learned runs start. */
const starts = await readFrames(join(data, "start.xyz.gz"));

/** Structure and diffusion. @param {Trajectory} trajectory @param {readonly Frame[]} recorded @param {number} stride @returns {Structure} */
function structureOf(trajectory, recorded, stride) {
  const { lag, value, species } = meanSquaredDisplacement(trajectory);
  const oxygen = value[species.indexOf("O")];
  const [from, to] = DIFFUSIVE.map((t) => lag.findIndex((l) => l >= t));
  return {
    ...energyBook(trajectory, recorded),
    diffusion: (oxygen[to] - oxygen[from]) / (6 * (lag[to] - lag[from])) * 1000,
    rdf: Object.fromEntries(PAIRS.map((pair) => [pair.join(""), [...radialDistribution(trajectory, pair, { ...RDF, stride }).value]])),
  };
}

/** α n on the axis of the tables. @param {TensorSeries} current */
const spectrumOf = (current) => resample(infrared(current, { temperature: COMMON.temperature, verlet: COMMON.timestep, broadening: BROADENING }), AXIS).intensities.absorption.values;

/** Everything kept of a run of 64 molecules. @param {string} file @returns {Promise<RunSeries>} */
async function seriesOf(file) {
  const trajectory = await loadTrajectory(file);
  const recorded = await readFrames(file);
  const { polarization: p, current, bornCharges } = await predictPolarization(polarization, trajectory, { workers: 1 });
  if (!current) throw new TypeError("a run without velocities");
  const alpha = polarizabilityOfDielectric(await predictPolarizability(dielectric, trajectory, { workers: 1 }));
  const density = resample(vibrationalDensity(trajectory), AXIS).intensities;
  return {
    ...structureOf(trajectory, recorded, 20),
    polarization: [...p.values], current: [...current.values], alpha: [...alpha.values],
    parts: currentSpectra(polarization, trajectory, { current, bornCharges, labels: trajectory.species.map((_, i) => `${Math.floor(i / 3)}`) }, spectrumOf),
    density: Object.fromEntries(Object.entries(density).map(([name, { values }]) => [name, [...values]])),
  };
}

/** Of a run. @param {16 | 32 | 64} molecules @param {string} file */
const keep = async (molecules, file) => (molecules === 64 ? seriesOf(file) : structureOf(await loadTrajectory(file), await readFrames(file), 2));

const wanted = process.argv.slice(2).map(Number);
const sizes = /** @type {(16 | 32 | 64)[]} */ ([64, 32, 16]).filter((m) => wanted.length === 0 || wanted.includes(m));
/** @type {Record<number, () => Structure[]>} */
const finished = {};
for (const molecules of /** @type {const} */ ([64, 32, 16])) {
  const start = starts.find((f) => f.structure.species.length === 3 * molecules);
  if (!start) throw new TypeError(`start.xyz.gz has no cell of ${molecules} molecules`);
  const runs = nveRuns(work, String(molecules), ENSEMBLES[molecules]);
  if (sizes.includes(molecules)) await runs.make(start.structure, forceField, (file) => keep(molecules, file));
  finished[molecules] = runs.finished;
}
// Another process may have ended runs of the first sizes meanwhile.
/** @type {Record<number, Structure[]>} */
const all = Object.fromEntries(Object.entries(finished).map(([molecules, of]) => [molecules, of()]));
const series = /** @type {RunSeries[]} */ (all[64]);
if (series.length < 2) {
  log("too few runs for data/water-md-ml yet");
  process.exit(0);
}
const { steps, saveEvery, timestep } = ENSEMBLES[64];
const rows = steps / saveEvery + 1;
const about = `${series.length} runs of ${rows} rows, ${saveEvery * timestep} fs apart, one after the other`;
whole(join(data, "polarization.dat.gz"), columns(["polarization of the cell, e·Å: x y z", about], series.map((s) => s.polarization), 3, 4));
whole(join(data, "current.dat.gz"), columns(["rate of the polarization, Σ Z*·v, e·Å/fs: x y z", about], series.map((s) => s.current), 3, 5));
whole(
  join(data, "polarizability.dat.gz"),
  columns(
    ["polarizability, Å³: xx yy zz xy yz zx", about],
    series.map((s) => symmetric(s.alpha)), 6, 3,
  ),
);
/** @param {"parts" | "density"} what */
const spectraTable = (what) => table({ wavenumber: AXIS, ...Object.assign({}, ...Object.keys(series[0][what]).map((name) => overRuns(name, series.map((s) => s[what][name])))) }, 5);
whole(join(data, "parts.csv.gz"), spectraTable("parts"));
whole(join(data, "density.csv.gz"), spectraTable("density"));
const distance = Float64Array.from({ length: RDF.bins }, (_, b) => ((b + 0.5) * RDF.cutoff) / RDF.bins);
for (const [molecules, runs] of Object.entries(all)) {
  if (runs.length < 2) continue;
  whole(join(data, `rdf-${molecules}.csv.gz`), table({ distance, ...Object.assign({}, ...PAIRS.map((p) => overRuns(p.join(""), runs.map((r) => r.rdf[p.join("")])))) }, 5));
  const scalars = /** @type {const} */ (["temperature", "drift", "fluctuation", "diffusion"]);
  whole(join(data, `runs-${molecules}.csv.gz`), table(Object.fromEntries(scalars.map((s) => [s, runs.map((r) => r[s])])), 6));
}
whole(
  join(data, "run.json"),
  `${JSON.stringify(
    { training: { selected: water.parts.selected?.length ?? 0, training: training.length }, ensembles: ENSEMBLES, runs: Object.fromEntries(Object.entries(all).map(([m, r]) => [m, r.length])),
      rowsPerRun: rows, rdf: RDF, diffusiveLags_fs: DIFFUSIVE, broadening: BROADENING, errorsOnAnotherRun: errors, spectensor: version }, null, 1)}\n`,
);
log("done: data/water-md-ml");
