/** Which element a pseudopotential of VASP stands for: its name survives where the symbol is cut. */
import { CHEMICAL_SYMBOLS } from "../structure/elements.js";

const elements = new Set(CHEMICAL_SYMBOLS);

/**
 * The element in the name of a pseudopotential, as in `PAW_PBE Zr_sv 04Jan2005`, `PAW_GGA H1.25 07Sep2000`, `US O`.
 * @returns `undefined` if there is none
 */
export function elementOfPseudopotential(name: string): string | undefined {
  const words = name.trim().split(/\s+/);
  const [, symbol] = /^([A-Z][a-z]?)(?![A-Za-z])/.exec(words[words.length > 1 ? 1 : 0]!) ?? [];
  return symbol !== undefined && elements.has(symbol) ? symbol : undefined;
}

/** What a file says of one kind of ions. */
export interface KindNames {
  /** The symbol that VASP printed (VRHFIN, `<atominfo>`), which may be cut: "r" for Zr, "X" for Xe. */
  readonly symbol?: string;
  readonly pseudopotential?: string;
}

/**
 * The element of a kind of ions, from the name of its pseudopotential, else from the printed symbol.
 * @param contradiction told if both are elements, and different ones
 * @returns `undefined` if neither is an element
 */
export function elementOfKind(
  { symbol, pseudopotential }: KindNames,
  contradiction: (problem: string) => void,
): string | undefined {
  const named = pseudopotential === undefined ? undefined : elementOfPseudopotential(pseudopotential);
  const printed = symbol !== undefined && elements.has(symbol) ? symbol : undefined;
  if (named !== undefined && printed !== undefined && named !== printed)
    contradiction(
      `a kind of ions is called ${printed}, its pseudopotential "${pseudopotential!.trim()}"; it is taken as ${named}`,
    );
  return named ?? printed;
}
