// pictures.mjs: a picture of every embedded series, data/SYSTEM/series.svg. Run by harvest where the package is built.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const data = join(dirname(fileURLToPath(import.meta.url)), "..");
const built = join(data, "../dist/index.js");
if (!existsSync(built)) {
  console.log("pictures are left as they are: the package is not built (npm run build)");
  process.exit();
}
const { figures, lineFigure, listDatasets, loadDataset, panels, series: ofSeries } = await import(built);
const { renderSvg } = figures;
const { invariants } = ofSeries;

const line = (values, spacing, x, y) =>
  lineFigure([{ x: Float64Array.from(values, (_, i) => i * spacing), y: values, role: "series" }], { x, y, size: { width: 430, height: 250 } });

/** The two rotational invariants against time. */
function trajectoryPanels(series) {
  const { mean, anisotropy } = invariants(series);
  const [symbol, units] = series.quantity === "dielectric" ? ["ε", [{}, {}]] : ["α", [{ unit: "Å³" }, { unit: "Å⁶" }]];
  const time = { quantity: "Time", unit: "fs" };
  return [
    line(mean, series.timestep, time, { quantity: `mean ${symbol}`, ...units[0] }),
    line(anisotropy, series.timestep, time, { quantity: "anisotropy γ²", ...units[1] }),
  ];
}

/** Configurations that are not a series in time: a number each, in their order. */
function configurationPanels(frames) {
  const energy = Float64Array.from(frames, (frame) => frame.energy);
  const lowest = energy.reduce((a, b) => Math.min(a, b));
  const order = { quantity: "Configuration" };
  return [
    line(Float64Array.from(frames, (frame) => Math.hypot(...frame.polarization)), 1, order, { quantity: "|μ|", unit: "e Å" }),
    line(energy.map((e) => e - lowest), 1, order, { quantity: "E − lowest E", unit: "eV" }),
  ];
}

/** Configurations chosen to learn from: how hard the forces pull, and the pressure. */
function selectedPanels(frames) {
  const order = { quantity: "Configuration" };
  const pressure = (frame) => (-160.21766 * (frame.stress[0] + frame.stress[4] + frame.stress[8])) / 3;
  return [
    line(Float64Array.from(frames, ({ forces }) => Math.hypot(...forces) / Math.sqrt(forces.length)), 1, order, { quantity: "rms force", unit: "eV/Å" }),
    line(Float64Array.from(frames, pressure), 1, order, { quantity: "Pressure", unit: "GPa" }),
  ];
}

for (const entry of listDatasets()) {
  const roles = entry.files.filter((file) => file.path).map((file) => file.role);
  if (!["trajectory", "dipoles", "series", "selected"].some((role) => roles.includes(role))) continue;
  const set = await loadDataset(entry.id);
  const tensor = ["polarizability", "dielectric"].find((quantity) => set.quantities.includes(quantity));
  // Series of learned dynamics are many runs: the picture shows the first.
  const drawn = roles.includes("dipoles")
    ? configurationPanels(set.parts.dipoles)
    : !roles.includes("trajectory") && roles.includes("selected")
      ? selectedPanels(set.parts.selected)
      : trajectoryPanels(roles.includes("series") ? set.ensemble(tensor).runs[0] : set.series(tensor));
  const path = join(data, entry.id, "series.svg");
  writeFileSync(`${path}.tmp`, renderSvg(panels(drawn, { columns: 2, labels: "none" })));
  renameSync(`${path}.tmp`, path);
}
