/** Decimal numbers straight from bytes. */

/** 10⁰ … 10²², all exact. */
export const powersOfTen = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** Every whole number below is exact, 2⁵³. */
export const exactBelow = 9007199254740992;
const zero = 48;

/**
 * The number written in `bytes[start, end)`, bit for bit what `Number(text)` gives, or NaN if it is not one.
 * Understands Fortran's exponents too: `1.5D+03`, and `1.5-103` (three-digit exponents lose their letter).
 * A mantissa below 2⁵³ times or over a power of ten up to 10²² is exact in one rounding (Clinger, PLDI 1990,
 * 10.1145/93542.93557); everything else goes through `Number`.
 */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  const sign = bytes[i];
  if (sign === 45 || sign === 43) i++;
  let mantissa = 0;
  const first = i;
  let d = 0;
  for (; i < end; i++) {
    d = bytes[i]! - zero;
    if (d < 0 || d > 9) break;
    mantissa = mantissa * 10 + d;
  }
  let digits = i - first;
  let exponent = 0;
  if (i < end && bytes[i] === 46) {
    const point = ++i;
    for (; i < end; i++) {
      d = bytes[i]! - zero;
      if (d < 0 || d > 9) break;
      mantissa = mantissa * 10 + d;
    }
    exponent = point - i;
    digits -= exponent;
  }
  if (digits === 0) return Number.NaN;
  if (i < end) {
    const written = parseExponent(bytes, i, end);
    if (Number.isNaN(written)) return Number.NaN;
    exponent += written;
  }
  if (mantissa < exactBelow && exponent >= -22 && exponent <= 22) {
    const size = exponent < 0 ? mantissa / powersOfTen[-exponent]! : mantissa * powersOfTen[exponent]!;
    return sign === 45 ? -size : size;
  }
  return Number(decimalText(bytes, start, end));
}

/** The exponent that begins at `i` and fills the rest of the token, or NaN. */
function parseExponent(bytes: Uint8Array, i: number, end: number): number {
  const letter = bytes[i]! | 32;
  const lettered = letter === 101 || letter === 100;
  let k = lettered ? i + 1 : i;
  const sign = bytes[k];
  const signed = k < end && (sign === 43 || sign === 45);
  if (signed) k++;
  const digits = end - k;
  if (lettered ? digits === 0 : !signed || digits !== 3) return Number.NaN;
  let e = 0;
  for (; k < end; k++) {
    const d = bytes[k]! - zero;
    if (d < 0 || d > 9) return Number.NaN;
    e = Math.min(e * 10 + d, 99999);
  }
  return sign === 45 ? -e : e;
}

function decimalText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text.replace(/[dD]/, "e").replace(/(?<=[0-9.])([+-])/, "e$1");
}

/** Whether a word is how programs write what is no finite number: nan, inf, -Infinity. */
export function isOdd(word: string): boolean {
  return /^[+-]?(nan|inf(inity)?)$/i.test(word);
}
