/** Ideal crystals for tests. */
import { toCartesian } from "../../src/structure/cell.js";
import { createStructure, type Structure } from "../../src/structure/structure.js";

/** α-quartz, P3₂21, 9 atoms (Si on 3a, O on 6c), an orientation in which no bond lies along an axis. */
export function quartz(): Structure {
  const [a, c, u, x, y, z] = [4.9134, 5.4052, 0.4699, 0.4141, 0.2681, 0.1188];
  const cell = Float64Array.of(a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c);
  // biome-ignore format: one operation a line
  const f = [
    u, 0, 2 / 3, 0, u, 1 / 3, -u, -u, 0,
    x, y, z + 2 / 3, -y, x - y, z + 1 / 3, y - x, -x, z,
    y, x, -z + 4 / 3, x - y, -y, -z + 2 / 3, -x, y - x, -z + 1,
  ];
  return fractional(["Si", "Si", "Si", "O", "O", "O", "O", "O", "O"], f, cell);
}

/** Rock salt, conventional cell. */
export function nacl(): Structure {
  const h = 0.5;
  const f = [0, 0, 0, h, 0, 0, 0, h, h, h, h, h, h, 0, h, 0, 0, h, h, h, 0, 0, h, 0];
  return fractional(["Na", "Cl", "Na", "Cl", "Na", "Cl", "Na", "Cl"], f, cubic(5.64));
}

/** Wurtzite AlN. */
export function aln(): Structure {
  const [a, c, u] = [3.112, 4.982, 0.3821];
  const cell = Float64Array.of(a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c);
  const [t, s] = [1 / 3, 2 / 3];
  return fractional(["Al", "Al", "N", "N"], [t, s, 0, s, t, 0.5, t, s, u, s, t, u + 0.5], cell);
}

/** Diamond-structure silicon, conventional cell. */
export function silicon(): Structure {
  const base = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
  return fractional(
    Array.from({ length: 8 }, () => "Si"),
    [...base, ...base.map((x) => x + 0.25)],
    cubic(5.43),
  );
}

const cubic = (a: number): Float64Array => Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a);

function fractional(species: readonly string[], f: readonly number[], cell: Float64Array): Structure {
  return createStructure({ species, positions: toCartesian(Float64Array.from(f), cell), cell });
}
