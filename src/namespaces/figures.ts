/** `figures`: figures of molecular dynamics, and a figure as file. */
export { compareSpectra } from "../figure/compareSpectra.js";
export {
  displacementFigure,
  energyFigure,
  radialDistributionFigure,
  temperatureFigure,
  velocityAutocorrelationFigure,
} from "../figure/dynamics.js";
export { figureCsv, figureJson } from "../figure/figure.js";
export { linkFrames, linkModes } from "../figure/linked.js";
export { modeView, trajectoryView } from "../figure/motion.js";
export { renderPdf, renderPng } from "../figure/picture.js";
export { resizeFigure } from "../figure/resize.js";
export { saveFigure } from "../figure/saveFigure.js";
export { renderSvg } from "../figure/static.js";
export { stickFigure } from "../figure/sticks.js";
export { renderStructureSvg } from "../figure/structureSvg.js";
