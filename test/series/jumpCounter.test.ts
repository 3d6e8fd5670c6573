import { describe, expect, it } from "vitest";
import { random } from "../../src/math/random.js";
import { jumpCounter, timeJumps } from "../../src/series/times.js";

const counted = (times: readonly (number | undefined)[], steps: readonly (number | undefined)[] = []) => {
  const counter = jumpCounter();
  for (const [k, time] of times.entries()) counter.add(time, steps[k]);
  return counter.finish();
};

describe("jumps of samples that come one by one", () => {
  it("are those of all samples at once", () => {
    const rng = random(5);
    for (let round = 0; round < 50; round++) {
      const times = Array.from({ length: 30 }, (_, k) => {
        const what = rng.next();
        return what < 0.1 ? undefined : what < 0.2 ? 2.5 * k + 1 : 2.5 * k;
      });
      const all = timeJumps({ times });
      expect(counted(times)).toEqual({ count: all.length, ...(all[0] && { first: all[0] }) });
      const none = times.map(() => undefined);
      const steps = timeJumps({ times: none, steps: times });
      expect(counted(none, times)).toEqual({ count: steps.length, ...(steps[0] && { first: steps[0] }) });
    }
  });

  it("are found behind the samples that tell the usual spacing, too", () => {
    const times = Array.from({ length: 250_000 }, (_, k) => 0.5 * k + (k >= 240_000 ? 3 : 0));
    expect(counted(times)).toEqual({
      count: 1,
      first: { at: 240_000, problem: "frame 240000 is 3.5 fs after frame 239999, expected 0.5 fs" },
    });
  });
});
