/** What the names of columns, the lines above them and the first rows say. */
import { describe, expect, it } from "vitest";
import { columnName } from "../../src/io/columnNames.js";
import { type ColumnOptions, parseColumns } from "../../src/io/columns.js";
import { splitColumns } from "../../src/io/columnWords.js";
import { loadSeries } from "../../src/io/loadSeries.js";
import { parseXvg } from "../../src/io/xvg.js";
import { unitScale } from "../../src/units/convert.js";

const debye = unitScale("dipole", "debye");
const heard: string[] = [];
const onWarning = ({ problem }: { problem: string }) => heard.push(problem);
const read = (text: string, options: ColumnOptions = {}) => parseColumns(text, { onWarning, ...options });

/** Rows 1 2 3, 4 5 6, … behind what `first` gives. */
const rows = (count: number, first: (k: number) => string = () => "", separator = " ", last = "") =>
  Array.from({ length: count }, (_, k) =>
    [first(k), 3 * k + 1.5, 3 * k + 2.5, 3 * k + 3.5].filter((x) => x !== "").join(separator),
  )
    .map((row) => `${row}${last}\n`)
    .join("");

describe("a name says of what a column is a component", () => {
  it.each<[string, string, string]>([
    ["mu_x (D)", "x", "polarization"],
    ["v_mx", "x", "polarization"],
    ["μ_z", "z", "polarization"],
    ["DipY", "y", "polarization"],
    ["total dipole x", "x", "polarization"],
    ["c_dip[2]", "y", "polarization"],
    ["alpha_xy", "xy", "polarizability"],
    ["a12", "xy", "polarizability"],
    ["axx", "xx", "polarizability"],
    ["eps_xx", "xx", "dielectric"],
    ["J_x", "x", "current"],
    ["vel_x", "x", "other"],
    ["vx", "x", "other"],
    ["v_x", "x", "other"],
    ["dipole_velocity_x", "x", "other"],
    ["E_z", "z", "other"],
    ["Pxx", "xx", "other"],
    ["c_thermo_press_xx", "xx", "other"],
    ["sigma_xy", "xy", "other"],
    ["x", "x", "plain"],
    ["el_x", "x", "plain"],
    ["foo_x", "x", "unknown"],
    ["TimeStep", "step", "plain"],
  ])("%s", (text, role, meaning) => {
    expect([columnName(text).role, columnName(text).meaning]).toEqual([role, meaning]);
  });

  it.each(["max", "index", "energy", "box", "matrix", "flux"])("%s is no component", (text) => {
    expect(columnName(text).role).not.toMatch(/^[xyz]/);
  });

  it("and its unit, before or behind the component, or of the length beside", () => {
    for (const header of [
      "time(fs) mu[D]_x mu[D]_y mu[D]_z",
      "time(fs) Debye_x Debye_y Debye_z",
      "t_fs mu_x_D mu_y_D mu_z_D",
    ])
      expect(read(`# ${header}\n${rows(3, String)}`).values[0], header).toBeCloseTo(1.5 * debye, 12);
    const length = (k: number) => ` ${Math.hypot(3 * k + 1.5, 3 * k + 2.5, 3 * k + 3.5)}`;
    const text = Array.from({ length: 3 }, (_, k) => `${k} ${3 * k + 1.5} ${3 * k + 2.5} ${3 * k + 3.5}${length(k)}\n`);
    expect(read(`# time(fs) mux muy muz mutot[D]\n${text.join("")}`).values[0]).toBeCloseTo(1.5 * debye, 12);
  });
});

describe("what is read of several quantities", () => {
  const two = (names: string) => `time_fs ${names}\n0 1 2 3 4 5 6\n1 1 2 3 4 5 7\n`;

  it("is what the names say, or the caller by the name", () => {
    expect([...read(two("E_x E_y E_z mu_x mu_y mu_z")).values.subarray(0, 3)]).toEqual([4, 5, 6]);
    expect([...read(two("tot_x tot_y tot_z el_x el_y el_z")).values.subarray(0, 3)]).toEqual([1, 2, 3]);
    const parts = two("el_x el_y el_z ion_x ion_y ion_z");
    expect(() => read(parts)).toThrow(/el_x, el_y, el_z and ion_x, ion_y, ion_z may each be .*polarization: "el"/);
    expect([...read(parts, { keys: { polarization: "ion" } }).values.subarray(0, 3)]).toEqual([4, 5, 6]);
    expect(() => read(parts, { keys: { polarization: "nu" } })).toThrow(/no vector is called "nu"/);
    expect(() => read(rows(3), { timestep: 1, keys: { polarization: "mu" } })).toThrow(/columns have no names/);
  });

  it("is no other quantity", () => {
    for (const names of ["jx jy jz", "J_x J_y J_z", "vel_x vel_y vel_z", "foo_x foo_y foo_z"])
      expect(() => read(`# time(fs) ${names}\n${rows(3, String)}`, { quantity: "polarization" }), names).toThrow(
        /the names of the columns say .*, and not a polarization or dipole/,
      );
    const six = "1 2 3 4 5 6\n1 2 3 4 5 7\n";
    for (const names of [
      "Pxx Pyy Pzz Pxy Pyz Pzx",
      "c_thermo_press_xx c_press_yy c_press_zz c_press_xy c_press_yz c_press_xz",
    ])
      expect(() => read(`# ${names}\n${six}`, { timestep: 1, quantity: "polarizability" }), names).toThrow(
        /and not a pol/,
      );
    expect(() => read(`# stress: xx yy zz xy yz zx\n${six}`, { timestep: 1 })).toThrow(/and not a pol/);
    expect(read(`# eps_xx eps_yy eps_zz eps_xy eps_yz eps_zx\n${six}`, { timestep: 1 }).quantity).toBe("dielectric");
    // x y z beside velocities are positions.
    expect(() => read(two("x y z vx vy vz"))).toThrow(/and not a polarization/);
  });
});

describe("lines above the rows", () => {
  it.each([
    "# time mu_x mu_y mu_z\n# (ps) (D) (D) (D)",
    "# time mu_x mu_y mu_z\n# ps debye debye debye",
    "#  t   dx  dy  dz\n# [ps]  [D]  [D]  [D]",
    "time mu_x mu_y mu_z\nps D D D",
    "  Time   Dx   Dy   Dz\n  [ps]   [D]  [D]  [D]",
    "# time(ps) mu_x_D mu_y_D mu_z_D\n#---------------",
    "# time(ps) mu_x_D mu_y_D mu_z_D\n# from run 1",
    "time (ps)\tdipole x (D)\tdipole y (D)\tdipole z (D)",
    "# time (ps)\tdipole x (D)\tdipole y (D)\tdipole z (D)",
  ])("%j", (head) => {
    const { timestep, values } = read(`${head}\n${rows(3, (k) => k.toFixed(7))}`);
    expect([timestep, values[0]]).toEqual([1000, expect.closeTo(1.5 * debye, 12)]);
  });

  it("say the order, whatever stands below", () => {
    const six = "1 2 3 4 5 6\n1 2 3 4 5 7\n";
    const order = (head: string) => [...read(`${head}\n${six}`, { timestep: 1 }).values.subarray(0, 9)];
    for (const head of ["# order: xx xy xz yy yz zz\n# from run 1", "# columns: xx, xy, xz, yy, yz, zz\n# ---"])
      expect(order(head), head).toEqual([1, 2, 3, 2, 4, 5, 3, 5, 6]);
    expect(order("# axx ayy azz axy axz ayz (A^3), 1 fs")).toEqual([1, 4, 5, 4, 2, 6, 5, 6, 3]);
  });

  it("mention the unit of times, which is asked for", () => {
    const text = `# time in ps, dipole in e*Angstrom\n# t mu_x mu_y mu_z\n${rows(3, (k) => (k / 1000).toFixed(3))}`;
    expect(() => read(text)).toThrow(/times are in "ps"; say so with units: \{ time: "ps" \}/);
    expect(read(text, { units: { time: "ps" } }).timestep).toBeCloseTo(1, 9);
  });

  it("come again where a run was begun again: told, and the times decide", () => {
    heard.length = 0;
    const header = "time (fs),mu_x,mu_y,mu_z\n";
    const text = header + rows(10, String, ",") + header;
    expect(read(text + rows(10, (k) => String(k + 10), ",")).values.length).toBe(60);
    expect(heard).toEqual(["the header once more, behind row 9; is it another run?"]);
    expect(() => read(text + rows(10, (k) => String(k + 5), ","))).toThrow(/row 10 is -4 fs after row 9/);
  });
});

describe("rows", () => {
  it("may end with a separator, or have decimal commas where another separates", () => {
    expect(splitColumns("1,2,3,")).toEqual(["1", "2", "3"]);
    expect(splitColumns("0,5;1,5;2")).toEqual(["0.5", "1.5", "2"]);
    expect(splitColumns("0,5 1,5 2")).toEqual(["0.5", "1.5", "2"]);
    expect(splitColumns("0.5;1,234;2")).toEqual(["0.5", "1,234", "2"]);
    expect(splitColumns("1, 2, 3")).toEqual(["1", "2", "3"]);
    expect(read(`time (fs),mu_x,mu_y,mu_z,\n${rows(3, String, ",", ",")}`).values[0]).toBe(1.5);
    expect(() => read("time,x,y,z\n0,1,2,3\n1,1,2,\n")).toThrow(/text:3: 3 columns, expected 4/);
  });

  it("are counted by a first column that rises evenly, whole numbers among the values or not", () => {
    const zero = (jump = 0) =>
      Array.from({ length: 20 }, (_, k) => `${10 * k + (k > 9 ? jump : 0)} ${k === 0 ? "0 0 0" : "0.1 0 0.4"}\n`);
    expect(read(zero().join(""), { timestep: 1 }).values[3]).toBe(0.1);
    expect(() => read(zero(5).join(""), { timestep: 1 })).toThrow(/row 10 is 15 steps after row 9, expected 10/);
    const names = "# Time-averaged data for fix 3\n# TimeStep v_mx v_my v_mz\n";
    const lammps = (jump: number) => names + rows(20, (k) => (2 * k + (k > 9 ? jump : 0)).toFixed(7));
    expect(read(lammps(0), { timestep: 3 }).timestep).toBe(3);
    for (const jump of [500, -10])
      expect(() => read(lammps(jump), { timestep: 3 })).toThrow(/row 10 is .* steps after/);
  });

  it("with times whose unit nobody says ask for names, and are never told to leave the times out", () => {
    const times = (jump = 0) => rows(20, (k) => (0.5 * k + (k > 9 ? jump : 0)).toFixed(1));
    expect(() => read(times())).toThrow(/first column rises evenly.*# time\(fs\) x y z.*timestep/);
    expect(read(times(), { timestep: 0.5 }).values[0]).toBe(1.5);
    expect(() => read(times(7), { timestep: 0.5 })).toThrow(/row 10 is 7.5 steps after row 9/);
    expect(() => read(rows(5, (k) => String(k * k + 0.5)))).toThrow(/^(?!.*skipColumns).*name the columns/);
    heard.length = 0;
    read(times(7), { timestep: 0.5, skipColumns: 1 });
    expect(heard).toEqual([expect.stringMatching(/left out, rises by 0.5 .* but by 7.5 to row 10: a gap/)]);
  });
});

describe("times with too few digits to show an even spacing from row to row", () => {
  const table = (step: number, digits: number, unit = "fs", skip = (_: number) => false) =>
    `time (${unit}),mu_x,mu_y,mu_z\n${Array.from({ length: 400 }, (_, k) => k)
      .filter((k) => !skip(k))
      .map((k) => `${((k * step) / (unit === "ps" ? 1000 : 1)).toFixed(digits)},1,2,${k}\n`)
      .join("")}`;

  it.each<[number, number, string]>([
    [0.4838, 2, "fs"],
    [0.25, 1, "fs"],
    [0.5, 3, "ps"],
    [0.25, 4, "ps"],
    [1.20944, 2, "fs"],
  ])("steps of %d fs with %d digits in %s", (step, digits, unit) => {
    const digit = 10 ** -digits * (unit === "ps" ? 1000 : 1);
    // The line through n rounded times is uncertain by about digit/n^1.5, twice it for halves that are all rounded up.
    const { timestep } = read(table(step, digits, unit));
    expect(Math.abs(timestep - step)).toBeLessThan((4 * digit) / 400 ** 1.5 + 1e-9);
    expect(read(table(step, digits, unit), { timestep: step }).timestep).toBe(step);
    expect(() => read(table(step, digits, unit), { timestep: 1.05 * step })).toThrow(/give the right `timestep`/);
    // Ten samples are missing, or twice there.
    expect(() => read(table(step, digits, unit, (k) => k > 200 && k < 211))).toThrow(/row 201/);
    const doubled = table(step, digits, unit).split("\n");
    doubled.splice(200, 0, ...doubled.slice(190, 200));
    expect(() => read(doubled.join("\n"))).toThrow(/row 199/);
  });

  it("a single missing row is seen where the digits can show it", () => {
    for (const [step, digits] of [
      [0.4838, 2],
      [0.25, 1],
      [1, 0],
      [1, 7],
    ] as const)
      expect(() => read(table(step, digits, "fs", (k) => k === 200)), String(step)).toThrow(/row 200/);
  });

  it("in .xvg files as well", () => {
    const head = '@    xaxis  label "Time (ps)"\n@    yaxis  label "Total Dipole Moment (Debye)"\n';
    const text = Array.from({ length: 400 }, (_, k) => `${(k * 0.0005).toFixed(3)} 1 2 2 3\n`).join("");
    expect(parseXvg(head + text).timestep).toBeCloseTo(0.5, 3);
  });

  it("too few rows to tell the step ask for it", () => {
    const few = table(0.5, 3, "ps").split("\n").slice(0, 9).join("\n");
    expect(() => read(`${few}\n`)).toThrow(/too few digits to say the time step; .*`timestep`/);
    expect(read(`${few}\n`, { timestep: 0.5 }).timestep).toBe(0.5);
  });
});

it("loaders take what the names say of several wanted quantities", async () => {
  const bytes = [Buffer.from("# time(fs) eps_xx eps_yy eps_zz eps_xy eps_yz eps_zx\n0 1 2 3 4 5 6\n1 1 2 3 4 5 7\n")];
  const { quantity } = await loadSeries(bytes, {
    quantity: ["polarizability", "dielectric"],
    format: "columns",
    onWarning,
  });
  expect(quantity).toBe("dielectric");
  await expect(loadSeries(bytes, { quantity: "polarizability", format: "columns", onWarning })).rejects.toThrow(
    /and not a polarizability/,
  );
});
