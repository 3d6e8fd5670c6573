/** The picture at the top of the README. */
import { figures, loadDataset, raman, spectrumFigure } from "../../src/index.js";

/** Measured lines of α-quartz at room temperature, cm⁻¹, the strong ones (Scott and Porto, Phys. Rev. 161, 903 (1967)). */
const measured = [128, 206, 265, 355, 464, 697, 795, 1085, 1162];

/** Raman spectrum of quartz from dynamics and dielectric tensors that were both learned from first principles. */
export async function overviewSvg(): Promise<string> {
  const alpha = (await loadDataset("sio2-md-ml")).ensemble("polarizability");
  const spectrum = raman(alpha, { temperature: 300, verlet: 1, broadening: { kind: "gaussian", width: 8 } });
  const figure = spectrumFigure(
    { [`${alpha.runs.length} runs of learned dynamics, learned ε(t)`]: spectrum },
    {
      title: "α-quartz at 300 K, everything learned from a few hundred PBE calculations",
      range: [60, 1250],
      marks: measured.map((value) => ({ value, label: `${value}` })),
      size: { width: 900, height: 400 },
      note: "Band: 95 % confidence of the mean over the runs. Dashed: measured lines, cm⁻¹ (Scott and Porto 1967); PBE is some 5 % soft.",
    },
  );
  return figures.renderSvg(figure);
}
