import { SaxesParser } from "saxes";

/** Elements that draw; none that runs, embeds or leads anywhere. */
const ELEMENTS = new Set(
  "svg g defs title desc path rect circle ellipse line polyline polygon text tspan clipPath mask marker pattern linearGradient radialGradient stop use image style".split(
    " ",
  ),
);

/** Whether a picture may be written as a file of its own: browsers run what is in an SVG that is opened by itself. */
export function isHarmlessSvg(svg: string): boolean {
  let harmless = true;
  const parser = new SaxesParser();
  parser.on("error", () => {
    harmless = false;
  });
  parser.on("doctype", () => {
    harmless = false;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (!ELEMENTS.has(name)) harmless = false;
    for (const [key, value] of Object.entries(attributes)) {
      if (/^on/i.test(key)) harmless = false;
      if (/^(?:xlink:)?href$/i.test(key) && !/^(?:#|data:image\/(?:png|jpeg);)/i.test(value)) harmless = false;
    }
  });
  parser.on("text", (text) => {
    if (/@import|url\(\s*["']?(?!#)/i.test(text)) harmless = false;
  });
  try {
    parser.write(svg).close();
  } catch {
    return false;
  }
  return harmless;
}
