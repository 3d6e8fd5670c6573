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

/** A number as it was given, at most `digits` significant digits without zeros at the end; 10⁻¹⁰ rather than 1.000·10⁻¹⁰. */
export function shortNumber(value: number, digits = 6): string {
  if (!Number.isFinite(value) || (Math.abs(value) < 1e-3 && value !== 0))
    return formatNumber(value, digits)
      .replace(/\.?0*·/, "·")
      .replace(/^(−?)1·/, "$1");
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/**
 * A value no finer than its uncertainty has two digits: 1538.083 with 23.98 is 1538, 3.14159 with 0.0123 is 3.142. Values within the
 * uncertainty of zero, very large and very small ones as {@link formatNumber} writes them.
 */
export function numberWithin(value: number, uncertainty: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || !(uncertainty > 0) || size < uncertainty || size < 1e-3 || size >= 1e6)
    return formatNumber(value);
  const decimals = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(uncertainty))));
  return value.toFixed(decimals).replace("-", "−");
}
