import { JSDOM } from "jsdom";
import { installTextMetrics } from "../../src/figure/textMetrics.js";

/** A text of a picture and the room that it takes, in pixels. */
export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Every text of an SVG with its box, by the widths of Helvetica and all transforms around it. */
export function textBoxes(svg: string): TextBox[] {
  const { window } = new JSDOM(svg, { contentType: "image/svg+xml" });
  installTextMetrics(window);
  const texts = [...window.document.querySelectorAll("text")].filter((t) => (t.textContent ?? "").trim() !== "");
  return texts.map((text) => {
    const { left, top, right, bottom } = text.getBoundingClientRect();
    let corners = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ].map(([x, y]) => ({ x: x!, y: y! }));
    for (let e = text.parentElement; e; e = e.parentElement) {
      const steps = [...(e.getAttribute("transform") ?? "").matchAll(/(translate|rotate)\(([^)]*)\)/g)].reverse();
      for (const [, kind, list] of steps) {
        const [a = 0, b = 0, c = 0] = list!.split(/[\s,]+/).map(Number);
        const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
        corners = corners.map(({ x, y }) =>
          kind === "translate"
            ? { x: x + a, y: y + b }
            : { x: b + cos * (x - b) - sin * (y - c), y: c + sin * (x - b) + cos * (y - c) },
        );
      }
    }
    const [xs, ys] = [corners.map((p) => p.x), corners.map((p) => p.y)];
    return {
      text: (text.textContent ?? "").trim(),
      left: Math.min(...xs),
      right: Math.max(...xs),
      top: Math.min(...ys),
      bottom: Math.max(...ys),
    };
  });
}

/** Texts that leave the picture by more than `slack` pixels, or lie over each other. */
export function textProblems(
  svg: string,
  size: { readonly width: number; readonly height: number },
  slack = 1,
): string[] {
  const boxes = textBoxes(svg);
  const cut = boxes.filter(
    (b) => b.left < -slack || b.top < -slack || b.right > size.width + slack || b.bottom > size.height + slack,
  );
  const over = boxes.flatMap((a, i) =>
    boxes
      .slice(i + 1)
      .filter(
        (b) =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
          // Boxes are as high as a line of text, letters are lower.
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4,
      )
      .map((b) => `"${a.text}" over "${b.text}"`),
  );
  return [...cut.map((b) => `"${b.text}" is cut: ${JSON.stringify(b)}`), ...over];
}
