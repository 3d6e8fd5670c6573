/** A number as a table shows it: whole numbers in full, others with `digits` significant digits and a real minus sign. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value).replace("-", "−");
  const plain = value.toPrecision(digits);
  const [mantissa, exponent] =
    Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6 ? value.toExponential(digits - 1).split("e") : [plain];
  if (exponent === undefined) return (plain.includes("e") ? String(Number(plain)) : plain).replace("-", "−");
  const power = [...String(Number(exponent))].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)] ?? "⁻").join("");
  return `${mantissa}·10${power}`.replace("-", "−");
}
