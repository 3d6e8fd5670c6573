/** `io`: one reader (`load…` from a file, `parse…` from text, `stream…` frame by frame) and writer per format. */
export { loadBorn, parseBorn } from "../io/born.js";
export { loadColumns, parseColumns } from "../io/columns.js";
export { writeColumns } from "../io/columnsWrite.js";
export { loadEspresso, parseEspresso } from "../io/espresso.js";
export { loadExtxyz, parseExtxyz, streamExtxyz } from "../io/extxyz.js";
export { writeExtxyz } from "../io/extxyzWrite.js";
export { loadForceSets, loadForces, parseForceSets, parseForces } from "../io/forceSets.js";
export { formatNames, registerFormat } from "../io/formats.js";
export { loadJcamp, parseJcamp } from "../io/jcamp.js";
export { loadLammps, parseLammps, streamLammps } from "../io/lammps.js";
export { loadSegments } from "../io/loadSeries.js";
export { loadOutcar, parseOutcar, streamOutcar } from "../io/outcar.js";
export { loadPhonopy, parsePhonopy } from "../io/phonopy.js";
export { loadPhonopyForces, parsePhonopyForces } from "../io/phonopyForces.js";
export { loadPoscar, parsePoscar, writePoscar } from "../io/poscar.js";
export { trajectoryFrames } from "../io/trajectoryFrames.js";
export { loadVasprun, parseVasprun, streamVasprun } from "../io/vasprun.js";
export { loadXdatcar, parseXdatcar, streamXdatcar, writeXdatcar } from "../io/xdatcar.js";
