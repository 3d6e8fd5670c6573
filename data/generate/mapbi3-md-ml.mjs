// mapbi3-md-ml.mjs [PHASES…]: data/mapbi3-md-ml-orthorhombic and -tetragonal. A force field and a polarization model, both learned from the
// first-principles frames of data/mapbi3; NVE runs of a supercell of each phase from snapshots of a Langevin run; polarization and its rate
// along them, and how long the molecules keep their direction. Fewer runs of half the cell tell whether the size matters.
//
// Needs the built package (npm run build). Kill it at any moment and start it again; two of these share the runs between them. Models, runs and
// series of single runs wait in the work folder ($SPECTENSOR_WORK/mapbi3-md-ml, default work/ here); remove that folder to begin anew.
// Seeds are fixed: the same frames in data/mapbi3 give the same bits.
import { join } from "node:path";
import { ions, modesOfIon } from "./methylammonium.mjs";
import { tiltsKept } from "./tilts.mjs";
import { columns, currentSpectra, energyBook, foldersOf, keeper, log, nveRuns, overRuns, spectensor, table, version, whole } from "./learned.mjs";

const { work } = foldersOf("mapbi3-md-ml");
const { kept, model } = keeper(work);
const { evaluateForceField, evaluatePolarization, fitForceField, fitPolarization, infrared, loadDataset, loadTrajectory, predictPolarization, readFrames, ...spaces } = spectensor;
const { orientationCorrelation, vibrationalDensity } = spaces.dynamics;
const { currentParts, moleculeModeSpectrum, resample } = spaces.spectra;
const { supercell } = spaces.structure;

/** @typedef {import("#built/index.js").Frame} Frame */
/** @typedef {"orthorhombic" | "tetragonal"} Phase */
/** @typedef {{ temperature: number, drift: number, fluctuation: number, polarization: number[], current: number[], parts: Record<string, number[]>, density: Record<string, number[]>, modes: Record<string, number[]>, orientation: Record<string, number[]> }} RunSeries */

const COMMON = { timestep: 0.5, friction: 10, equilibration: 12_000, between: 2000, runs: 20, steps: 20_000, saveEvery: 5 };
/** Copies of the cell of 48 atoms: 17 × 25 × 18 and 18 × 18 × 25 Å; of the small cells those that make the edges as equal as they get. */
const PHASES = /** @type {const} */ ({
  orthorhombic: { temperature: 107, seed: 20261130, copies: [2, 2, 2], small: [2, 1, 2] },
  tetragonal: { temperature: 228, seed: 20261131, copies: [2, 2, 2], small: [2, 2, 1] },
});
/** Runs of the small cells. */
const SMALL = 6;
/** Of the tables of spectra: cm⁻¹. */
const AXIS = Float64Array.from({ length: 901 }, (_, k) => 4 * k);
const BROADENING = /** @type {const} */ ({ kind: "gaussian", width: 8 });
/** Frames between rows of the table of orientations, and their number. */
const ORIENTATION = { every: 20, rows: 101 };

const set = await loadDataset("mapbi3");
const { selected = [], training = [], testing = [] } = set.parts;
if (!training.some((f) => f.bornCharges)) {
  log("data/mapbi3 has no Born charges yet, see its README");
  process.exit(1);
}
const learnFrom = [...selected, ...training];
/** @param {readonly Frame[]} frames @returns {Frame[]} */
const bornOnly = (frames) => frames.map(({ structure, bornCharges }) => ({ structure, ...(bornCharges && { bornCharges }) }));
const ridge = { kind: /** @type {const} */ ("fixed"), value: 1e-6 };
const forceField = await model("forceField", "ff.json", () => fitForceField(learnFrom, { descriptor: { cutoff: 5, nMax: 6, lMax: 3 }, compress: { lost: 1e-3 }, ridge }));
const polarization = await model("polarization", "polarization.json", () => fitPolarization(bornOnly(training), { descriptor: { cutoff: 5, nMax: 6, lMax: 3 }, compress: { lost: 1e-3 }, ridge }));
const errors = await kept("errors.json", async () => ({
  tested: testing.length,
  ...(testing.length > 0 && { field: await evaluateForceField(forceField, testing), bornCharges: (await evaluatePolarization(polarization, bornOnly(testing))).bornCharges }),
}));

/** Of a spectrum on AXIS over the paper's range as it is before the shift of 1.5 %, cm⁻². @param {readonly number[]} values */
const areaOf = (values) => 4 * values.reduce((sum, v, k) => (AXIS[k] >= 850 / 0.985 && AXIS[k] <= 1650 / 0.985 ? sum + v : sum), 0);

/** @param {Frame} frame */
const phaseOf = (frame) => frame.info?.phase;

/** CH₃ or NH₃ of every atom of a molecule, "cage" of the others. @param {import("#built/index.js").Structure} s @returns {string[]} */
function fragments(s) {
  const near = spaces.structure.neighborList(s, 1.5);
  const named = { C: "CH₃", N: "NH₃" };
  return s.species.map((symbol, i) => {
    const around = Array.from(near.index.subarray(near.first[i], near.first[i + 1]), (j) => s.species[j]);
    const carrier = symbol === "H" ? around.find((other) => other in named) : symbol;
    return named[/** @type {keyof typeof named} */ (carrier)] ?? "cage";
  });
}

/** Everything kept of a run. @param {number} temperature @param {Awaited<ReturnType<typeof modesOfIon>>} ion @param {string} file @returns {Promise<RunSeries>} */
async function seriesOf(temperature, { modes, names }, file) {
  const trajectory = await loadTrajectory(file);
  const { polarization: p, current, bornCharges } = await predictPolarization(polarization, trajectory, { workers: 1 });
  if (!current) throw new TypeError("a run without velocities");
  const labels = new Array(trajectory.species.length).fill("cage");
  const recorded = await readFrames(file);
  ions(recorded[0].structure).forEach((atoms, k) => {
    for (const i of atoms) labels[i] = `ion ${k}`;
  });
  /** @param {import("#built/index.js").TensorSeries} c */
  const spectrum = (c) => resample(infrared(c, { temperature, verlet: COMMON.timestep, broadening: BROADENING }), AXIS).intensities.absorption.values;
  const ends = currentParts(bornCharges, trajectory, { kind: "labels", labels: fragments(recorded[0].structure) });
  const numbers = (/** @type {import("#built/index.js").Spectrum} */ s) => Object.fromEntries(Object.entries(resample(s, AXIS).intensities).map(([name, { values }]) => [name, [...values]]));
  const { density: _, ...byMode } = numbers(moleculeModeSpectrum(modes, trajectory, ions(recorded[0].structure), { grouping: { kind: "labels", labels: names } }));
  const { first: dipole, second } = orientationCorrelation(trajectory, ["C", "N"], { maxLag: ORIENTATION.every * (ORIENTATION.rows - 1) });
  const thinned = (/** @type {Float64Array} */ c) => [...c].filter((_, k) => k % ORIENTATION.every === 0);
  return {
    ...energyBook(trajectory, recorded),
    polarization: [...p.values],
    current: [...current.values],
    parts: {
      ...currentSpectra(polarization, trajectory, { current, bornCharges, labels }, spectrum),
      ...Object.fromEntries(Object.entries(ends).map(([name, c]) => [name, [...spectrum(c)]])),
    },
    density: numbers(vibrationalDensity(trajectory)),
    modes: byMode,
    orientation: { first: thinned(dipole), second: thinned(second) },
  };
}

const spacing = COMMON.saveEvery * COMMON.timestep;
const rows = COMMON.steps / COMMON.saveEvery + 1;
for (const phase of /** @type {Phase[]} */ (Object.keys(PHASES))) {
  const { copies, small, ...own } = PHASES[phase];
  const settings = { ...COMMON, ...own };
  const { data } = foldersOf(`mapbi3-md-ml-${phase}`);
  const runs = nveRuns(work, phase, settings);
  const smallRuns = nveRuns(work, `${phase}-small`, { ...settings, runs: SMALL });
  const start = selected.find((f) => phaseOf(f) === phase);
  if (!start) throw new TypeError(`data/mapbi3 has no selected frame of the ${phase} phase`);
  const cell = supercell(start.structure, copies);
  const potential = spectensor.forceFieldPotential(forceField);
  if (process.argv.length < 3 || process.argv.includes(phase)) {
    const ion = await modesOfIon(start.structure, potential);
    const keep = (/** @type {string} */ file) => seriesOf(settings.temperature, ion, file);
    await runs.make(cell, forceField, keep);
    await smallRuns.make(supercell(start.structure, small), forceField, keep);
  }
  /** @type {RunSeries[]} */
  const series = runs.finished();
  if (series.length < 2) {
    log(`too few runs for data/mapbi3-md-ml-${phase} yet`);
    continue;
  }
  const about = `${series.length} runs of ${rows} rows, ${spacing} fs apart, one after the other`;
  whole(join(data, "polarization.dat.gz"), columns(["polarization of the cell, e·Å: x y z", about], series.map((s) => s.polarization), 3, 4));
  whole(join(data, "current.dat.gz"), columns(["rate of the polarization, Σ Z*·v, e·Å/fs: x y z", about], series.map((s) => s.current), 3, 5));
  /** @param {"parts" | "density" | "modes" | "orientation"} what @param {RunSeries[]} of */
  const means = (what, of = series) => Object.assign({}, ...Object.keys(of[0][what]).map((name) => overRuns(name, of.map((s) => s[what][name]))));
  const lag = Float64Array.from({ length: ORIENTATION.rows }, (_, k) => k * ORIENTATION.every * spacing);
  whole(join(data, "parts.csv.gz"), table({ wavenumber: AXIS, ...means("parts") }, 5));
  whole(join(data, "density.csv.gz"), table({ wavenumber: AXIS, ...means("density") }, 5));
  whole(join(data, "modes.csv.gz"), table({ wavenumber: AXIS, ...means("modes") }, 5));
  whole(join(data, "orientation.csv.gz"), table({ lag, ...means("orientation") }, 5));
  const scalars = /** @type {const} */ (["temperature", "drift", "fluctuation"]);
  const { structure: minimum } = await spaces.dynamics.relax(start.structure, potential, { maxForce: 0.005 });
  /** @param {RunSeries[]} of @param {ReturnType<typeof nveRuns>} among @param {readonly [number, number, number]} repeats */
  const ledger = (of, among, repeats) => {
    const tilts = among.ends().map((end) => tiltsKept(supercell(minimum, repeats), end));
    return table({ ...Object.fromEntries(scalars.map((s) => [s, of.map((r) => r[s])])), tilts, area: of.map(({ parts }) => areaOf(parts.total)) }, 6);
  };
  whole(join(data, "runs.csv.gz"), ledger(series, runs, copies));
  /** @type {RunSeries[]} */
  const ofSmall = smallRuns.finished();
  if (ofSmall.length > 1) {
    whole(join(data, "parts-small.csv.gz"), table({ wavenumber: AXIS, ...means("parts", ofSmall) }, 5));
    whole(join(data, "orientation-small.csv.gz"), table({ lag, ...means("orientation", ofSmall) }, 5));
    whole(join(data, "runs-small.csv.gz"), ledger(ofSmall, smallRuns, small));
  }
  await spaces.io.writeExtxyz(join(data, "start.xyz.gz"), [{ structure: cell }]);
  whole(
    join(data, "run.json"),
    `${JSON.stringify(
      {
        training: { selected: selected.length, training: training.length },
        atoms: cell.species.length,
        small: { atoms: small.reduce((n, c) => n * c, start.structure.species.length), runs: ofSmall.length },
        runs: { ...settings, runs: series.length, wanted: settings.runs },
        rowsPerRun: rows,
        broadening: BROADENING,
        errorsOnAnotherRun: errors,
        spectensor: version,
      },
      null,
      1,
    )}\n`,
  );
  log(`done: data/mapbi3-md-ml-${phase}`);
}
