/** Messages of the library name options as a notebook writes them; here they become those of the command line. */

/** Option of the library → option of the commands. */
export const flagOf: Readonly<Record<string, string>> = {
  format: "--format",
  keys: "--key",
  components: "--components",
  becOrder: "--bec-order",
  species: "--species",
  lammpsUnits: "--units",
  units: "--unit",
  skipColumns: "--skip-columns",
  incomplete: "--incomplete",
  labels: "--labels",
  timestep: "--timestep",
  stride: "--stride",
  segments: "--segments",
  branches: "--no-unwrap",
};

const names = Object.keys(flagOf).join("|");
const written = new RegExp(
  `(?<![-\\w])(${names}): (\\{[^}]*\\}|\\[[^\\]]*\\]|"[^"]*"(?: or "[^"]*")*|[\\d.]+|true|false)`,
  "g",
);
const quoted = new RegExp(`\`(${names})\``, "g");

/** A message with `species: ["Si", "O"]` as `--species Si,O`, `keys: { a: "b" }` as `--key a=b`, `` `timestep` `` as --timestep. */
export function inCommandLine(message: string): string {
  return message
    .replace(written, (_, name: string, value: string) => {
      const flag = flagOf[name]!;
      return flag.startsWith("--no-") ? flag : `${flag} ${argument(value)}`;
    })
    .replace(quoted, (_, name: string) => flagOf[name]!);
}

function argument(value: string): string {
  const inner = value.replace(/^[[{]\s*|\s*[\]}]$/g, "");
  if (value.startsWith("{")) return inner.replace(/(\w+):\s*"?([^",]*)"?/g, "$1=$2").replace(/,\s*/g, " ");
  if (value.startsWith("[")) return inner.replace(/"/g, "").replace(/,\s*/g, ",");
  if (value.includes(" or ")) return value.replace(/"/g, "");
  return /\s/.test(value) ? value : value.replace(/"/g, "");
}
