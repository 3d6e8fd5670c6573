import { describe, expect, it } from "vitest";
import { TextBytes } from "../../src/io/textBytes.js";
import { random } from "../../src/math/random.js";

const text = new TextBytes();

function written(x: number): string {
  text.number(x);
  return Buffer.from(text.take()).toString();
}

describe("numbers as bytes", () => {
  it("are what String makes of them, whatever their decimals and size", () => {
    const r = random(1);
    const odd = [
      0, -0, 1, -1, 10, 0.1, 1e-6, 9.9e-7, 1e-8, 1e7, 9999999.99999999, 1e21, 1e300, 5e-324, 0.30000000000000004,
    ];
    const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, -(2 ** 31), 0.5, 1 / 3];
    for (const x of [...odd, ...special]) expect(written(x)).toBe(String(x));
    for (let k = 0; k < 20000; k++) {
      const x = (r.next() - 0.5) * 10 ** Math.floor(14 * r.next() - 5);
      for (const y of [x, ...[0, 1, 3, 6, 8, 9].map((d) => Number(x.toFixed(d)))])
        if (written(y) !== String(y)) expect(written(y)).toBe(String(y));
    }
  });
});

describe("text as bytes", () => {
  it("is UTF-8, also beyond the room there is at first", () => {
    const piece = "é°Å🙂 plain ";
    for (let k = 0; k < 20000; k++) text.text(piece);
    expect(Buffer.from(text.take()).toString()).toBe(piece.repeat(20000));
    expect(text.take()).toHaveLength(0);
  });
});
