/** One file, as `spectensor check --json` prints it. */
export interface FileReport {
  /** `null` if it could not be found out. */
  readonly format: string | null;
  readonly frames: number;
  /** Atoms in the first frame. */
  readonly atoms: number;
  /** Elements in the order of their first atoms. */
  readonly species: readonly string[];
  /** fs between frames, where the file has evenly spaced times. */
  readonly timestepFs: number | null;
  /** fs; `null` where the file has no times. */
  readonly times: { readonly first: number; readonly last: number; readonly even: boolean } | null;
  /** What every frame has. */
  readonly quantities: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
}
