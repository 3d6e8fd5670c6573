/** Errors of models as tables. */
import type { ModelErrors } from "../model/evaluate.js";
import type { Warning } from "../warnings.js";
import { print, printTable } from "./output.js";

/** One table for each quantity, one line for each set of frames. */
export function printErrors(errors: Readonly<Record<string, ModelErrors | undefined>>): void {
  const sets = Object.entries(errors).flatMap(([set, e]) => (e ? [[set, e] as const] : []));
  const table = <Q extends keyof ModelErrors>(
    quantity: Q,
    title: (e: NonNullable<ModelErrors[Q]>) => string,
    columns: (e: NonNullable<ModelErrors[Q]>) => Readonly<Record<string, number | undefined>>,
  ): void => {
    const found = sets.flatMap(([set, e]) => {
      const own = e[quantity];
      return own === undefined ? [] : [{ set, frames: e.frames, own, columns: columns(own!) }];
    });
    const [first] = found;
    if (!first) return;
    print(title(first.own!));
    printTable(
      ["set", "frames", ...Object.keys(first.columns)],
      found.map((f) => [f.set, f.frames, ...Object.values(f.columns).map((v) => v ?? "")]),
    );
  };
  const percent = (v: number | undefined): number | undefined => (v === undefined ? undefined : 100 * v);
  table(
    "polarizability",
    (e) => `R² and RMSE of all elements, ${e.unit}`,
    ({ r2, rmse }) => ({ a: r2.a, gamma2: r2.gamma2, ...r2.components, RMSE: rmse }),
  );
  table(
    "bec",
    () => "Born charges Z*, RMSE in m|e|",
    (e) => ({ RMSE: 1000 * e.rmse, "RMSPE %": 100 * e.rmspe, "without mean diagonal %": 100 * e.rmspeWithoutDiagonal }),
  );
  const moved = sets.some(([, e]) => e.polarization?.moved);
  table(
    "polarization",
    (e) => `P${e.compared === "differences" ? ", up to a constant vector" : ""}, RMSE in ${e.unit}`,
    (e) => ({ RMSE: e.rmse, "RMSPE %": 100 * e.rmspe, r: e.r, ...(moved && { "less quanta": e.moved ?? 0 }) }),
  );
  table(
    "energy",
    (e) => `energy, RMSE in ${e.unit}`,
    (e) => ({ RMSE: e.rmse }),
  );
  table(
    "forces",
    (e) => `forces, RMSE in ${e.unit}`,
    (e) => ({ RMSE: e.rmse, "% of deviation": percent(e.relative) }),
  );
  table(
    "stress",
    (e) => `stress, RMSE in ${e.unit}`,
    (e) => ({ RMSE: e.rmse }),
  );
}

/** What is odd about errors. */
export function errorWarnings(errors: Readonly<Record<string, ModelErrors | undefined>>): Warning[] {
  return Object.entries(errors).flatMap(([set, e]) => {
    const { unsettled } = e?.polarization ?? {};
    if (unsettled === undefined) return [];
    return [
      {
        where: `polarization, ${set}`,
        problem: `${unsettled} frames may be on other branches (whole quanta e·a, e·b, e·c), and errors are too large to say on which`,
        advice: "give frames on one branch, or judge by Born charges",
      },
    ];
  });
}
