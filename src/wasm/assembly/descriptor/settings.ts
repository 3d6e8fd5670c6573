// What the kernels work on: an expansion, features, the pairs of a structure, and a workspace.

import { PAD, int, padded } from "./product";

/** Highest degree, number of (l, m), species. */
export let lMax: i32 = 0;
export let lms: i32 = 0;
export let kinds: i32 = 0;
/** Channels of one neighbor: number, padded number, padded number over all l. */
export let width: i32 = 0;
export let widthStride: i32 = 0;
export let tableWidth: i32 = 0;
/** Density channels: number and stride of c[lm][channel]. */
export let channels: i32 = 0;
export let channelStride: i32 = 0;
/** Per species: pointer to its table [knots + 2][value, slope·step][tableWidth], the last two zeros; first channel; central atom's part [width]. */
export let tables: usize = 0;
export let offsets: usize = 0;
export let centres: usize = 0;
export let hasCentre: bool = false;
/** Groups of neighbors that add to channels of their own: one per species, or a single one where all species share the channels. */
export let groups: i32 = 0;
/** Interval of the tables, Å, and their number. */
export let step: f64 = 1;
export let intervals: i32 = 1;
/** Coefficients of the spherical harmonics: rise, fall, slope at l(l+1)/2+m, start at m. */
export let rise: usize = 0;
export let fall: usize = 0;
export let slope: usize = 0;
export let start: usize = 0;

export function configureExpansion(
  lMax_: i32,
  width_: i32,
  channels_: i32,
  kinds_: i32,
  tables_: usize,
  offsets_: usize,
  centres_: usize,
  hasCentre_: bool,
  step_: f64,
  intervals_: i32,
  rise_: usize,
  fall_: usize,
  slope_: usize,
  start_: usize,
): void {
  lMax = lMax_;
  lms = (lMax + 1) * (lMax + 1);
  width = width_;
  widthStride = padded(width);
  tableWidth = widthStride * (lMax + 1);
  channels = channels_;
  channelStride = padded(channels);
  kinds = kinds_;
  groups = width == channels ? 1 : kinds;
  tables = tables_;
  offsets = offsets_;
  centres = centres_;
  hasCentre = hasCentre_;
  step = step_;
  intervals = intervals_;
  rise = rise_;
  fall = fall_;
  slope = slope_;
  start = start_;
}

/** Order of the features, features per atom, first feature of the part, number of blocks and their records. */
export let order: i32 = 0;
export let components: i32 = 0;
export let features: i32 = 0;
export let blockCount: i32 = 0;
export let blocks: usize = 0;

/**
 * A block record is 12 integers: l1, l2, first feature, pointer to the couplings, first coupling of each component
 * (6), first row of the block's U (derivative on l1), and the same for l2.
 * A coupling is m1 + l1 and m2 + l2 (integers) and the coefficient.
 */
export const BLOCK_BYTES: usize = 48;
export const COUPLING_BYTES: usize = 16;

export function configureFeatures(order_: i32, features_: i32, blockCount_: i32, blocks_: usize): void {
  order = order_;
  components = 2 * order + 1;
  features = features_;
  blockCount = blockCount_;
  blocks = blocks_;
}

/** Pairs of a structure: first[centre·kinds + s], multiples of PAD where a group begins, and where a species does if rows are made of it. */
export let first: usize = 0;
export let vectors: usize = 0;
export let pairs: i32 = 0;
export let neighbors: usize = 0;
export let species: usize = 0;
export let atoms: i32 = 0;

/**
 * `vectors_` holds x, y and z one after the other, `pairs_` doubles each; `neighbors_` is −1 for padding, where any vector
 * may stand.
 */
export function configureStructure(
  atoms_: i32,
  pairs_: i32,
  first_: usize,
  vectors_: usize,
  neighbors_: usize,
  species_: usize,
): void {
  atoms = atoms_;
  pairs = pairs_;
  first = first_;
  vectors = vectors_;
  neighbors = neighbors_;
  species = species_;
}

/** First pair of a centre's group. */
@inline
export function groupStart(centre: i32, group: i32): i32 {
  return int(first, centre * kinds + (groups == 1 ? group * kinds : group));
}

/** Stride of arrays over the neighbors of one centre. */
export let row: i32 = 0;
/** Unit vectors, 1/r, address of the first knot, Hermite weights of value and slope, [11][row]. */
export let geometry: usize = 0;
/** Y_lm and the gradient of the polynomial that continues it, [4][lms][row]. */
export let harmonics: usize = 0;
/** h and dh/dr, [row][tableWidth] each, or transposed [tableWidth][row] each. */
export let radial: usize = 0;
export let radialSlope: usize = 0;
export let radialT: usize = 0;
export let radialSlopeT: usize = 0;
/** c[lm][channel]. */
export let density: usize = 0;
/** Small intermediates. */
export let scratch: usize = 0;

/** Bytes that {@link workspace} needs for centres with up to `most` neighbors (a multiple of PAD). */
export function workspaceBytes(most: i32): f64 {
  const r = <f64>rowStride(most), c = <f64>channelStride, l = <f64>(2 * lMax + 1), y = <f64>lms;
  const kept = 11 * r + 4 * y * r + 4 * r * <f64>tableWidth + (y + 1) * c;
  const scratch = l * (r + c) * 2 + c * c + 7 * r * c + 3 * (y + 1) * c;
  return 8 * (kept + scratch + 64);
}

export function workspace(most: i32, p: usize): void {
  row = rowStride(most);
  geometry = p;
  harmonics = geometry + (11 * row << 3);
  radial = harmonics + (4 * lms * row << 3);
  radialSlope = radial + (row * tableWidth << 3);
  radialT = radialSlope + (row * tableWidth << 3);
  radialSlopeT = radialT + (row * tableWidth << 3);
  density = radialSlopeT + (row * tableWidth << 3);
  scratch = density + ((lms + 1) * channelStride << 3);
}

/** Rows that are not a multiple of a cache page apart do not fight for the same cache lines. */
function rowStride(most: i32): i32 {
  return most % 16 == 0 ? most + PAD : most;
}
