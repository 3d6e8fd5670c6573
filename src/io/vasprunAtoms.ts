/** `<atominfo>` of a vasprun.xml: elements per atom, and the pseudopotential of each kind, which tells what a cut symbol means. */
import { elementOfKind } from "./pseudopotential.js";

/** Gathers the rows of `<atominfo>`. */
export interface AtomInfo {
  /** The number in `<atoms>`. */
  declared(text: string): void;
  /** A `<c>`. */
  cell(text: string): void;
  /** The end of an `<rc>` of an array. @param array e.g. "array:atoms" */
  row(array: string): void;
  /** The element of each atom. @throws FormatError if one cannot be told */
  species(): readonly string[];
}

/** More atoms than any calculation. */
const mostAtoms = 1e6;
const mostCells = 16;

export function atomInfo(
  fail: (problem: string, advice?: string) => never,
  contradiction: (problem: string) => void,
): AtomInfo {
  let count: number | undefined;
  let cells: string[] = [];
  const symbols: string[] = [];
  const kinds: number[] = [];
  const pseudopotentials: { count: number; symbol: string; name: string }[] = [];
  let species: readonly string[] | undefined;

  const resolved = (): readonly string[] => {
    if (count !== undefined && symbols.length > 0 && symbols.length !== count)
      fail(`${symbols.length} atoms listed, <atoms> says ${count}`, "the file is damaged: get it again");
    const ions = pseudopotentials.reduce((sum, p) => sum + p.count, 0);
    if (ions > 0 && ions !== symbols.length)
      fail(`${symbols.length} atoms listed, the counts of <atomtypes> sum to ${ions}`, "the file is damaged");
    const elements = pseudopotentials.map(({ symbol, name }) =>
      elementOfKind({ symbol, pseudopotential: name }, contradiction),
    );
    return symbols.map((symbol, i) => {
      const kind = kinds[i]! - 1;
      const element = pseudopotentials[kind] ? elements[kind] : elementOfKind({ symbol }, contradiction);
      return (
        element ??
        fail(
          `atom ${i} is "${symbol}"${pseudopotentials[kind] ? `, with the pseudopotential "${pseudopotentials[kind].name}"` : ""}: expected an element`,
          "write the symbol into <atominfo>",
        )
      );
    });
  };

  return {
    declared(text) {
      count = Number(text);
      if (!Number.isInteger(count) || count < 1 || count > mostAtoms) fail(`<atoms> is "${text.slice(0, 40)}"`);
    },
    cell(text) {
      cells.push(text);
      if (cells.length > mostCells) fail(`more than ${mostCells} values in a row of <atominfo>`);
    },
    row(array) {
      const [first = "", second = "", , , name = ""] = cells;
      if (array === "array:atoms") {
        symbols.push(first);
        kinds.push(Number(second));
        if (symbols.length > (count ?? mostAtoms)) fail(`more than the ${count ?? mostAtoms} atoms declared`);
      } else if (array === "array:atomtypes") {
        pseudopotentials.push({ count: Number(first) || 0, symbol: second, name });
        if (pseudopotentials.length > (count ?? mostAtoms)) fail("more kinds of atoms than atoms");
      }
      cells = [];
    },
    species: () => {
      species ??= resolved();
      return species;
    },
  };
}
