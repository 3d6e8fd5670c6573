/** Numbers of fixed formats: where they fill their columns they touch, where they do not fit stand asterisks. */
import { parseNumber } from "./number.js";

/** Six numbers of 24 columns. */
const longestWord = 144;
/** No such table has fewer; "1.2.3" is a damaged number. */
const fewestDecimals = 4;

/**
 * Length of the first number of a word in which several touch, such as "13210.500000-16020.250000" or
 * "100.12345678100.12345678"; the last one shows how many decimals each has.
 * @returns 0 if the word is not made of numbers with the same count of decimals
 */
export function firstTouching(word: string): number {
  const decimals = word.length - word.lastIndexOf(".") - 1;
  if (word.length > longestWord || decimals === word.length || decimals < fewestDecimals) return 0;
  const one = `[-+]?\\d+\\.\\d{${decimals}}`;
  if (!new RegExp(`^(?:${one})+$`).test(word)) return 0;
  return new RegExp(`^${one}`).exec(word)![0].length;
}

/** Whether a word has a number that did not fit into its columns. */
export function isOverflow(word: string): boolean {
  return word.length <= longestWord && /^[-+.\d]*\*{2,}[-+.*\d]*$/.test(word);
}

/** The finite number that is written in a word. */
export function numberIn(word: string): number | undefined {
  const bytes = Buffer.from(word, "latin1");
  const value = parseNumber(bytes, 0, bytes.length);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * The numbers of a row of fixed format. Behind asterisks columns cannot be told apart: then `count` times NaN.
 * @param refuse called with a word that is no number
 */
export function fixedNumbers(text: string, count: number, refuse: (word: string) => never): number[] {
  const numbers: number[] = [];
  for (let word of text.split(/\s+/)) {
    for (let length = 1; length > 0 && word !== ""; ) {
      const value = numberIn(word);
      length = value === undefined ? firstTouching(word) : word.length;
      if (length > 0) numbers.push(value ?? Number(word.slice(0, length)));
      word = word.slice(length);
    }
    if (isOverflow(word)) return new Array<number>(count).fill(Number.NaN);
    if (word !== "") refuse(word);
  }
  return numbers;
}
