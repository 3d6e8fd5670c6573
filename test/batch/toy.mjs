/** A command line for the tests of batches: `toy.mjs fit --seed n [--slow ms] [--fail-once file] --json --out FILE`. */
import { appendFileSync, existsSync, writeFileSync } from "node:fs";

/** @param {string} name */
const value = (name) => process.argv[process.argv.indexOf(`--${name}`) + 1];
/** @param {string} name */
const has = (name) => process.argv.includes(`--${name}`);
if (has("log")) appendFileSync(value("log"), `${value("seed")}\n`);
if (has("slow")) await new Promise((resolve) => setTimeout(resolve, Number(value("slow"))));
if (has("fail-once") && value("seed") === "2" && !existsSync(value("fail-once"))) {
  writeFileSync(value("fail-once"), "");
  console.error("DataError: seed 2 fails the first time");
  process.exit(1);
}
writeFileSync(value("out"), `model of seed ${value("seed")}\n`);
console.log(JSON.stringify({ seed: Number(value("seed")) }));
