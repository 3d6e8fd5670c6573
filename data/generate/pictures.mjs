// pictures.mjs: a picture of every embedded series, data/SYSTEM/series.svg. Run by harvest where the package is built.
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const data = join(dirname(fileURLToPath(import.meta.url)), "..");
if (!existsSync(join(data, "../dist/index.js"))) {
  console.log("pictures are left as they are: the package is not built (npm run build)");
  process.exit();
}
const { figures, lineFigure, listDatasets, loadDataset, panels, series: ofSeries } = await import("#built/index.js");
const { renderSvg } = figures;
const { invariants } = ofSeries;

/** @typedef {import("#built/index.js").types.AxisOptions} Axis */
/** @typedef {import("#built/index.js").Frame} Frame */

/** @param {Float64Array} values @param {number} spacing @param {Axis} x @param {Axis} y */
const line = (values, spacing, x, y) =>
  lineFigure([{ x: Float64Array.from(values, (_, i) => i * spacing), y: values, role: "series" }], { x, y, size: { width: 430, height: 250 } });

/** The two rotational invariants against time. @param {import("#built/index.js").TensorSeries} series */
function trajectoryPanels(series) {
  const { mean, anisotropy } = invariants(series);
  const [symbol, units] = series.quantity === "dielectric" ? ["ε", [{}, {}]] : ["α", [{ unit: "Å³" }, { unit: "Å⁶" }]];
  const time = { quantity: "Time", unit: "fs" };
  return [
    line(mean, series.timestep, time, { quantity: `mean ${symbol}`, ...units[0] }),
    line(anisotropy, series.timestep, time, { quantity: "anisotropy γ²", ...units[1] }),
  ];
}

/** What every frame of such a file has. @template T @param {T | undefined} value @returns {T} */
function present(value) {
  if (value === undefined) throw new TypeError("a frame lacks what its picture shows");
  return value;
}

/** Configurations that are not a series in time: a number each, in their order. @param {readonly Frame[]} frames */
function configurationPanels(frames) {
  const energy = Float64Array.from(frames, (frame) => present(frame.energy));
  const lowest = energy.reduce((a, b) => Math.min(a, b));
  const order = { quantity: "Configuration" };
  return [
    line(Float64Array.from(frames, (frame) => Math.hypot(...present(frame.polarization))), 1, order, { quantity: "|μ|", unit: "e Å" }),
    line(energy.map((e) => e - lowest), 1, order, { quantity: "E − lowest E", unit: "eV" }),
  ];
}

/** Configurations chosen to learn from: how hard the forces pull, and the pressure. @param {readonly Frame[]} frames */
function selectedPanels(frames) {
  const order = { quantity: "Configuration" };
  /** @param {Frame} frame */
  const pressure = (frame) => {
    const stress = present(frame.stress);
    return (-160.21766 * (stress[0] + stress[4] + stress[8])) / 3;
  };
  return [
    line(Float64Array.from(frames, (frame) => Math.hypot(...present(frame.forces)) / Math.sqrt(present(frame.forces).length)), 1, order, { quantity: "rms force", unit: "eV/Å" }),
    line(Float64Array.from(frames, pressure), 1, order, { quantity: "Pressure", unit: "GPa" }),
  ];
}

for (const entry of listDatasets()) {
  const roles = entry.files.filter((file) => "path" in file).map((file) => file.role);
  if (!["trajectory", "dipoles", "series", "selected"].some((role) => roles.includes(role))) continue;
  const set = await loadDataset(entry.id);
  const tensor = set.quantities.find((quantity) => quantity === "polarizability" || quantity === "dielectric");
  if (roles.includes("series") && !tensor) continue; // polarizations alone
  // Series of learned dynamics are many runs: the picture shows the first.
  const drawn = roles.includes("dipoles")
    ? configurationPanels(set.parts.dipoles)
    : !roles.includes("trajectory") && roles.includes("selected")
      ? selectedPanels(set.parts.selected)
      : trajectoryPanels(roles.includes("series") ? set.ensemble(present(tensor)).runs[0] : set.series(present(tensor)));
  const path = join(data, entry.id, "series.svg");
  writeFileSync(`${path}.tmp`, renderSvg(panels(drawn, { columns: 2, labels: "none" })));
  renameSync(`${path}.tmp`, path);
}
