/** `descriptor`: equivariant features of atomic environments, their contraction with weights and its derivatives. */
export { compressChannels } from "../descriptor/compressChannels.js";
export { contract, gradient } from "../descriptor/contract.js";
export { createDescriptor, featureCount, featureLabels } from "../descriptor/descriptor.js";
export { designRows } from "../descriptor/designRows.js";
export { featureSums, featuresOf } from "../descriptor/evaluate.js";
export { contractFrames } from "../descriptor/frames.js";
export { featureJacobian } from "../descriptor/jacobian.js";
export { selectEnvironments } from "../descriptor/sparsify.js";
