import { describe, expect, it } from "vitest";
import { knownTables, processTable, takeTables } from "../../src/parallel/processTables.js";

describe("processTable", () => {
  it("makes a table once, in memory that threads see, and forgets the one that was not used for longest", () => {
    let made = 0;
    const make = () => {
      made++;
      return [Float64Array.of(1, 2), Float64Array.of(3)];
    };
    const first = processTable("a", make);
    expect(processTable("a", make)).toBe(first);
    expect(made).toBe(1);
    expect(first.map((a) => [...a])).toEqual([[1, 2], [3]]);
    for (const { buffer } of first) expect(buffer).toBeInstanceOf(SharedArrayBuffer);
    for (let k = 0; k < 40; k++) {
      processTable(`other ${k}`, () => [Float64Array.of(k)]);
      processTable("a", make);
    }
    expect(made).toBe(1);
    expect(knownTables().has("other 0")).toBe(false);
    expect(knownTables().size).toBeLessThan(30);
  });

  it("is taken over by a thread instead of made again, with the same memory", () => {
    const given = [Float64Array.from(new Float64Array(new SharedArrayBuffer(8)))];
    takeTables(new Map([["given", given]]));
    expect(
      processTable("given", () => {
        throw new Error("made again");
      }),
    ).toBe(given);
  });
});
