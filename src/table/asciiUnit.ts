const PLAIN: Readonly<Record<string, string>> = {
  Å: "A",
  "·": " ",
  "−": "-",
  "⁻": "-",
  α: "alpha",
  ε: "epsilon",
  µ: "u",
  μ: "u",
};
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A unit in ASCII, for files that programs of every age read: "cm⁻¹" gives "cm-1", "Å²·u⁻¹" gives "A^2 u-1". */
export function asciiUnit(unit: string): string {
  return [...unit.replace(/(?<![⁻⁰¹²³⁴⁵⁶⁷⁸⁹])(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])/g, "^")]
    .map((c) => (RAISED.includes(c) ? String(RAISED.indexOf(c)) : (PLAIN[c] ?? c)))
    .join("");
}
