// sio2-md-ml.mjs: the series of data/sio2-md-ml. A force field, a Δ-ML model of ε∞ and a polarization model, all learned from the PBE frames of
// data/sio2; 300 K NVE runs from snapshots of a Langevin run; polarizability and polarization along them.
//
// Needs the built package (npm run build). Kill it at any moment and start it again: models, runs and series of single runs wait in the work
// folder ($SPECTENSOR_WORK/sio2-md-ml, default work/ here); remove that folder to begin anew. Seeds are fixed: the same frames in data/sio2
// give the same bits.
import { join } from "node:path";
import { columns, energyBook, energySummary, foldersOf, keeper, log, spectensor, symmetric, version, whole } from "./learned.mjs";

const { data, work } = foldersOf("sio2-md-ml");
const { kept, model } = keeper(work);
const { evaluateForceField, evaluatePolarizability, evaluatePolarization, fitDelta, fitForceField, fitPolarization, forceFieldPotential, linearResponse, loadDataset, loadTrajectory, md, predictPolarizability, predictPolarization, readFrames, ...spaces } = spectensor;
const { mdEnsembleToFiles } = spaces.dynamics;
const { polarizabilityOfDielectric } = spaces.series;

/** @typedef {{ alpha: number[], p: number[], temperature: number, drift: number }} RunSeries what is kept of a run */

/** Lengths of the runs: 1 fs steps, every eighth kept. */
const RUNS = { temperature: 300, runs: 30, steps: 7999, timestep: 1, saveEvery: 8, equilibration: 5000, between: 1000, seed: 20261121 };
const ROWS = 1000;

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
      log(`series of run ${k + 1} of ${files.runs.length}`);
      return {
        alpha: [...alpha.values],
        p: [...p.values],
        ...energyBook(trajectory, recorded),
      };
    }),
  );
}

const about = `${series.length} runs of ${ROWS} rows, ${RUNS.saveEvery * RUNS.timestep} fs apart, one after the other`;
whole(join(data, "polarizability.dat.gz"), columns(["polarizability, Å³: xx yy zz xy yz zx", about], series.map((run) => symmetric(run.alpha)), 6, 4));
whole(join(data, "polarization.dat.gz"), columns(["polarization of the cell, e·Å: x y z", about], series.map((run) => run.p), 3, 4));
await spaces.io.writeExtxyz(join(data, "minimum.xyz.gz"), [{ structure: minimum, info: { largest_force: quench.force } }]);
whole(
  join(data, "run.json"),
  `${JSON.stringify(
    {
      training: { trajectory: frames.length, displaced: quartz.displaced.length, selected: quartz.parts.selected?.length ?? 0 },
      runs: RUNS,
      rowsPerRun: ROWS,
      ...energySummary(series),
      errorsOnLaterFrames: errors,
      spectensor: version,
    },
    null,
    1,
  )}\n`,
);
log("done: data/sio2-md-ml");
