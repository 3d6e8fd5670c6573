/** Text that grows as bytes: numbers and symbols of millions of atoms go into it without a string for each. */

/** Numbers with at most so many decimals, as most files have them, are written by whole-number arithmetic. */
const DECIMALS = 8;
const SCALE = 10 ** DECIMALS;
/** Below this a number times the scale has at most 15 digits: no shorter decimal gives the same double. */
const EXACT = 1e15 / SCALE;
/** Below this numbers are written with an exponent. */
const EXPONENT = 1e-6;

/** UTF-8 text with a cursor at its end. */
export class TextBytes {
  private bytes = new Uint8Array(1 << 16);
  private used = 0;

  /** Appends text. */
  text(piece: string): void {
    this.reserve(3 * piece.length);
    const { bytes } = this;
    let at = this.used;
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i);
      if (code > 127) {
        this.used += Buffer.from(bytes.buffer).write(piece, this.used);
        return;
      }
      bytes[at++] = code;
    }
    this.used = at;
  }

  /** Appends one ASCII character. */
  character(code: number): void {
    this.reserve(1);
    this.bytes[this.used++] = code;
  }

  /** Appends a number with the fewest digits that give the same double when read: what `String` makes of it. */
  number(x: number): void {
    const size = Math.abs(x);
    const scaled = Math.floor(size * SCALE + 0.5);
    if (!(size >= EXPONENT && size < EXACT && scaled / SCALE === size)) {
      this.text(String(x));
      return;
    }
    this.reserve(24);
    if (x < 0) this.bytes[this.used++] = 45;
    const whole = Math.floor(scaled / SCALE);
    this.digits(whole, 1);
    let rest = scaled - whole * SCALE;
    if (rest === 0) return;
    let count = DECIMALS;
    for (; rest % 10 === 0; count--) rest /= 10;
    this.bytes[this.used++] = 46;
    this.digits(rest, count);
  }

  /** What has been appended, a copy; begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.slice(0, this.used);
    this.used = 0;
    return taken;
  }

  /** The digits of a whole number below 10⁸, at least `least` of them. */
  private digits(value: number, least: number): void {
    let count = least;
    for (let power = 10 ** least; power <= value; power *= 10) count++;
    let left = value | 0;
    for (let at = this.used + count - 1; at >= this.used; at--) {
      const tenth = (left / 10) | 0;
      this.bytes[at] = 48 + left - 10 * tenth;
      left = tenth;
    }
    this.used += count;
  }

  private reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.used + more));
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }
}
