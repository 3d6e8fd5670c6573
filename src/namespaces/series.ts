/** `series`: one tensor per frame, with quantity and unit; parts, conversions, time derivatives. */
export { component, components, seriesOfComponents } from "../series/components.js";
export { convertSeries, dielectricOfPolarizability, polarizabilityOfDielectric } from "../series/convert.js";
export { bornCurrent, polarizationRate } from "../series/current.js";
export { differentiate } from "../series/differentiate.js";
export { ensembleOfJoined, seriesEnsemble } from "../series/ensemble.js";
export { seriesOfFrames } from "../series/fromFrames.js";
export { invariants } from "../series/invariants.js";
export { joinSeries, splitSeries } from "../series/join.js";
export { unwrapPolarization } from "../series/polarization.js";
export { createSeries, seriesLength, sliceSeries } from "../series/tensorSeries.js";
