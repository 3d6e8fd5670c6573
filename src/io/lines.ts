import { FormatError } from "../errors.js";
import type { Warning } from "../warnings.js";
import { exactBelow, isOdd, parseNumber, powersOfTen } from "./number.js";
import { firstTouching, isOverflow } from "./touching.js";
import { beginsWithOneOf, textOf, wordOf } from "./word.js";

/** No text line of any supported format, or of a fixed one, is longer; more means a foreign or damaged file. */
const [longestLine, longestFixed] = [1 << 24, 4096];
const single = new Float64Array(1);

/**
 * The lines of a text that arrives in pieces, with a cursor inside the current line.
 * Readers advance with {@link Lines.next}, take numbers and words from the bytes, and end with {@link Lines.fail}
 * when the text is not what it should be, so that every message carries file and line.
 */
export class Lines {
  readonly file: string;
  /** One-based number of the current line. */
  line = 0;
  /** Whether {@link Lines.finish} has been called: nothing more will come. */
  finished = false;
  /** Whether the text turned out to end in the middle of something; see {@link Lines.failEnd}. */
  cut = false;
  /** Set by a reader that can tell a last line that was cut from one that only lacks its line break (`unterminated`). */
  takesUnterminated = false;
  unterminated = false;
  /** Set by a reader of fixed formats, whose numbers may touch; and the line with a number that did not fit (****). */
  fixedFormat = false;
  private overflowing = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  /** Start of the current line, cursor in it, its end, and the start of the next line. */
  private start = 0;
  private at = 0;
  private end = 0;
  private following = 0;
  private readonly dropUnterminated: boolean;
  private readonly onWarning: ((warning: Warning) => void) | undefined;

  /**
   * @param file name for messages
   * @param options.dropUnterminated a last line without line break is ignored instead of refused
   * @param options.onWarning takes what {@link Lines.warn} says
   */
  constructor(
    file: string,
    options: { readonly dropUnterminated?: boolean; readonly onWarning?: (warning: Warning) => void } = {},
  ) {
    this.file = file;
    this.dropUnterminated = options.dropUnterminated ?? false;
    this.onWarning = options.onWarning;
  }

  /** Appends bytes; what has not been read yet is kept. */
  feed(chunk: Uint8Array): void {
    // As a plain Uint8Array: its indexOf is faster than Buffer's on short lines.
    const piece = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const rest = this.bytes.length - this.following;
    // The current line must stay readable until the next call of next().
    const keep = this.bytes.length - this.start;
    if (keep === 0) {
      this.bytes = piece;
      this.start = this.at = this.end = this.following = 0;
      return;
    }
    if (rest > longestLine)
      this.fail(`a line of more than ${longestLine >> 20} MiB follows`, "this is not a text file of the expected kind");
    const shift = this.start;
    const joined = new Uint8Array(keep + piece.length);
    joined.set(this.bytes.subarray(shift));
    joined.set(piece, keep);
    this.bytes = joined;
    this.start = 0;
    this.at -= shift;
    this.end -= shift;
    this.following -= shift;
  }

  finish(): void {
    this.finished = true;
  }

  /**
   * Goes to the next line. `false`: more bytes are needed, or, once finished, the text is over.
   * @throws FormatError for a last line without line break: its last number may have been cut
   */
  next(): boolean {
    const start = this.following;
    const stop = this.bytes.indexOf(10, start);
    if (stop < 0) {
      if (!this.finished || start >= this.bytes.length || this.dropUnterminated) return false;
      this.line++;
      if (this.takesUnterminated) {
        this.unterminated = true;
        [this.start, this.at, this.end, this.following] = [start, start, this.bytes.length, this.bytes.length];
        return true;
      }
      return this.fail(
        "the last line has no line break, so it may have been cut",
        'get the file again, end it with a line break if it is complete, or leave out what is cut with incomplete: "drop"',
      );
    }
    this.line++;
    this.start = this.at = start;
    this.following = stop + 1;
    this.end = stop > start && this.bytes[stop - 1] === 13 ? stop - 1 : stop;
    return true;
  }

  /** Makes the next call of {@link Lines.next} return the current line again. */
  back(): void {
    this.following = this.start;
    this.line--;
  }

  /** The current line from its beginning, without the line break, at most `most` bytes of it; lines of fixed formats are short. */
  text(most = this.fixedFormat ? longestFixed : longestLine): string {
    return textOf(this.bytes, this.start, Math.min(this.end, this.start + most));
  }

  /** First byte of the line that is not blank, or −1. */
  firstByte(): number {
    for (let i = this.start; i < this.end; i++) if (this.bytes[i]! > 32) return this.bytes[i]!;
    return -1;
  }

  isBlank(): boolean {
    return this.firstByte() < 0;
  }

  /** Whether the line, leading blanks apart, starts with one of these ASCII words; makes no string. */
  startsWithOneOf(words: readonly string[]): boolean {
    return beginsWithOneOf(this.bytes, this.start, this.end, words);
  }

  /** Whether only blanks follow the cursor. */
  atLineEnd(): boolean {
    return this.skipBlanks() === this.end;
  }

  /** Whether what follows the cursor is a comment (! or #). */
  atComment(): boolean {
    const c = this.bytes[this.skipBlanks()];
    return c === 33 || c === 35;
  }

  /** All words from the cursor on, up to a comment (! or #). */
  words(): string[] {
    const words: string[] = [];
    while (!this.atLineEnd() && !this.atComment()) words.push(this.word("a word"));
    return words;
  }

  /** Moves the cursor to a column (zero-based) of the current line, at most to its end. */
  seek(column: number): void {
    this.at = Math.min(this.start + column, this.end);
  }

  /** The next word of the line. @throws FormatError at the end of the line */
  word(what: string): string {
    const start = this.skipBlanks();
    const end = this.tokenEnd(start, what);
    return wordOf(this.bytes, start, end);
  }

  /** The next number of the line. @throws FormatError if there is none or it is not finite */
  number(what: string): number {
    this.numbers(single, 0, 1, what);
    return single[0]!;
  }

  /**
   * The next `count` numbers of the line into `target` from `offset` on.
   * @param odd what to do with nan, infinities and, in fixed formats, ****: refuse them (default) or store NaN; behind
   *   asterisks columns cannot be told apart, so that the rest of the line is NaN
   * @throws FormatError if there are fewer or one is no number
   */
  numbers(target: Float64Array, offset: number, count: number, what: string, odd: "refuse" | "store" = "refuse"): void {
    const { bytes, end } = this;
    let i = this.at;
    for (let k = offset; k < offset + count; k++) {
      while (i < end && (bytes[i] === 32 || bytes[i] === 9)) i++;
      const start = i;
      const negative = bytes[i] === 45;
      if (negative) i++;
      const first = i;
      let mantissa = 0;
      for (; i < end; i++) {
        const d = bytes[i]! ^ 48;
        if (d > 9) break;
        mantissa = mantissa * 10 + d;
      }
      let decimals = 0;
      if (i < end && bytes[i] === 46) {
        const point = ++i;
        for (; i < end; i++) {
          const d = bytes[i]! ^ 48;
          if (d > 9) break;
          mantissa = mantissa * 10 + d;
        }
        decimals = i - point;
      }
      // The common case is done in this pass; exponents, long mantissas and errors take the careful way.
      if (
        (i === end || bytes[i]! <= 32) &&
        (i - first > 1 || (i > first && bytes[first] !== 46)) &&
        mantissa < exactBelow &&
        decimals <= 22
      ) {
        const size = mantissa / powersOfTen[decimals]!;
        target[k] = negative ? -size : size;
      } else {
        this.at = start;
        target[k] = this.unusualNumber(what, odd);
        i = this.at;
      }
    }
    this.at = i;
  }

  /** The next number of the line, which must be whole, at least `least` and at most 2⁵³. @throws FormatError */
  integer(what: string, least = 0): number {
    const value = this.number(what);
    if (!Number.isSafeInteger(value) || value < least)
      this.fail(`${what} is ${value}, expected a whole number of at least ${least}`);
    return value;
  }

  /** @throws FormatError if the line has more than what was read */
  endLine(what: string): void {
    if (!this.atLineEnd()) this.fail(`more columns than ${what}: "${this.rest()}"`);
  }

  /** @throws FormatError with file and line */
  fail(problem: string, advice?: string): never {
    throw new FormatError({ file: this.file, line: Math.max(this.line, 1), problem, ...(advice && { advice }) });
  }

  /** Says, with file and line, what was read but deserves a look. */
  warn(problem: string): void {
    this.onWarning?.({ where: `${this.file}:${Math.max(this.line, 1)}`, problem });
  }

  /** @throws FormatError that says where the text ended and what was missing */
  failEnd(missing: string): never {
    this.cut = true;
    return this.fail(
      `the file ends early: ${missing}`,
      'get the whole file, or read it with incomplete: "drop" to leave out what is cut off',
    );
  }

  private rest(): string {
    const text = textOf(this.bytes, this.skipBlanks(), this.end);
    return text.length > 40 ? `${text.slice(0, 40)}…` : text;
  }

  private skipBlanks(): number {
    const { bytes, end } = this;
    while (this.at < end && (bytes[this.at] === 32 || bytes[this.at] === 9)) this.at++;
    return this.at;
  }

  private tokenEnd(start: number, what: string): number {
    const { bytes, end } = this;
    if (start === end) this.fail(`${what} is missing: the line ends early`);
    let i = start;
    while (i < end && bytes[i]! > 32) i++;
    if (i === start)
      this.fail(
        `a control character (byte ${bytes[start]}) where ${what} should be`,
        "this is not a text file, or it is damaged",
      );
    this.at = i;
    return i;
  }

  private unusualNumber(what: string, odd: "refuse" | "store"): number {
    if (this.overflowing === this.line && odd === "store") return Number.NaN;
    const start = this.at;
    const end = this.tokenEnd(start, what);
    const value = parseNumber(this.bytes, start, end);
    if (Number.isFinite(value)) return value;
    const word = textOf(this.bytes, start, end);
    if (odd === "store" && isOdd(word)) return Number.NaN;
    const length = this.fixedFormat ? firstTouching(word) : 0;
    if (length > 0) {
      this.at = start + length;
      return parseNumber(this.bytes, start, this.at);
    }
    if (this.fixedFormat && odd === "store" && isOverflow(word)) {
      this.overflowing = this.line;
      this.at = this.end;
      return Number.NaN;
    }
    return this.fail(
      `expected a number for ${what}, found "${word.slice(0, 40)}"`,
      word.startsWith("*") ? "the program that wrote the file had too little room for this number" : undefined,
    );
  }
}
