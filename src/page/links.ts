/**
 * Lets places of a figure be chosen by a click, or one after the other by a slider that takes the arrow keys, and shows the structure or motion behind
 * the chosen one. Figure and structure are drawn by their own scripts.
 */
import { addElement } from "./drawScene.js";
import { CHOOSE, type Choice, FRAME, type FrameWanted, type LinkAnchor, type Links } from "./linkData.js";
import { serveQueue } from "./queue.js";

/** Pixels within which a click means a place. */
const REACH = 24;
/** Pixels that a pointer may move between down and up in a click. */
const STILL = 4;

/** The part of a plot of plotly.js that places are measured with. */
interface Axis {
  readonly _offset: number;
  readonly _length: number;
  d2p(value: number): number;
}

serveQueue<Links>("spectensorLinks", (id, links) => {
  const host = document.getElementById(id);
  const plot = document.getElementById(links.plot);
  const structure = document.getElementById(links.structure);
  if (!host || !plot || !structure || host.dataset.linked) return;
  host.dataset.linked = "yes";
  const { anchors, of } = links;
  const row = addElement(
    "div",
    host,
    "flex-basis:100%;display:flex;flex-wrap:wrap;gap:4px 10px;align-items:center;font:14px Arial,Helvetica,sans-serif",
  );
  const label = addElement("label", row, "display:flex;gap:8px;align-items:center");
  label.append(of);
  const slider = addElement("input", label, "width:min(260px,50vw)");
  slider.type = "range";
  slider.min = "1";
  slider.max = String(anchors.length);
  slider.value = "1";
  slider.setAttribute("data-lm-suppress-shortcuts", "true");
  const chosen = addElement("output", row, "font-variant-numeric:tabular-nums");
  const hint = addElement("span", row, "opacity:.8");
  hint.textContent = `Click ${links.nearest === "x" ? "near a place" : "on a point"} of the figure, or use the slider and its arrow keys.`;
  host.querySelector(".spectensor-chosen")?.remove();

  let at = 0;
  const tell = (): void => {
    const text = `${at + 1} of ${anchors.length}: ${anchors[at]![4]}`;
    chosen.textContent = text;
    slider.value = String(at + 1);
    slider.setAttribute("aria-valuetext", text);
  };
  const choose = (k: number, play: boolean): void => {
    const before = anchors[at]!;
    at = k;
    tell();
    const [x, y, scene, frame] = anchors[k]!;
    plot.dispatchEvent(new CustomEvent<Choice>(CHOOSE, { detail: { ring: links.ring, x, y } }));
    const wanted: FrameWanted = {
      frame,
      play: play && links.scenes !== undefined,
      ...(links.scenes && (scene !== before[2] || !play) && { scene: links.scenes[scene]! }),
    };
    structure.dispatchEvent(new CustomEvent<FrameWanted>(FRAME, { detail: wanted }));
  };
  slider.addEventListener("input", () => choose(Number(slider.value) - 1, true));

  let down: { readonly x: number; readonly y: number } | undefined;
  plot.addEventListener(
    "pointerdown",
    ({ clientX, clientY }) => {
      down = { x: clientX, y: clientY };
    },
    { capture: true },
  );
  // On the way down: plotly.js keeps the events of its plots to itself.
  window.addEventListener(
    "pointerup",
    ({ clientX, clientY }) => {
      const still = down && Math.hypot(clientX - down.x, clientY - down.y) <= STILL;
      down = undefined;
      if (!still) return;
      const k = nearestTo(plot, links, clientX, clientY);
      if (k !== undefined) choose(k, true);
    },
    { capture: true },
  );
  choose(0, false);
});

/** The place nearest to a point of the window; `undefined` outside the frame, or where none is near. */
function nearestTo(host: HTMLElement, links: Links, clientX: number, clientY: number): number | undefined {
  const plot = host.querySelector<HTMLElement>(".js-plotly-plot");
  const layout = (plot as unknown as { readonly _fullLayout?: Readonly<Record<string, Axis>> } | null)?._fullLayout;
  const [x, y] = links.axes.map((name) => layout?.[name.replace(/^[xy]/, "$&axis")]);
  if (!plot || !x || !y) return undefined;
  const { left, top } = plot.getBoundingClientRect();
  const [px, py] = [clientX - left - x._offset, clientY - top - y._offset];
  if (px < 0 || px > x._length || py < 0 || py > y._length) return undefined;
  let best: number | undefined;
  let least = REACH;
  links.anchors.forEach((a: LinkAnchor, k) => {
    const away = Math.hypot(x.d2p(a[0]) - px, links.nearest === "x" ? 0 : y.d2p(a[1]) - py);
    if (away < least) [best, least] = [k, away];
  });
  return best;
}
