import { FormatError } from "../errors.js";
import { parseNumber } from "./number.js";

/** No text line of any supported format is longer; more means a foreign or damaged file. */
const longestLine = 1 << 24;
const shortWords: (string | undefined)[] = new Array(1 << 16);

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
  private bytes: Buffer = Buffer.alloc(0);
  /** Start of the current line, cursor in it, its end, and the start of the next line. */
  private start = 0;
  private at = 0;
  private end = 0;
  private following = 0;
  private readonly dropUnterminated: boolean;

  /**
   * @param file name for messages
   * @param options.dropUnterminated a last line without line break is ignored instead of refused
   */
  constructor(file: string, options: { readonly dropUnterminated?: boolean } = {}) {
    this.file = file;
    this.dropUnterminated = options.dropUnterminated ?? false;
  }

  /** Appends bytes; what has not been read yet is kept. */
  feed(chunk: Uint8Array): void {
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const rest = this.bytes.length - this.following;
    // The current line must stay readable until the next call of next().
    const keep = this.bytes.length - this.start;
    if (keep === 0) {
      this.bytes = piece;
      this.start = this.at = this.end = this.following = 0;
      return;
    }
    if (rest > longestLine) {
      this.line++;
      this.fail(`a line of more than ${longestLine >> 20} MiB`, "this is not a text file of the expected kind");
    }
    const shift = this.start;
    this.bytes = Buffer.concat([this.bytes.subarray(shift), piece]);
    this.start = 0;
    this.at -= shift;
    this.end -= shift;
    this.following -= shift;
  }

  /** Says that nothing more will come. */
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
      if (!this.finished || start === this.bytes.length || this.dropUnterminated) return false;
      this.line++;
      return this.fail(
        "the last line has no line break, so it may have been cut",
        "get the file again, or end it with a line break if it is complete",
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

  /** The current line from its beginning, without the line break. */
  text(): string {
    return this.bytes.toString("utf8", this.start, this.end);
  }

  /** First byte of the current line that is not blank, or −1. */
  firstByte(): number {
    for (let i = this.start; i < this.end; i++) if (this.bytes[i]! > 32) return this.bytes[i]!;
    return -1;
  }

  isBlank(): boolean {
    return this.firstByte() < 0;
  }

  /** Whether the cursor has only blanks before it in this line. */
  atLineEnd(): boolean {
    return this.skipBlanks() === this.end;
  }

  /** Moves the cursor to a column (zero-based) of the current line, at most to its end. */
  seek(column: number): void {
    this.at = Math.min(this.start + column, this.end);
  }

  /** The next word of the line. @throws FormatError at the end of the line */
  word(what: string): string {
    const start = this.skipBlanks();
    const end = this.tokenEnd(start, what);
    if (end - start > 2) return this.bytes.toString("utf8", start, end);
    // Element symbols come in their thousands: one or two bytes are looked up.
    const code = end - start === 1 ? this.bytes[start]! : this.bytes[start]! * 256 + this.bytes[start + 1]!;
    let word = shortWords[code];
    if (word === undefined) {
      word = this.bytes.toString("utf8", start, end);
      shortWords[code] = word;
    }
    return word;
  }

  /** The next number of the line. @throws FormatError if there is none or it is not finite */
  number(what: string): number {
    const start = this.skipBlanks();
    const end = this.tokenEnd(start, what);
    const value = parseNumber(this.bytes, start, end);
    if (value - value !== 0) this.notANumber(what, start, end);
    return value;
  }

  /** The next number of the line, which must be whole, at least `least` and at most 2⁵³. @throws FormatError */
  integer(what: string, least = 0): number {
    const value = this.number(what);
    if (!Number.isSafeInteger(value) || value < least)
      this.fail(`${what} is ${value}, expected a whole number of at least ${least}`);
    return value;
  }

  /** `count` numbers of the line into `target` from `offset` on. @throws FormatError */
  numbers(target: Float64Array, offset: number, count: number, what: string): void {
    for (let k = 0; k < count; k++) target[offset + k] = this.number(what);
  }

  /** @throws FormatError if the line has more than what was read */
  endLine(what: string): void {
    if (!this.atLineEnd()) this.fail(`more columns than ${what}: "${this.rest()}"`);
  }

  /** @throws FormatError with file and line */
  fail(problem: string, advice?: string): never {
    throw new FormatError({ file: this.file, line: Math.max(this.line, 1), problem, ...(advice && { advice }) });
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
    const text = this.bytes.toString("utf8", this.skipBlanks(), this.end);
    return text.length > 40 ? `${text.slice(0, 40)}…` : text;
  }

  private skipBlanks(): number {
    const { bytes, end } = this;
    let i = this.at;
    while (i < end && (bytes[i] === 32 || bytes[i] === 9)) i++;
    this.at = i;
    return i;
  }

  private tokenEnd(start: number, what: string): number {
    const { bytes, end } = this;
    if (start === end) this.fail(`${what} is missing: the line ends early`);
    let i = start;
    while (i < end && bytes[i]! > 32) i++;
    this.at = i;
    return i;
  }

  private notANumber(what: string, start: number, end: number): never {
    const found = this.bytes.toString("utf8", start, Math.min(end, start + 40));
    return this.fail(
      `expected a number for ${what}, found "${found}"`,
      found.startsWith("*") ? "the program that wrote the file had too little room for this number" : undefined,
    );
  }
}
