// The cost of a descriptor against the number of species: with and without compressed channels.
import { compressChannels } from "#built/descriptor/compressChannels.js";
import { gradient } from "#built/descriptor/contract.js";
import { createDescriptor, featureCount } from "#built/descriptor/descriptor.js";
import { random } from "#built/math/random.js";
import { createStructure } from "#built/structure/structure.js";
import { bench } from "../support/benchCase.mjs";

const SYMBOLS = ["H", "C", "N", "O", "Si", "Br", "I", "Pb"];
const settings = { cutoff: 5, nMax: 6, lMax: 4, smearing: 0.5 };

/** 96 atoms of so many species, 0.1 per Å³, on a jittered grid. @param {number} kinds */
function mixture(kinds) {
  const next = random(1);
  const [n, a] = [[4, 4, 6], 2.15];
  const positions = Array.from({ length: 96 }, (_, i) =>
    [i % 4, Math.floor(i / 4) % 4, Math.floor(i / 16)].map((k) => a * (k + 0.1 * next.normal())),
  );
  const species = positions.map((_, i) => SYMBOLS[(7 * i) % kinds]);
  return createStructure({ species, positions, cell: [a * n[0], 0, 0, 0, a * n[1], 0, 0, 0, a * n[2]] });
}

/** @param {number} kinds @param {number | undefined} channels */
async function withWeights(kinds, channels) {
  const s = mixture(kinds);
  const options = { species: SYMBOLS.slice(0, kinds), ...settings };
  const full = createDescriptor(options);
  const few = channels !== undefined && channels < kinds * settings.nMax;
  const d = few ? createDescriptor({ ...options, compression: await compressChannels(full, [s], { channels }) }) : full;
  const next = random(2);
  const values = Float64Array.from({ length: kinds * featureCount(d, 1) }, () => next.normal());
  for (let k = 0; k < 5; k++) gradient(d, s, { order: 1, values });
  return { s, d, w: /** @type {const} */ ({ order: 1, values }) };
}

export const cases = [1, 2, 4, 8].flatMap((kinds) =>
  [undefined, 12].map((channels) =>
    bench({
      name: `species: value and all derivatives λ = 1, 96 atoms of ${kinds} species, ${channels ? `${channels} channels` : "all channels"}`,
      unit: "ms",
      setup: () => withWeights(kinds, channels),
      run: ({ s, d, w }) => {
        for (let k = 0; k < 5; k++) gradient(d, s, w);
        return 5;
      },
      repeat: 7,
    }),
  ),
);
