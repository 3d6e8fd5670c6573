import { KERNEL_METADATA } from "../runner/kernelspec.js";
import type { Cell, Notebook } from "../runner/nbformat.js";

/** What the notebook of a new project reads until its owner names other files. */
export interface NotebookFiles {
  /** Frames with tensors in the order of time, as seen from the notebook. */
  readonly example: string;
  /** fs between its frames. */
  readonly timestep: number;
}

// The kernel does not find a variable of an earlier cell that is named in short, as in `{ timestep }`.

/** The notebook of a new project: from one's own files to a Raman spectrum. */
export function projectNotebook({ example, timestep }: NotebookFiles): Notebook {
  const code = (id: string, source: string): Cell => ({
    ...{ cell_type: "code", id, metadata: {} },
    ...{ source: source.trim(), execution_count: null, outputs: [] },
  });
  const text = (id: string, source: string): Cell => ({
    cell_type: "markdown",
    id,
    metadata: {},
    source: source.trim(),
  });
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      ...KERNEL_METADATA,
      spectensor: { title: "Raman spectrum", claim: "From a few polarizabilities to the spectrum of a trajectory." },
    },
    cells: [
      text("title", TITLE),
      code("files", FILES(example, timestep)),
      text("contents-text", CONTENTS_TEXT),
      code("contents", CONTENTS),
      text("model-text", MODEL_TEXT),
      code("model", MODEL),
      code("parity", PARITY),
      text("spectrum-text", SPECTRUM_TEXT),
      code("spectrum", SPECTRUM),
      code("lines", LINES),
      text("further", FURTHER),
      code("provenance", PROVENANCE),
    ],
  };
}

const TITLE = `
# Raman spectrum

A model learns the polarizability from some frames and predicts it along a trajectory; the spectrum follows from its fluctuations.
The example is a water molecule. For your system, put your files into \`data\` and name them in the first cell.
`;

const FILES = (example: string, timestep: number): string => `
// VASP (OUTCAR, vasprun.xml, XDATCAR), Quantum ESPRESSO (ph.x output), extended XYZ, LAMMPS dumps; gzipped or not.
const tensorFiles = ["${example}"]; // frames with a polarizability or dielectric tensor
const trajectoryFile = "${example}"; // frames in the order of time; may be the same file
const timestep = ${timestep}; // fs between the frames of the trajectory
const temperature = 300; // K
const trainingFrames = 50; // at most; some frames are kept for the test`;

const CONTENTS_TEXT = `
## What is in the files

Lengths are in Å, times in fs, energies in eV, polarizabilities in Å³, dipoles in e·Å, whatever the file uses. The columns on the right count the frames that have a quantity.
`;

const CONTENTS = `
import { type Frame, showTable, streamFrames } from "spectensor";

const fields = ["time", "energy", "forces", "polarization", "polarizability", "dielectric", "bornCharges"] as const;
const frames: Frame[] = [];

async function contents(name: string) {
  let [species, count]: [readonly string[], number] = [[], 0];
  const held = fields.map(() => 0);
  for await (const frame of streamFrames(name)) {
    species = frame.structure.species;
    count++;
    fields.forEach((field, k) => { if (frame[field] !== undefined) held[k]++; });
    if (tensorFiles.includes(name)) frames.push(frame);
  }
  return { name, species, count, held };
}

const files: Awaited<ReturnType<typeof contents>>[] = [];
for (const name of new Set([...tensorFiles, trajectoryFile])) files.push(await contents(name));
showTable({
  file: files.map((f) => f.name),
  atoms: files.map((f) => f.species.length),
  species: files.map((f) => [...new Set(f.species)].join(" ")),
  frames: files.map((f) => f.count),
  ...Object.fromEntries(fields.map((field, k) => [field, files.map((f) => f.held[k])])),
});`;

const MODEL_TEXT = `
## A model of the tensor

λ-SOAP features and kernel ridge regression (Grumet et al., *J. Phys. Chem. C* 128, 6464 (2024)). The test uses frames that the model has not seen; R² close to 1 is good.
`;

const MODEL = `
import { evaluatePolarizability, fitPolarizability, progressBar, splitFrames } from "spectensor";

const train = Math.min(trainingFrames, Math.floor(0.8 * frames.length));
const split = splitFrames(frames.length, { train, validation: 0, seed: 1 });
const model = await fitPolarizability(split.train.map((i) => frames[i]), progressBar());

const tested = split.test.map((i) => frames[i]);
const { r2, rmse } = await evaluatePolarizability(model, tested);
const unit = model.quantity === "polarizability" ? "Å³" : "1";
showTable({
  quantity: ["mean", ...Object.keys(r2.components)],
  "R²": [r2.a, ...Object.values(r2.components)],
  RMSE: [rmse.a, ...Object.values(rmse.components)],
}, { units: { RMSE: unit }, caption: \`\${model.quantity}: \${train} training frames, \${tested.length} test frames\` });`;

const PARITY = `
import { parityFigure, predictTensor, show } from "spectensor";

const predictions = tested.map((frame) => predictTensor(model, frame.structure));
const pairs = (components: number[]) => ({
  reference: tested.flatMap((frame) => components.map((c) => frame[model.quantity]![c])),
  predicted: predictions.flatMap((tensor) => components.map((c) => tensor[c])),
});
show(parityFigure({ "xx, yy, zz": pairs([0, 4, 8]), "xy, yz, zx": pairs([1, 5, 6]) }, { axis: { quantity: model.quantity, unit: unit } }));`;

const SPECTRUM_TEXT = `
## The spectrum

Where the frames of the trajectory have tensors themselves, their spectrum is shown as well. \`raman\` takes laser wavelength, broadening and the factors of the intensity as options.
`;

const SPECTRUM = `
import { loadSeries, loadTrajectory, predictPolarizability, raman, type Spectrum, spectrumFigure } from "spectensor";

const trajectory = await loadTrajectory(trajectoryFile, { timestep: timestep });
const predicted = await predictPolarizability(model, trajectory, progressBar());
const options = { temperature: temperature };
const spectra: Record<string, Spectrum> = { model: raman(predicted, options) };

const { count, held } = files.find((f) => f.name === trajectoryFile)!;
if (held[fields.indexOf(model.quantity)] === count)
  spectra["first principles"] = raman(await loadSeries(trajectoryFile, { quantity: model.quantity, timestep: timestep }), options);
const figure = spectrumFigure(spectra);
show(figure);`;

const LINES = `
import { writeFileSync } from "node:fs";
import { figures, findPeaks } from "spectensor";

const lines = findPeaks(spectra.model, { minProminence: 0.02 });
showTable({
  position: lines.map((p) => p.position),
  width: lines.map((p) => p.width),
  height: lines.map((p) => p.height),
}, { units: { position: "cm⁻¹", width: "cm⁻¹", height: spectra.model.intensities.unpolarised.unit } });
writeFileSync("raman.csv", figures.figureCsv(figure));`;

const FURTHER = `
## Further

- **Fewer calculations.** With a relaxed structure and copies of it with one atom displaced, \`linearResponse(relaxed, displaced)\` is a model already, and \`fitDelta(…, frames)\`
  learns only what it misses.
- **Infrared.** Born effective charges or dipoles: \`fitPolarization\`, \`predictPolarization\`, \`infrared\`.
- **Other names.** A tensor that an extended XYZ file calls otherwise: \`streamFrames(name, { keys: { polarizability: "alpha" } })\`; the same for \`loadSeries\`.
- **Without a notebook.** \`npx spectensor --help\`.
`;

const PROVENANCE = `
import { showProvenance } from "spectensor";

showProvenance([], { files: files.map((f) => f.name), trainingFrames: train, temperature: temperature, seed: 1 });`;
