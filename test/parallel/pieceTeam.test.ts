import { afterEach, describe, expect, test } from "vitest";
import { SpectensorError } from "../../src/errors.js";
import { openPieceTeam, type PieceTeam } from "../../src/parallel/pieceTeam.js";
import { sharedDoubles } from "../../src/parallel/sharedDoubles.js";
import { prepare } from "./pieces.mjs";

const PIECES = 40;
let team: PieceTeam | undefined;
afterEach(() => team?.end());

function open(helpers: number, mode: "plain" | "exit" | "throw" = "plain") {
  const [out, input] = [sharedDoubles(PIECES), sharedDoubles(1)];
  const workerModule = new URL("./pieces.mjs", import.meta.url);
  team = openPieceTeam({ workerModule, prepare, shared: { out, input, mode }, pieces: PIECES, helpers });
  return { out, input, run: team.run };
}

describe("a team that does pieces again and again", () => {
  test.each([0, 1, 2])("does every piece of every round, %i helpers", async (helpers) => {
    const { out, input, run } = open(helpers);
    for (let round = 1; round <= 2000; round++) {
      input[0] = round;
      await run();
      // Also while threads are not there yet.
      for (let piece = 0; piece < PIECES; piece++) if (out[piece] !== round * piece ** 2) expect.fail(`${round}`);
    }
  });

  test("a thread that ends in the middle of a piece is an error, not a hang", async () => {
    const { run } = open(2, "exit");
    await expect(run()).rejects.toThrow(/a worker thread ended with code 3/);
    await expect(run()).rejects.toThrow(SpectensorError);
  });

  test("an error on a thread comes out, and the next round is done", async () => {
    const { run } = open(1, "throw");
    await expect(run()).rejects.toThrow(/piece \d+ is bad/);
    await expect(run()).rejects.toThrow(/piece \d+ is bad/);
  });
});
