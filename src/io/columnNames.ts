/** Names of columns of plain files: which component of what, and in which unit. */

/** What a name says that a column is a component of. */
export type ColumnMeaning =
  | "polarization"
  | "polarizability"
  | "dielectric"
  | "current"
  /** Something that no spectrum is computed from: velocities, a stress, a field. */
  | "other"
  /** Only a component: "x", "xx", "total_x". */
  | "plain"
  /** A word that is not known. */
  | "unknown";

/** What the name of one column says. */
export interface ColumnName {
  /** As it stands in the file. */
  readonly text: string;
  /** x, y, z, xx … zz, "time", "step", or "" for a column that is not read. */
  readonly role: string;
  /** What the component is one of: "mu", "v_m", "dipole"; empty where the name is the component alone. */
  readonly label: string;
  readonly meaning: ColumnMeaning;
  readonly unit?: string;
}

/** Words by which a name says what it is of; single letters are usual, and mean for tensors what they do below. */
const words: readonly (readonly [ColumnMeaning, RegExp])[] = [
  [
    "other",
    /^(vel|velo|velocity|velocities|speed|forces?|frc|grad|gradient|r|pos|positions?|coords?|coordinates?|com|e|ef|efield|electricfield|fields?|stress|sigma|press|pressure|virial|strain|momentum|momenta|torque|heat|heatflux|flux|quad|quadrupole|q|hyper|hyperpol\w*|beta|b|spin|s|mag|magnetic|magneti[sz]ation|l|lattice|box|g|gyration|inertia|h|acc|accel|acceleration|w|disp|displacements?|u|msd|chi|susceptibility|k|dt|\w+dot)$/,
  ],
  ["current", /^(j|cur|curr|currents?)$/],
  [
    "polarization",
    /^(mu|m|p|d|dip|dips|dpl|dipoles?|dipmom|dipolemoments?|mom|moments?|polari[sz]ation|debyes?)(tot|total|el|elec|ion|sum|cell)?$/,
  ],
  ["polarizability", /^(a|al|alpha|alph|polar|polari[sz]ab\w*)$/],
  ["dielectric", /^(eps|epsilon|epsinf\w*|epsiloninf\w*|diel|dielectric\w*|permittivity)$/],
];

/** What a word is for a vector or for a tensor, where it is not the same for both. */
const ofVectors: Readonly<Record<string, ColumnMeaning>> = {
  pol: "polarization",
  a: "other",
  al: "other",
  alpha: "other",
};
const ofTensors: Readonly<Record<string, ColumnMeaning>> = {
  pol: "polarizability",
  p: "other",
  m: "unknown",
  d: "unknown",
  mu: "unknown",
  t: "other",
};

/** Words that say which part, or are names of LAMMPS' computes, fixes and variables: of what, the rest says. */
const partly =
  /^(tot|total|sum|cell|el|elec|electrons?|electronic|ions?|ionic|nuc|nuclear|core|v|c|f|fix|ave|avg|mean|comp|components?|columns?|cols?|order|of|in|the|thermo|system|sys|tensor|vector|mol|molecules?|induced|permanent|static|berry|cart|values?|data|raw)$/;

/** The meaning of one word; `undefined` for one that only says which part. */
function meaningOf(word: string, tensor: boolean): ColumnMeaning | undefined {
  const special = tensor ? ofTensors : ofVectors;
  if (Object.hasOwn(special, word)) return special[word];
  const known = words.find(([, pattern]) => pattern.test(word));
  if (known) return known[0];
  return partly.test(word) ? undefined : "unknown";
}

/** What a label says; a word of another quantity outweighs all ("dipole velocity", "magnetic moment"). */
export function meaningOfLabel(label: string, tensor: boolean): ColumnMeaning {
  const found = label.split(/[^a-z]+/).filter(Boolean);
  // "v_x" is a velocity, "v_mu_x" the variable mu of LAMMPS.
  if (found.length === 1 && /^[vf]$/.test(found[0]!)) return "other";
  const meanings = new Set(found.flatMap((word) => meaningOf(word, tensor) ?? []));
  // "rate of the polarization", "dP/dt": a current.
  if (meanings.has("polarization") && found.some((word) => /^(rates?|derivatives?|dt)$/.test(word))) return "current";
  for (const meaning of ["other", "current", "dielectric", "polarizability", "polarization"] as const)
    if (meanings.has(meaning)) return meaning;
  return meanings.has("unknown") ? "unknown" : "plain";
}

/** Greek letters as words, and a letter that was lost by a wrong encoding. */
function romanised(text: string): string {
  return text
    .replace(/[µμ]/g, "mu")
    .replace(/α/g, "alpha")
    .replace(/[εϵ]/g, "eps")
    .replace(/σ/g, "sigma")
    .replace(/\uFFFD/g, "_");
}

/** "mu_x (D)", "t/ps", "time[fs]", "alpha_xx", "time_ps", "mu[D]_x", "c_dip[1]" … */
export function columnName(text: string): ColumnName {
  const written = romanised(text.trim());
  const [bracketed, inside] = /\s*[([]\s*(.*?)\s*[)\]]/.exec(written) ?? [];
  const index = inside !== undefined && /^\d$/.test(inside) ? inside : undefined;
  const open = bracketed !== undefined && index === undefined ? written.replace(bracketed, "") : written;
  const [, base = open, slash] = (bracketed === undefined ? /^(.*?)\s*\/\s*(.+)$/.exec(open) : undefined) ?? [];
  const unit = (index === undefined ? inside : undefined) ?? slash;
  const name = base.trim().toLowerCase();
  const named = (role: string, label: string, stated = unit): ColumnName => ({
    text: text.trim(),
    role,
    label,
    meaning: meaningOfLabel(label, /^[xyz]{2}$/.test(role)),
    ...(stated !== undefined && stated !== "" && { unit: stated }),
  });
  const time = /^(?:sim(?:ulation)?[_ ]?)?(?:time|t|zeit)(?:[_ ](.+))?$/.exec(name);
  if (time) return /^steps?$/.test(unit ?? time[1] ?? "") ? named("step", "") : named("time", "", unit ?? time[1]);
  if (
    /^(((md|ionic|time)[_ -]?)?(step|frame|iteration)s?([_ -]?(no|nr|number|id))?|n?steps?|nfi|iter|row|index|i|#)$/.test(
      name,
    )
  )
    return named("step", "");
  if (index !== undefined) {
    const label = name.replace(/\s*\[\d\]$/, "");
    const role = ["x", "y", "z"][Number(index) - 1] ?? "";
    return { ...named(role, label), meaning: /^[cfv]_[a-z]?\d*$/.test(label) ? "plain" : meaningOfLabel(label, false) };
  }
  const plain = component(
    base
      .trim()
      .replace(/([a-z])([A-Z])/g, "$1 $2")
      .toLowerCase(),
  );
  if (plain) return named(plain.role, plain.label, unit ?? unitInLabel(plain.label));
  const [, front = "", tail] = /^(.*[xyz])[_ ]([a-z][a-z0-9*^·]*)$/.exec(name) ?? [];
  const tailed = component(front);
  return tailed ? named(tailed.role, tailed.label, unit ?? tail) : named("", name);
}

/** A component, alone or behind what it is a component of: "x", "mu_xx", "alpha xy", "Mx", "a12". */
function component(name: string): { readonly role: string; readonly label: string } | undefined {
  const [, stem = "", suffix = ""] = /^(.*?)([xyz]{1,2}|[123]{2})$/.exec(name) ?? [];
  if (suffix === "") return undefined;
  const role = suffix.replace(/\d/g, (digit) => "xyz"[Number(digit) - 1]!);
  const label = stem.replace(/[^a-z0-9]+$/, "");
  const [last = ""] = /[a-z]*$/.exec(stem) ?? [];
  if (/\d/.test(suffix) && last === "") return undefined;
  // Letters that stand directly before a component must be a word: "mux", not "max".
  const word = last === "" ? undefined : meaningOf(last, role.length === 2);
  if (last !== "" && (word === undefined || word === "unknown") && !/^[vfdm]$|^mu$/.test(last)) return undefined;
  return { role, label };
}

/** "Debye_x" */
function unitInLabel(label: string): string | undefined {
  return /(?:^|[^a-z])(debyes?)(?:[^a-z]|$)/.exec(label)?.[1];
}
