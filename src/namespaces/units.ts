/** `units`: conversions between the units of this field, and to and from those of mathjs. */
export { convert } from "../units/convert.js";
export { convertFrequency } from "../units/frequency.js";
export { fromMathUnit, toMathUnit } from "../units/mathUnit.js";
