/** Rows and lines of names of plain files, cut into words. */

/**
 * The words of a row: separated by semicolons, commas or blanks, quotes taken off. One separator at the end of the line
 * separates nothing. Commas are decimal signs where something else separates and no point does.
 */
export function splitColumns(text: string): string[] {
  const blanks = text.trim().split(/\s+/);
  const decimalComma = !text.includes(".") && (text.includes(";") || hasDecimalCommas(blanks));
  const separator = text.includes(";") ? ";" : text.includes(",") && !decimalComma ? "," : undefined;
  const words = separator ? text.split(separator) : blanks;
  const plain = words.map((word) => unquoted(word.trim()));
  if (separator && plain.length > 1 && plain[plain.length - 1] === "") plain.pop();
  return decimalComma ? plain.map((word) => word.replace(/^([-+]?\d*),(\d+([eEdD][-+]?\d+)?)$/, "$1.$2")) : plain;
}

/** "0,5 1,5 2": every word a number, and some with a comma inside. */
function hasDecimalCommas(words: readonly string[]): boolean {
  return (
    words.length > 1 &&
    words.some((word) => word.includes(",")) &&
    words.every((word) => /^[-+]?\d+(,\d+)?([eEdD][-+]?\d+)?$/.test(word))
  );
}

function unquoted(word: string): string {
  return word.replace(/^"(.*)"$/, "$1");
}

/** The ways in which a line may be cut into names, the likely ones first: names may have blanks in them, and units in brackets. */
export function namesIn(text: string): readonly (readonly string[])[] {
  const ways: (readonly string[])[] = [];
  const add = (words: readonly string[]) => {
    if (words.length > 0 && !ways.some((other) => other.join("\n") === words.join("\n"))) ways.push(words);
  };
  if (/[;,]/.test(text)) add(splitColumns(text));
  if (text.trim().includes("\t"))
    add(
      text
        .trim()
        .split(/\s*\t\s*/)
        .map(unquoted),
    );
  add(bracketsKept(text));
  add(bracketsKept(text.replace(/[;,]/g, " ")));
  add(
    text
      .trim()
      .split(/\s{2,}/)
      .map(unquoted),
  );
  return ways;
}

/** Words between blanks; a unit in brackets belongs to the name before it. */
function bracketsKept(text: string): string[] {
  return (
    text
      .trim()
      .replace(/\s+/g, " ")
      .replaceAll(" / ", "/")
      .match(/"[^"]*"|[^\s([]+(?:\s*[([][^)\]]*[)\]][^\s([]*)?|[([][^)\]]*[)\]]/g)
      ?.map(unquoted) ?? []
  );
}

/** Whether a line is drawn, not written: "-----", "===|===". */
export function isRuler(text: string): boolean {
  return text.trim() !== "" && !/[\p{L}\p{N}]/u.test(text);
}
