/** `structure`: structures and trajectories, and what is computed from positions and cell alone. */
export { supercell, toCartesian, toFractional, wrap } from "../structure/cell.js";
export { unwrap } from "../structure/continuous.js";
export { displacements, removeDrift, withVelocities } from "../structure/displacement.js";
export { atomicMass, atomicMasses } from "../structure/elements.js";
export { atomGroups } from "../structure/groups.js";
export { bornChargesOfAtoms } from "../structure/independentCharges.js";
export { minimumImage } from "../structure/minimumImage.js";
export { neighborList } from "../structure/neighbors.js";
export { atomCount, cellVolume, createStructure } from "../structure/structure.js";
export { symmetry } from "../structure/symmetry.js";
export { createTrajectory, frameCount, frameStructure } from "../structure/trajectory.js";
