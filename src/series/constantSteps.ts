/** A "number of the step" that is the same in every frame is a setting of the run (`timestep=0.5`), and no number. */

/** The numbers, or none if all are the same. */
export function numberedSteps(steps: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const known = steps.filter((s) => s !== undefined);
  return known.length > 1 && known.every((s) => s === known[0]) ? steps.map(() => undefined) : steps;
}

/** The same for numbers that come one by one: repetitions of the first are passed over until another one comes. */
export function passOverConstant(): (step: number | undefined) => number | undefined {
  let first: number | undefined;
  let changed = false;
  return (step) => {
    if (step === undefined) return undefined;
    const repeats = !changed && step === first;
    changed ||= first !== undefined && step !== first;
    first ??= step;
    return repeats ? undefined : step;
  };
}
