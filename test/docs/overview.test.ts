import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { overviewSvg } from "./overview.js";

const picture = new URL("../../notebooks/overview.svg", import.meta.url);

it("the README's picture is what the code draws from the data today (UPDATE_PICTURES=1 draws it anew)", async () => {
  const drawn = await overviewSvg();
  if (process.env.UPDATE_PICTURES) writeFileSync(picture, drawn);
  expect(readFileSync(picture, "utf8")).toBe(drawn);
});
