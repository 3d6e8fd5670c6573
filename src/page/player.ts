/** Plays the frames of a scene: a button, a slider, and what the frame is; nothing moves before it is asked to. */
import { addElement } from "./drawScene.js";
import type { Scene } from "./scene.js";

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

/**
 * Controls below a viewer.
 * @param show draws a frame
 * @returns starts or stops it
 */
export function addPlayer(frame: HTMLElement, scene: Scene, show: (frame: number) => void): () => void {
  const motion = scene.motion!;
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
  slider.max = String(motion.shifts.length - 1);
  slider.value = "0";
  slider.setAttribute("aria-label", "Frame");
  const caption = addElement("span", row, "min-width:70px;text-align:left;font-variant-numeric:tabular-nums");
  let timer: ReturnType<typeof setInterval> | undefined;
  const go = (k: number): void => {
    slider.value = String(k);
    const text = motion.captions[k] ?? "";
    caption.textContent = text;
    slider.setAttribute("aria-valuetext", `${k + 1} of ${motion.shifts.length}, ${text}`);
    show(k);
  };
  const label = (): void => {
    button.textContent = timer === undefined ? "▶ Play" : "❚❚ Pause";
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    label();
  };
  const toggle = (): void => {
    if (timer !== undefined) stop();
    else {
      const pause = Math.max(40, (1000 * motion.seconds) / motion.shifts.length);
      timer = setInterval(() => {
        if (document.hidden) return;
        if (frame.isConnected) go((Number(slider.value) + 1) % motion.shifts.length);
        else stop();
      }, pause);
      label();
    }
  };
  button.addEventListener("click", toggle);
  slider.addEventListener("input", () => {
    stop();
    go(Number(slider.value));
  });
  label();
  caption.textContent = motion.captions[0] ?? "";
  slider.setAttribute("aria-valuetext", `1 of ${motion.shifts.length}, ${caption.textContent}`);
  return toggle;
}
