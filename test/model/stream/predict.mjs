/** Predicts frames that come slowly, to be killed: node predict.mjs MODEL FRAMES OUT MILLISECONDS */
import { io, loadModel, models } from "../../../dist/index.js";

const [model, source, out, pause] = process.argv.slice(2);
async function* slowly() {
  for await (const frame of io.streamExtxyz(source)) {
    await new Promise((resume) => setTimeout(resume, Number(pause)));
    yield frame;
  }
}
await models.predictToFile(await loadModel(model), slowly(), out, { journalSeconds: 0, workers: 2 });
