/** Words straight from bytes. */

const shortWords: (string | undefined)[] = new Array(1 << 16);

/** The UTF-8 text of `bytes[start, end)`. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
}

/** {@link textOf} a word. Element symbols come in their thousands: one or two bytes are looked up. */
export function wordOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 2) return textOf(bytes, start, end);
  const code = end - start === 1 ? bytes[start]! : bytes[start]! * 256 + bytes[start + 1]!;
  let word = shortWords[code];
  if (word === undefined) {
    word = textOf(bytes, start, end);
    shortWords[code] = word;
  }
  return word;
}

/** Whether `bytes[start, end)`, leading blanks apart, begins with one of these ASCII words; makes no string. */
export function beginsWithOneOf(bytes: Uint8Array, start: number, end: number, words: readonly string[]): boolean {
  let i = start;
  while (i < end && bytes[i] === 32) i++;
  for (const word of words) {
    let k = 0;
    while (k < word.length && i + k < end && bytes[i + k] === word.charCodeAt(k)) k++;
    if (k === word.length) return true;
  }
  return false;
}
