/** Plays the frames of a scene: a button, a slider, and what the frame is; nothing moves before it is asked to. */
import { addElement } from "./drawScene.js";
import type { Scene, SceneMotion } from "./scene.js";

/** The scene with its balls and bonds where they are in a frame. */
export function sceneAt(scene: Scene, frame: number): Scene {
  const { motion } = scene;
  const shift = motion?.shifts[frame];
  if (!motion || !shift) return scene;
  const moved = (place: readonly number[], at: number, ball: number): readonly number[] =>
    [0, 1, 2].map((c) => place[at + c]! + shift[3 * ball + c]! / 1000);
  let next = 0;
  const balls = Object.fromEntries(
    Object.entries(scene.balls).map(([colour, list]) => [
      colour,
      list.map((b) => [...moved(b, 0, motion.balls[next++]!), b[3]!]),
    ]),
  );
  const sticks = scene.sticks.map(([colour, radius, list], group) => {
    if (group > 0) return [colour, radius, list] as const;
    const turned = list.map((stick, k) => {
      const [a, b = a] = motion.sticks[k] as readonly [number, number?];
      return [...moved(stick, 0, a), ...moved(stick, 3, b)];
    });
    return [colour, radius, turned] as const;
  });
  // Labels would have to move with their atoms; arrows stay where the atoms swing about.
  return { ...scene, balls, sticks };
}

/** What the controls below a viewer do. */
export interface Player {
  /** Starts or stops it. */
  toggle(): void;
  /** Shows a frame of this motion, at rest or from there on. */
  show(motion: SceneMotion, frame: number, play: boolean): void;
}

/**
 * Controls below a viewer.
 * @param draw draws a frame
 */
export function addPlayer(frame: HTMLElement, first: SceneMotion, draw: (frame: number) => void): Player {
  let motion = first;
  const row = addElement(
    "div",
    frame,
    "display:flex;gap:8px;align-items:center;justify-content:center;padding-top:6px",
  );
  const button = addElement("button", row, "font:inherit;min-width:64px;padding:3px 10px;cursor:pointer");
  button.type = "button";
  const slider = addElement("input", row, "flex:0 1 180px;min-width:60px");
  slider.type = "range";
  slider.min = "0";
  slider.setAttribute("aria-label", "Frame");
  const caption = addElement("span", row, "min-width:70px;text-align:left;font-variant-numeric:tabular-nums");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (k: number): void => {
    slider.max = String(motion.shifts.length - 1);
    slider.value = String(k);
    const text = motion.captions[k] ?? "";
    caption.textContent = text;
    slider.setAttribute("aria-valuetext", `${k + 1} of ${motion.shifts.length}, ${text}`);
  };
  const go = (k: number): void => {
    tell(k);
    draw(k);
  };
  const label = (): void => {
    button.textContent = timer === undefined ? "▶ Play" : "❚❚ Pause";
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    label();
  };
  const start = (): void => {
    const pause = Math.max(40, (1000 * motion.seconds) / motion.shifts.length);
    const from = Number(slider.value);
    const began = performance.now();
    // The next frame is asked for when this one is drawn, and is the one of its time: slow machines leave out frames, and stay usable.
    const next = (): void => {
      if (timer === undefined) return;
      if (!frame.isConnected) {
        stop();
        return;
      }
      go((from + Math.round((performance.now() - began) / pause)) % motion.shifts.length);
      timer = setTimeout(() => requestAnimationFrame(next), pause);
    };
    timer = setTimeout(() => requestAnimationFrame(next), pause);
    label();
  };
  const toggle = (): void => (timer === undefined ? start() : stop());
  button.addEventListener("click", toggle);
  slider.addEventListener("input", () => {
    stop();
    go(Number(slider.value));
  });
  label();
  tell(0);
  return {
    toggle,
    show: (next, k, play) => {
      stop();
      motion = next;
      go(k);
      if (play) start();
    },
  };
}
