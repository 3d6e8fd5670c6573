// Equivariant features of atomic environments in double precision on 128-bit SIMD: density expansion, features, contraction
// with weights, its reverse pass, the rows of a design matrix, derivatives centre by centre, and with respect to strain. The same formulas term by term, in plain TypeScript and
// without regard to speed, are src/descriptor/referenceEngine.ts; callers lay out the memory (src/descriptor/kernelEngine.ts).
//
// Almost all work is in one small matrix product. Channels are padded to multiples of four, as are the neighbors of one
// species around one centre; whatever a padded tile writes beyond its row are zeros added to what is there.
// Summation orders depend on the input alone: the same bits on every machine.

export {
  configureExpansion,
  configureFeatures,
  configureStructure,
  workspaceBytes,
  workspace,
} from "./descriptor/settings";
export { expand } from "./descriptor/expansion";
export { twoBodyFeatures, threeBodyFeatures } from "./descriptor/features";
export { threeBodyValue, threeBodyAdjoint, twoBodyAdjoint, reverse } from "./descriptor/contraction";
export { pairTerm } from "./descriptor/pairTerm";
export { couplePartners } from "./descriptor/partners";
export { approach, threeBodyRows, twoBodyRows } from "./descriptor/designRows";
export { threeBodyJacobian, twoBodyJacobian } from "./descriptor/jacobian";
export { threeBodyStrain, twoBodyStrain } from "./descriptor/strain";
