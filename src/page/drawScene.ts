/** A scene on the canvas of 3Dmol.js, and what stands around it. */
import { coneMesh, ellipsoidMesh, unit } from "./meshes.js";
import { point, type Viewer, type ViewState } from "./mol.js";
import type { Numbers, Scene } from "./scene.js";

const ROUND = { fromCap: 2, toCap: 2 };

export function drawScene(viewer: Viewer, scene: Scene): void {
  viewer.removeAllShapes();
  viewer.removeAllLabels();
  viewer.setBackgroundColor(scene.colours.background);
  for (const [color, balls] of Object.entries(scene.balls)) {
    const shape = viewer.addShape({ color, opacity: 1 });
    for (const b of balls) shape.addSphere({ center: point(b), radius: b[3], color });
  }
  for (const [color, radius, sticks] of scene.sticks) {
    const shape = viewer.addShape({ color, opacity: 1 });
    for (const s of sticks) shape.addCylinder({ start: point(s), end: point(s, 3), radius, color, ...ROUND });
  }
  for (const arrow of scene.arrows[1]) drawArrow(viewer, arrow, scene.arrows[0]);
  for (const [centre, axes, color, axisColours] of scene.ellipsoids) {
    viewer.addCustom({ ...ellipsoidMesh(centre, axes), color, opacity: 0.5 });
    for (const [k, axis] of axes.entries()) {
      const reach = 1 + 0.1 / Math.max(0.01, Math.hypot(...axis));
      const end = (sign: number) => point(centre.map((x, d) => x + sign * reach * axis[d]!));
      viewer.addCylinder({ start: end(-1), end: end(1), radius: 0.025, color: axisColours[k], ...ROUND });
    }
  }
  for (const [text, place] of scene.labels)
    viewer.addLabel(text, {
      position: point(place),
      fontSize: 15,
      fontColor: scene.colours.text,
      fontOpacity: 1,
      bold: true,
      backgroundColor: scene.colours.background,
      backgroundOpacity: 0.6,
      padding: 1,
      borderThickness: 0,
      inFront: true,
      alignment: "bottomLeft",
      screenOffset: { x: 7, y: -7 },
    });
  viewer.render();
}

function drawArrow(viewer: Viewer, arrow: Numbers, color: string): void {
  const from = arrow.slice(0, 3);
  const along = from.map((x, k) => arrow[3 + k]! - x);
  const length = Math.hypot(...along);
  const head = Math.min(0.34, 0.7 * length);
  const neck = from.map((x, k) => x + (1 - head / length) * along[k]!);
  viewer.addCylinder({ start: point(from), end: point(neck), radius: 0.055, fromCap: 1, toCap: 1, color });
  viewer.addCustom({ ...coneMesh(neck, unit(along), head, 0.42 * head), color });
}

/** The named directions, drawn over the canvas; turned with it. */
export function drawCompass(svg: SVGElement, scene: Scene, view: ViewState): void {
  const [x, y, z, w] = view.slice(4) as [number, number, number, number];
  const turned = (v: Numbers): [number, number] => {
    const tx = 2 * (y * v[2]! - z * v[1]!);
    const ty = 2 * (z * v[0]! - x * v[2]!);
    const tz = 2 * (x * v[1]! - y * v[0]!);
    return [v[0]! + w * tx + y * tz - z * ty, v[1]! + w * ty + z * tx - x * tz];
  };
  svg.replaceChildren(
    ...scene.directions.flatMap(([name, along]) => {
      const [right, up] = turned(along);
      const line = element("line", { x1: 38, y1: 38, x2: 38 + 23 * right, y2: 38 - 23 * up });
      line.setAttribute("stroke", scene.colours.axis);
      line.setAttribute("stroke-width", "1.5");
      const text = element("text", { x: 38 + 31 * right, y: 42 - 31 * up, "font-size": 12 });
      text.setAttribute("fill", scene.colours.text);
      text.setAttribute("font-style", "italic");
      text.setAttribute("text-anchor", "middle");
      text.textContent = name;
      return [line, text];
    }),
  );
}

function element(tag: string, attributes: Readonly<Record<string, number>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** What the colours stand for. */
export function drawLegend(place: HTMLElement, scene: Scene): void {
  place.textContent = "";
  place.style.color = scene.colours.text;
  for (const [colour, text] of scene.legend) {
    const item = addElement("span", place, "display:inline-block;margin:0 9px;white-space:nowrap");
    addElement(
      "span",
      item,
      `display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:5px;border:1px solid ${scene.colours.axis};background:${colour}`,
    );
    item.appendChild(document.createTextNode(text));
  }
  if (scene.note) addElement("div", place, "font-size:12px").textContent = scene.note;
}

export function addElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parent: HTMLElement,
  style: string,
): HTMLElementTagNameMap[K] {
  const made = parent.appendChild(document.createElement(tag));
  made.style.cssText = style;
  return made;
}
