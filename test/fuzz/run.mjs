/** `npm run fuzz -- [--inputs 100000] [--seed 1] [--out folder]`: damaged files through every reader; findings go into the folder. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    out: { type: "string" },
  },
});
const root = fileURLToPath(new URL("../../", import.meta.url));
const vitest = `${root}node_modules/vitest/vitest.mjs`;
const { status } = spawnSync(process.execPath, [vitest, "run", "test/fuzz"], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    FUZZ_INPUTS: values.inputs,
    FUZZ_SEED: values.seed,
    ...(values.out && { FUZZ_OUT: values.out }),
  },
});
process.exitCode = status ?? 1;
