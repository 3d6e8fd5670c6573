/**
 * Turns the pictures of structures into viewers of 3Dmol.js as soon as they are to be seen. Without WebGL the pictures stay.
 * Colours follow the page's theme as those of plots do. The wheel zooms only in a viewer that has the focus, so that pages
 * scroll. Nothing is sent anywhere.
 */
import { addElement, drawCompass, drawLegend, drawScene } from "./drawScene.js";
import { FRAME, type FrameWanted } from "./linkData.js";
import type { Mol, Viewer, ViewState } from "./mol.js";
import { addPlayer, sceneAt } from "./player.js";
import { serveQueue } from "./queue.js";
import type { Scene } from "./scene.js";
import { currentTheme, onThemeChange, themed } from "./theme.js";

const HELP = "Arrow keys turn it, plus and minus zoom, 0 resets.";
const PICTURE = "data:image/svg+xml;base64,";

const { spectensor3Dmol: mol } = window as unknown as { readonly spectensor3Dmol: Mol };

function webGlWorks(): boolean {
  try {
    const canvas = document.createElement("canvas");
    const gl = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
    gl?.getExtension("WEBGL_lose_context")?.loseContext();
    return gl !== null;
  } catch {
    return false;
  }
}

const able = webGlWorks();
const started = new WeakSet<HTMLElement>();

serveQueue<Scene>("spectensorStructures", (id, raw) => {
  const host = document.getElementById(id);
  const picture = host?.querySelector("img");
  if (!host || !picture || started.has(host)) return;
  started.add(host);
  let text = JSON.stringify(raw);
  const light = picture.src;
  let open: OpenViewer | undefined;
  const paint = (): void => {
    if (open) open.paint(JSON.parse(themed(text)) as Scene);
    else if (currentTheme() === "light") picture.src = light;
    else picture.src = PICTURE + btoa(themed(atob(light.slice(PICTURE.length))));
  };
  onThemeChange(paint);
  let wanted: FrameWanted | undefined;
  host.addEventListener(FRAME, (event) => {
    const { scene, frame, play } = (event as CustomEvent<FrameWanted>).detail;
    if (scene) text = JSON.stringify(scene);
    wanted = { frame, play };
    open?.frame(JSON.parse(themed(text)) as Scene, frame, play && movesAsAsked());
  });
  if (currentTheme() === "dark") paint();
  if (!able) return;
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      observer.disconnect();
      open = openViewer(host, raw, picture.alt);
      if (!open) return;
      if (wanted) open.frame(JSON.parse(themed(text)) as Scene, wanted.frame, false);
      else paint();
      open.goHome();
      picture.remove();
    },
    { rootMargin: "300px" },
  );
  observer.observe(host);
});

/** Readers may have asked their system for less motion. */
function movesAsAsked(): boolean {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

interface OpenViewer {
  paint(scene: Scene): void;
  /** Another scene or frame. */
  frame(scene: Scene, frame: number, play: boolean): void;
  goHome(): void;
}

/** `undefined` if the canvas cannot be made after all. */
function openViewer(host: HTMLElement, raw: Scene, words: string): OpenViewer | undefined {
  const [width, fullHeight] = raw.size;
  const height = fullHeight - 40;
  const frame = addElement("div", host, `max-width:${width}px;font:13px Arial,Helvetica,sans-serif;text-align:center`);
  const box = addElement(
    "div",
    frame,
    `position:relative;width:100%;height:${height}px;box-sizing:border-box;border:1px solid;border-radius:6px;overflow:hidden;touch-action:pan-y`,
  );
  const help = raw.motion ? `${HELP} Space plays and pauses.` : HELP;
  box.tabIndex = 0;
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", `${words} ${help}`);
  box.setAttribute("data-lm-suppress-shortcuts", "true");
  box.title = `Drag to turn, click and scroll to zoom. ${help}`;
  const names = addElement("div", frame, "padding-top:5px;line-height:1.5");
  let viewer: Viewer;
  try {
    const { background } = raw.colours;
    const options = { backgroundColor: background, orthographic: true, disableFog: true, antialias: true };
    viewer = mol.createViewer(box, options);
  } catch {
    frame.remove();
    return undefined;
  }
  const compass = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  compass.setAttribute("aria-hidden", "true");
  compass.style.cssText = "position:absolute;left:0;bottom:0;width:76px;height:76px;pointer-events:none;z-index:1";
  box.appendChild(compass);
  let home: ViewState = [];
  const goHome = (): void => {
    viewer.zoomTo();
    const half = 1.05 * Math.max(raw.reach[0], (raw.reach[1] * box.clientWidth) / height, box.clientWidth / 190);
    home = [0, 0, 0, 150 - half / Math.tan(Math.PI / 9), 0, 0, 0, 1];
    viewer.setView(home);
    viewer.render();
  };
  let painted = raw;
  let frameShown = 0;
  const player =
    raw.motion &&
    addPlayer(frame, raw.motion, (k) => {
      frameShown = k;
      drawScene(viewer, sceneAt(painted, k));
    });
  listen(box, viewer, { home: () => viewer.setView(home), ...(player && { play: player.toggle }) });
  const paint = (scene: Scene): void => {
    painted = scene;
    drawScene(viewer, sceneAt(scene, frameShown));
    box.style.borderColor = scene.colours.axis;
    box.style.background = scene.colours.background;
    drawLegend(names, scene);
    viewer.setViewChangeCallback((view) => drawCompass(compass, scene, view));
    drawCompass(compass, scene, viewer.getView());
  };
  return {
    paint,
    goHome,
    frame: (scene, k, play) => {
      paint(scene);
      if (scene.motion) player?.show(scene.motion, k, play);
    },
  };
}

const TURNS: Readonly<Record<string, readonly [number, string]>> = {
  ArrowLeft: [-10, "y"],
  ArrowRight: [10, "y"],
  ArrowUp: [-10, "x"],
  ArrowDown: [10, "x"],
};

interface Commands {
  home(): void;
  play?(): void;
}

function listen(box: HTMLElement, viewer: Viewer, commands: Commands): void {
  box.addEventListener("pointerdown", () => box.focus({ preventScroll: true }));
  box.addEventListener(
    "wheel",
    (event) => {
      if (document.activeElement !== box) event.stopPropagation();
    },
    { capture: true },
  );
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const turn = TURNS[event.key];
    if (turn) viewer.rotate(...turn);
    else if (event.key === "+" || event.key === "=") viewer.zoom(1.15);
    else if (event.key === "-") viewer.zoom(1 / 1.15);
    else if (event.key === "0") commands.home();
    else if (event.key === " " && commands.play) commands.play();
    else return;
    viewer.render();
    event.preventDefault();
    event.stopPropagation();
  });
}
