/** Long work to be killed and begun again: node killed.mjs predict|evaluate|curve|md INPUTS OUT SIZE */
import { existsSync } from "node:fs";
import { mdToFile } from "#built/dynamics/mdToFile.js";
import { forceFieldPotential, loadModel, polarizabilityLearningCurve, readFrames } from "#built/index.js";
import { openFrames } from "#built/io/frameText.js";
import { evaluateModel } from "#built/model/evaluate.js";
import { predictInto } from "#built/model/stream/predictToFile.js";
import { writeWhole } from "#built/system/wholeFile.js";

const [kind, inputs, out, size] = /** @type {[string, string, string, string]} */ (process.argv.slice(2));

if (kind === "predict") {
  const [model, source] = [await loadModel(`${inputs}/alpha.json`, "polarizability"), `${inputs}/long.xyz`];
  await predictInto(model, await openFrames(source), out, { name: source, journalSeconds: 0, workers: 2 });
} else if (kind === "evaluate") {
  const frames = await readFrames(`${inputs}/train.xyz`);
  const many = Array.from({ length: Math.ceil(300 * Number(size)) }, () => frames).flat();
  const model = await loadModel(`${inputs}/ff.json`, "forceField");
  const errors = await evaluateModel(model, many, { journal: `${out}.journal`, workers: 2 });
  await writeWhole(out, JSON.stringify(errors));
} else if (kind === "curve") {
  const frames = await readFrames(`${inputs}/train.xyz`);
  const curve = await polarizabilityLearningCurve(frames, {
    sizes: [20, 40],
    draws: Math.ceil(20 * Number(size)),
    test: 20,
    model: { descriptor: { cutoff: 4, nMax: 4, lMax: 3 } },
    journal: `${out}.journal`,
    workers: 2,
  });
  await writeWhole(out, JSON.stringify(curve));
} else {
  const [start] = await readFrames(`${inputs}/train.xyz`);
  const field = await loadModel(`${inputs}/ff.json`, "forceField");
  await mdToFile(/** @type {NonNullable<typeof start>} */ (start).structure, forceFieldPotential(field), {
    ...{
      ensemble: { kind: "nvt", temperature: 300 },
      steps: Math.ceil(3000 * Number(size)),
      trajectory: out,
      restartEvery: 50,
    },
    begin: existsSync(`${out}.restart.json`) ? "resume" : "new",
  });
}
