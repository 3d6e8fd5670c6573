/** Units of a series, and the two relations between total and per-volume response. */
import { didYouMean, UnitError } from "../errors.js";
import { elementaryChargeSi } from "../units/constants.js";
import { unitScale } from "../units/convert.js";
import { type TensorQuantity, type TensorSeries, UNIT_OF } from "./tensorSeries.js";

/** One e/Å² in C/m². */
const coulombPerSquareMetre = elementaryChargeSi * 1e20;

/** Value of one unit in the package's unit of the quantity (or, per volume, in that unit per Å³). */
interface Scale {
  readonly scale: number;
  readonly perVolume?: true;
}

const total = (scale: number): Scale => ({ scale });
const perVolume = (scale: number): Scale => ({ scale, perVolume: true });

const SCALES: Readonly<Record<TensorQuantity, Readonly<Record<string, Scale>>>> = {
  polarizability: {
    "Å³": total(1),
    "bohr³": total(unitScale("polarizability", "bohr³")),
    "a.u.": total(unitScale("polarizability", "a.u.")),
    "e·Å²/V": total(unitScale("polarizability", "e·Å²/V")),
    "Å³/Å³": perVolume(1),
    "e/(V·Å)": perVolume(unitScale("polarizability", "e·Å²/V")),
  },
  dielectric: { "1": total(1) },
  polarization: {
    e·Å: total(1),
    debye: total(unitScale("dipole", "debye")),
    e·bohr: total(unitScale("dipole", "e·bohr")),
    "a.u.": total(unitScale("dipole", "a.u.")),
    "e/Å²": perVolume(1),
    "C/m²": perVolume(1 / coulombPerSquareMetre),
    "µC/cm²": perVolume(0.01 / coulombPerSquareMetre),
  },
  current: {
    "e·Å/fs": total(1),
    "debye/fs": total(unitScale("dipole", "debye")),
    "debye/ps": total(unitScale("dipole", "debye") / 1000),
    "A/m²": perVolume(1e-15 / coulombPerSquareMetre),
  },
  bornCharges: { e: total(1) },
};

/** Units that a series of this quantity can have, the package's own first. */
export function seriesUnits(quantity: TensorQuantity): readonly string[] {
  return Object.keys(SCALES[quantity]);
}

/**
 * The series in another unit of its quantity. Units per volume (e/Å², C/m², µC/cm², A/m², Å³/Å³) need the volume.
 * @throws UnitError for a unit the quantity cannot have, or a missing volume
 * @example
 * const dipole = (await loadDataset("h2o")).series("polarization");
 * series.convertSeries(dipole, "debye").unit // "debye"
 */
export function convertSeries(series: TensorSeries, unit: string): TensorSeries {
  if (series.unit === unit) return series;
  const factor = inPackageUnit(series, series.unit) / inPackageUnit(series, unit);
  return { ...series, unit, values: series.values.map((v) => v * factor) };
}

/** The series in the unit this package computes in. */
export function inPackageUnits(series: TensorSeries): TensorSeries {
  return convertSeries(series, UNIT_OF[series.quantity]);
}

/** α = V(ε − 1)/4π, Å³ (theory of local fields left out: the polarizability of the cell as a whole). */
export function polarizabilityOfDielectric(series: TensorSeries): TensorSeries {
  const { values } = expect(series, "dielectric");
  const scale = requireVolume(series) / (4 * Math.PI);
  return {
    ...series,
    quantity: "polarizability",
    unit: UNIT_OF.polarizability,
    values: values.map((v, i) => (v - unity(i)) * scale),
  };
}

/** ε = 1 + 4πα/V, the inverse of {@link polarizabilityOfDielectric}. */
export function dielectricOfPolarizability(series: TensorSeries): TensorSeries {
  const { values } = expect(series, "polarizability");
  const scale = (4 * Math.PI) / requireVolume(series);
  return {
    ...series,
    quantity: "dielectric",
    unit: UNIT_OF.dielectric,
    values: values.map((v, i) => unity(i) + v * scale),
  };
}

/** Element i of a row-major [3, 3] unit tensor, over all frames. */
function unity(i: number): 0 | 1 {
  return i % 9 === 0 || i % 9 === 4 || i % 9 === 8 ? 1 : 0;
}

function expect(series: TensorSeries, quantity: TensorQuantity): TensorSeries {
  if (series.quantity !== quantity)
    throw new UnitError({
      where: `${series.quantity} series (${series.origin})`,
      problem: `expected a series of the quantity ${quantity}`,
    });
  return inPackageUnits(series);
}

function inPackageUnit(series: TensorSeries, unit: string): number {
  const table = SCALES[series.quantity];
  if (!Object.hasOwn(table, unit)) {
    const guess = didYouMean(unit, Object.keys(table));
    throw new UnitError({
      where: `${series.quantity} series (${series.origin})`,
      problem: `"${unit}" is no unit of ${series.quantity}`,
      advice: guess ? `did you mean "${guess}"?` : `known: ${Object.keys(table).join(", ")}`,
    });
  }
  const { scale, perVolume: needsVolume } = table[unit]!;
  return needsVolume ? scale * requireVolume(series) : scale;
}

function requireVolume(series: TensorSeries): number {
  if (series.volume !== undefined && series.volume > 0) return series.volume;
  throw new UnitError({
    where: `${series.quantity} series (${series.origin})`,
    problem: "a value per volume needs the volume of the cell",
    advice: "give `volume` (Å³) when the series is made",
  });
}
