/** Units in ASCII, for files that programs of every age read. */
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

/** A unit in ASCII: "cm⁻¹" gives "cm-1", "Å²·u⁻¹" gives "A^2 u-1". */
export function asciiUnit(unit: string): string {
  return [...unit.replace(/(?<![⁻⁰¹²³⁴⁵⁶⁷⁸⁹])(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])/g, "^")]
    .map((c) => (RAISED.includes(c) ? String(RAISED.indexOf(c)) : (PLAIN[c] ?? c)))
    .join("");
}

/**
 * A unit as this package writes it, from the ASCII of its CSV headers: "cm-1" gives "cm⁻¹", "A^6 cm fs-1" gives "Å⁶·cm·fs⁻¹"; none gives "1".
 */
export function unitOfAscii(text: string): string {
  if (text === "") return "1";
  return text
    .replace(/\bA(?![A-Za-z])/g, "Å")
    .replace(/\^(\d+)/g, (_, digits: string) => raised(digits))
    .replace(/(?<=[A-Za-zÅ])-(\d+)/g, (_, digits: string) => `⁻${raised(digits)}`)
    .replace(/ /g, "·");
}

function raised(digits: string): string {
  return [...digits].map((d) => RAISED[Number(d)]!).join("");
}
