// corrected.mjs FIELD FRAME OUT: the minimum of a learned field whose forces are corrected by those that the frame has, by the same at every
// position: a guess of where the frame's own forces vanish. Needs the built package (npm run build). For solids/harmonic.py.
import { spectensor } from "./learned.mjs";

const [, , field, file, out] = process.argv;
const [frame] = await spectensor.readFrames(file);
const learned = spectensor.forceFieldPotential(await spectensor.loadModel(field, "forceField"));
const { structure: start, forces: right } = frame;
if (!right) throw new TypeError(`${file} has no forces`);
const wrong = learned.evaluate(start).forces.map((f, p) => f - right[p]);
const { structure } = await spectensor.dynamics.relax(
  start,
  {
    name: "corrected",
    evaluate(s) {
      const { energy, forces } = learned.evaluate(s);
      const work = wrong.reduce((sum, w, p) => sum + w * (s.positions[p] - start.positions[p]), 0);
      return { energy: energy + work, forces: forces.map((f, p) => f - wrong[p]) };
    },
  },
  { maxForce: 0.0003, maxSteps: 5000 },
);
await spectensor.io.writeExtxyz(out, [{ structure }]);
