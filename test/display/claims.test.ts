import { describe, expect, it } from "vitest";
import {
  type Baseline,
  type Claim,
  type Criterion,
  countVerdicts,
  type Estimate,
  judge,
} from "../../src/display/claims.js";
import { claimRows, claimsHtml, claimsText } from "../../src/display/showClaims.js";

const NONE: Baseline = { none: "a count" };
const claim = (ours: Estimate, criterion: Criterion, baseline: Baseline = NONE): Claim => ({
  claim: "N_t is small",
  source: "Table 1",
  paper: 20,
  test: { quantity: "N_t", ours, criterion, baseline },
});
const verdict = (...args: Parameters<typeof claim>) => judge([claim(...args)])[0]!;

describe("a claim is judged by its interval", () => {
  it.each<[Estimate, Criterion, string]>([
    [{ value: 5, low: 4, high: 6 }, { kind: "atMost", value: 20 }, "reproduced"],
    [{ value: 5, low: 4, high: 6 }, { kind: "atMost", value: 3 }, "refuted"],
    [{ value: 5, low: 4, high: 6 }, { kind: "atMost", value: 5 }, "not testable"],
    [{ value: 5, low: 4, high: 6 }, { kind: "atLeast", value: 4 }, "reproduced"],
    [{ value: 5, low: 4, high: 6 }, { kind: "atLeast", value: 6.5 }, "refuted"],
    [{ value: 5, low: 4, high: 6 }, { kind: "within", value: 5, width: 1 }, "reproduced"],
    [{ value: 5, low: 4, high: 6 }, { kind: "within", value: 5, width: 0.5 }, "not testable"],
    [{ value: 5, low: 4, high: 6 }, { kind: "within", value: 9, width: 2 }, "refuted"],
    [{ value: 5 }, { kind: "atMost", value: 5 }, "reproduced"],
    [{ value: Number.POSITIVE_INFINITY }, { kind: "atMost", value: 5 }, "refuted"],
  ])("%o, %o: %s", (ours, criterion, expected) => {
    expect(verdict(ours, criterion).verdict).toBe(expected);
  });

  it("takes medians and bootstrap estimates as they come", () => {
    const median = { median: 5, low: 4, high: 6, coverage: 0.97 };
    expect(verdict(median, { kind: "atMost", value: 6 }).verdict).toBe("reproduced");
    const bootstrap = { estimate: 5, low: 5.1, high: 6, standardError: 1, level: 0.95 };
    expect(verdict(bootstrap, { kind: "atLeast", value: 5 }).verdict).toBe("reproduced");
    expect(verdict(bootstrap, { kind: "atLeast", value: 5.05 }).verdict).toBe("not testable");
    expect(claimRows(judge([claim(median, { kind: "atMost", value: 6 })]))[0]!.cells[3]).toContain("5 [4, 6]");
  });

  it("proves nothing where something that learnt nothing passes as well", () => {
    const judged = verdict({ value: 0.999 }, { kind: "atLeast", value: 0.98 }, { name: "first step", value: 0.9995 });
    expect(judged.verdict).toBe("not testable");
    expect(judged.reason).toContain("first step");
    expect(verdict({ value: 0.999 }, { kind: "atLeast", value: 0.98 }, { name: "mean", value: 0 }).verdict).toBe(
      "reproduced",
    );
  });

  it("may say that the data cannot decide", () => {
    const [judged] = judge([{ claim: "c", source: "text", test: { untestable: "one functional" } }]);
    expect(judged).toMatchObject({ verdict: "not testable", reason: "one functional" });
  });

  it("refuses a value outside its interval and a bound that is no number", () => {
    expect(() => verdict({ value: 7, low: 4, high: 6 }, { kind: "atMost", value: 5 })).toThrow("outside its interval");
    expect(() => verdict({ value: Number.NaN }, { kind: "atMost", value: 5 })).toThrow("outside its interval");
    expect(() => verdict({ value: 1 }, { kind: "atMost", value: Number.NaN })).toThrow("criterion");
  });
});

describe("the table", () => {
  const judged = judge([
    claim({ value: 5, low: 4, high: 6 }, { kind: "atMost", value: 20 }),
    claim({ value: 50 }, { kind: "atMost", value: 20 }),
    { claim: "<b>two</b> functionals", source: "Fig. 3", test: { untestable: "one functional here" } },
  ]);

  it("counts the verdicts", () => {
    expect(countVerdicts(judged)).toEqual({ reproduced: 1, refuted: 1, "not testable": 1 });
    expect(claimsText(claimRows(judged))).toContain("1 reproduced, 1 refuted, 1 not testable");
  });

  it("keeps numbers that are not finite through a file", () => {
    const none = claim({ value: 5 }, { kind: "atMost", value: 20 }, { name: "mean", value: Number.POSITIVE_INFINITY });
    expect(claimsText(JSON.parse(JSON.stringify(claimRows(judge([none])))))).toContain("∞, mean");
  });

  it("shows interval, criterion, reason and rule, and escapes what it is given", () => {
    const html = claimsHtml(claimRows(judged));
    for (const part of ["5 [4, 6]", "at most 20", "one functional here", "the whole 95 % interval", "&#60;b&#62;two"])
      expect(html).toContain(part);
    expect(html).not.toContain("<b>two");
  });
});
