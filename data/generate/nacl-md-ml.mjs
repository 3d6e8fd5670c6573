// nacl-md-ml.mjs: the series of data/nacl-md-ml-8, -64 and -216: rock salt in three cells, by one force field and one model of ε∞, both learned from
// the PBE frames of data/nacl (8 atoms) and data/nacl-64. 300 K NVE runs from snapshots of a Langevin run; polarizability along them.
//
// Needs the built package (npm run build). Kill it at any moment and start it again: errors, runs and series of single runs wait in the work folder
// ($SPECTENSOR_WORK/nacl-md-ml, default work/ here); remove that folder to begin anew, as after a harvest. Seeds are fixed.
import { join } from "node:path";
import { columns, energyBook, energySummary, foldersOf, keeper, log, spectensor, symmetric, version, whole } from "./learned.mjs";

const { work } = foldersOf("nacl-md-ml");
const { kept } = keeper(work);
const { evaluateForceField, fitDelta, fitForceField, fitPolarizability, loadDataset, loadTrajectory, models, predictPolarizability, predictTensor, readFrames, ...spaces } = spectensor;
const { mdEnsembleToFiles } = spaces.dynamics;
const { mean } = spaces.statistics;

/** @typedef {import("#built/index.js").Frame} Frame */
/** @typedef {{ alpha: number[], temperature: number, drift: number }} RunSeries what is kept of a run */

/** 4 fs steps (a thirtieth of the shortest period), every fourth kept. Larger cells hold more modes: fewer and shorter runs say as much. */
const RUNS = { temperature: 300, timestep: 4, saveEvery: 4, equilibration: 1000, between: 250, seed: 20261127 };
const CELLS = [
  { atoms: 8, copies: 1, runs: 12, rows: 1000 },
  { atoms: 64, copies: 2, runs: 4, rows: 500 },
  { atoms: 216, copies: 3, runs: 2, rows: 500 },
];

const salt = await loadDataset("nacl");
const { reference } = salt;
if (!reference) throw new TypeError("data/nacl has no reference");
const small = [...salt.frames, ...salt.displaced];
const { frames: large } = await loadDataset("nacl-64");
const ofSmall = await fitPolarizability(salt.frames);
/** The model of eight atoms stands before the kernel; its fluctuations are scaled, because the k-points of the two sets differ. */
const before = { name: "model of 8 atoms", predict: (/** @type {Frame["structure"]} */ s) => predictTensor(ofSmall, s) };
/** @param {readonly Frame[]} frames */
const ofLarge = (frames) => fitDelta(before, frames, { firstStepScale: { kind: "fitted" } });

const errors = await kept("errors.json", async () => {
  // Frames of 64 atoms left out in turn, in four parts.
  const parts = Math.min(large.length, 4);
  const [truth, alone, learnt, onSmall, onBoth] = [[], [], [], [], []].map(() => /** @type {number[]} */ ([]));
  const eight = await fitForceField(small);
  for (let part = 0; part < parts; part++) {
    const [left, others] = [0, 1].map((kind) => large.filter((_, k) => Number(k % parts !== part) === kind));
    const both = await fitForceField([...small, ...others]);
    const delta = await ofLarge(others);
    for (const frame of left) {
      truth.push(...(frame.dielectric ?? []));
      alone.push(...predictTensor(ofSmall, frame.structure));
      learnt.push(...predictTensor(delta, frame.structure));
      onSmall.push((await evaluateForceField(eight, [frame])).relativeForces ?? Number.NaN);
      onBoth.push((await evaluateForceField(both, [frame])).relativeForces ?? Number.NaN);
    }
  }
  const { a, gamma2 } = models.evaluateTensors(Float64Array.from(truth), Float64Array.from(learnt)).r2;
  return {
    relativeForces: { trainedOn8: mean(onSmall), trainedOnBoth: mean(onBoth) },
    traceless: { trainedOn8: agreement(truth, alone), trainedOnBoth: agreement(truth, learnt) },
    ...(large.length > 2 && { r2: { a, gamma2 } }),
  };
});

/**
 * Correlation of the traceless parts of tensors, and the slope of the straight line through them.
 * @param {readonly number[]} truth [n, 3, 3] @param {readonly number[]} predicted
 */
function agreement(truth, predicted) {
  const traceless = (/** @type {readonly number[]} */ t) =>
    t.map((x, k) => (k % 9 === 0 || k % 9 === 4 || k % 9 === 8 ? x - (t[k - (k % 9)] + t[k - (k % 9) + 4] + t[k - (k % 9) + 8]) / 3 : x));
  const [x, y] = [traceless(predicted), traceless(truth)];
  const dot = (/** @type {readonly number[]} */ p, /** @type {readonly number[]} */ q) => p.reduce((s, v, k) => s + v * q[k], 0);
  return { correlation: dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)), slope: dot(x, y) / dot(x, x) };
}
log(JSON.stringify(errors));

const forceField = await fitForceField([...small, ...large]);
const dielectric = await ofLarge(large);
for (const { atoms, copies, runs, rows } of CELLS) {
  const { data } = foldersOf(`nacl-md-ml-${atoms}`);
  const ideal = spaces.structure.supercell(reference.structure, [copies, copies, copies]);
  const toPolarizability = spaces.structure.cellVolume(/** @type {Float64Array} */ (ideal.cell)) / (4 * Math.PI);
  const options = { ...RUNS, runs, steps: rows * RUNS.saveEvery - 1 };
  log(`${atoms} atoms: runs`);
  const files = await mdEnsembleToFiles(ideal, forceField, { ...options, workers: 1, trajectory: join(work, `${atoms}.xyz.gz`), begin: "resume" });
  /** @type {RunSeries[]} */
  const series = [];
  for (const [k, file] of files.runs.entries())
    series.push(
      await kept(`series-${atoms}-${k}.json`, async () => {
        const trajectory = await loadTrajectory(file);
        const { values } = await predictPolarizability(dielectric, trajectory, { workers: 1 });
        log(`${atoms} atoms: series of run ${k + 1} of ${runs}`);
        return {
          alpha: Array.from(values, (x, c) => toPolarizability * (x - (c % 9 === 0 || c % 9 === 4 || c % 9 === 8 ? 1 : 0))),
          ...energyBook(trajectory, await readFrames(file)),
        };
      }),
    );
  const spacing = RUNS.saveEvery * RUNS.timestep;
  whole(join(data, "polarizability.dat.gz"), columns(["polarizability, Å³: xx yy zz xy yz zx", `${runs} runs of ${rows} rows, ${spacing} fs apart, one after the other`], series.map((run) => symmetric(run.alpha)), 6, 4));
  await spaces.io.writeExtxyz(join(data, "minimum.xyz.gz"), [{ structure: ideal }]);
  whole(
    join(data, "run.json"),
    `${JSON.stringify(
      {
        training: { "8 atoms": small.length, "64 atoms": large.length },
        atoms,
        runs: options,
        rowsPerRun: rows,
        ...energySummary(series),
        errorsOnLeftOutFramesOf64Atoms: errors,
        spectensor: version,
      },
      null,
      1,
    )}\n`,
  );
  log(`done: data/nacl-md-ml-${atoms}`);
}
