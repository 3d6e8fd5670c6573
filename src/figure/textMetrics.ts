/**
 * Sizes of text for drawing without a browser. plotly.js asks the browser for the boxes of its texts;
 * here they follow from the advance widths of Helvetica (the same as those of Arial and Liberation Sans).
 */

/** Advance widths of the characters U+0020 … U+007E in 1/1000 of the font size (Adobe Font Metrics of Helvetica). */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];
const OTHER: Readonly<Record<string, number>> = {
  "−": 584,
  "⁻": 351,
  "¹": 333,
  "²": 333,
  "³": 333,
  "⁶": 333,
  "±": 549,
  Å: 667,
  "·": 278,
};
const ASCENT = 0.905;
const DESCENT = 0.212;
const LINE = 1.3;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Width of a text in pixels. */
export function textWidth(text: string, fontSize: number): number {
  let sum = 0;
  for (const c of text) sum += WIDTHS[c.charCodeAt(0) - 32] ?? OTHER[c] ?? 556;
  return (sum * fontSize) / 1000;
}

/**
 * Gives the elements of a jsdom window the methods that plotly.js measures with.
 * @param window a jsdom window
 */
export function installTextMetrics(window: object): void {
  const { SVGElement, HTMLElement } = window as {
    SVGElement: { prototype: object };
    HTMLElement: { prototype: object };
  };
  const rect = function (this: Element): object {
    const { left, top, right, bottom } = boundingBox(this) ?? { left: 0, top: 0, right: 0, bottom: 0 };
    return { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
  };
  const length = function (this: Element): number {
    return lineWidth(this, fontSizeOf(this));
  };
  Object.assign(SVGElement.prototype, { getBoundingClientRect: rect, getBBox: rect, getComputedTextLength: length });
  Object.assign(HTMLElement.prototype, { getBoundingClientRect: rect });
}

/** Box of the texts inside an element, in the coordinates of the element's parent without the element's own transform. */
function boundingBox(element: Element): Box | undefined {
  if (element.tagName === "text") return transformed(textBox(element), element.getAttribute("transform"));
  let union: Box | undefined;
  for (const child of Array.from(element.children)) {
    const box = boundingBox(child);
    if (!box) continue;
    union = union
      ? {
          left: Math.min(union.left, box.left),
          top: Math.min(union.top, box.top),
          right: Math.max(union.right, box.right),
          bottom: Math.max(union.bottom, box.bottom),
        }
      : box;
  }
  return union && element.tagName === "g" ? transformed(union, element.getAttribute("transform")) : union;
}

function textBox(text: Element): Box {
  const size = fontSizeOf(text);
  const lines = Array.from(text.children).filter((c) => c.getAttribute("class") === "line");
  const widths = lines.length > 0 ? lines.map((l) => lineWidth(l, size)) : [lineWidth(text, size)];
  const width = Math.max(...widths);
  const x = Number(text.getAttribute("x") ?? 0);
  const y = Number(text.getAttribute("y") ?? 0);
  const anchor = text.getAttribute("text-anchor") ?? styleOf(text, "text-anchor");
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  const bottom = y + size * (DESCENT + LINE * (widths.length - 1));
  return { left, right: left + width, top: y - ASCENT * size, bottom };
}

/** Width of the text in an element, parts in sub- and superscript at their own size. */
function lineWidth(element: Element, size: number): number {
  let sum = 0;
  for (const node of Array.from(element.childNodes)) {
    if (node.nodeType === 3) sum += textWidth((node.textContent ?? "").replace(/\u200b/g, ""), size);
    else if (node.nodeType === 1) {
      const percent = /([\d.]+)%/.exec(styleOf(node as Element, "font-size"));
      sum += lineWidth(node as Element, percent ? (size * Number(percent[1])) / 100 : size);
    }
  }
  return sum;
}

function fontSizeOf(element: Element): number {
  for (let e: Element | null = element; e; e = e.parentElement) {
    const size = Number.parseFloat(styleOf(e, "font-size"));
    if (size > 0 && !styleOf(e, "font-size").endsWith("%")) return size;
  }
  return 12;
}

function styleOf(element: Element, property: string): string {
  const found = new RegExp(`(?:^|;)\\s*${property}:\\s*([^;]+)`).exec(element.getAttribute("style") ?? "");
  return found ? found[1]! : "";
}

/** Box after the translations and rotations of a transform attribute. */
function transformed(box: Box, transform: string | null): Box {
  if (!transform) return box;
  let corners = [
    [box.left, box.top],
    [box.right, box.top],
    [box.right, box.bottom],
    [box.left, box.bottom],
  ] as [number, number][];
  const steps = [...transform.matchAll(/(translate|rotate)\(([^)]*)\)/g)].reverse();
  for (const [, kind, list] of steps) {
    const [a = 0, b = 0, c = 0] = list!.split(/[\s,]+/).map(Number);
    if (kind === "translate") corners = corners.map(([x, y]) => [x + a, y + b]);
    else {
      const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
      corners = corners.map(([x, y]) => [b + cos * (x - b) - sin * (y - c), c + sin * (x - b) + cos * (y - c)]);
    }
  }
  const [xs, ys] = [corners.map((p) => p[0]), corners.map((p) => p[1])];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
