/** Figures whose points lead to the structure or motion behind them. */
import { OptionError } from "../errors.js";
import { linearAt } from "../math/interpolate.js";
import { type Fields, readOptions, record } from "../options/record.js";
import { integer, list, positive, text } from "../options/values.js";
import { modeKinds, modeLabels } from "../spectrum/modeTable.js";
import type { NormalModes } from "../spectrum/phonons.js";
import { frameCount, type Trajectory } from "../structure/trajectory.js";
import { type Figure, type PlotlyOptions, plainText, type Trace } from "./figure.js";
import { framesView, type ModeViewOptions, modeView } from "./motion.js";
import { STRUCTURE_VIEW_FIELDS, type StructureView, type StructureViewOptions } from "./structureView.js";
import { THEMES } from "./theme.js";

/** A place in the figure and what is behind it. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  /** Which of the views. */
  readonly view: number;
  /** Which frame of its motion. */
  readonly frame: number;
  /** What it is, in words. */
  readonly text: string;
}

/** A figure and structures, of which one is chosen by a place in the figure; {@link show} shows both. */
export interface LinkedView {
  readonly kind: "linked";
  /** Its last trace is a ring around the chosen place. */
  readonly figure: Figure;
  readonly views: readonly StructureView[];
  /** In the order of the keyboard; the first one is chosen at the beginning. */
  readonly anchors: readonly Anchor[];
  /** Whether a click chooses the nearest place along x, or the nearest in the plane. */
  readonly nearest: "x" | "plane";
  /** What the places are, e.g. "Frame". */
  readonly of: string;
  readonly description: string;
}

export interface LinkFramesOptions extends StructureViewOptions {
  /** Legend entry of the curve or points that belong to the frames; default the first with as many points. */
  readonly curve?: string;
  /** Frame of each point; default: point i is frame i. */
  readonly frames?: readonly number[];
}

export interface LinkModesOptions extends ModeViewOptions {
  /** Legend entry of the curve on which the modes are marked; default the first. */
  readonly curve?: string;
}

const FRAMES = record({
  ...STRUCTURE_VIEW_FIELDS,
  curve: text().optional(),
  frames: list(integer({ atLeast: 0 })).optional(),
} satisfies Fields<LinkFramesOptions>);
const MODES = record({
  ...STRUCTURE_VIEW_FIELDS,
  amplitude: positive("Å").default(0.3),
  curve: text().optional(),
} satisfies Fields<LinkModesOptions>);
/** Points that can be chosen at most; of more, every second, third … */
const MOST = 600;

/**
 * A figure whose points are frames of a trajectory, as a parity figure or a time series: a click on a point, or its number by the keyboard, shows
 * the structure of that frame. Points of a parity figure come in the order of their deviation.
 * @throws OptionError if no curve has a point per frame, a frame does not exist, or for an unknown option
 * @example
 * const { series, trajectory, reference, displaced } = await loadDataset("h2o");
 * const lrm = await predictLinearResponse(await linearResponse(reference!, displaced), trajectory());
 * show(figures.linkFrames(seriesParityFigure(series("polarizability"), { LRM: lrm }), trajectory()))
 */
export function linkFrames(figure: Figure, trajectory: Trajectory, options: LinkFramesOptions = {}): LinkedView {
  const { curve, frames, ...look } = readOptions(FRAMES, options, "linkFrames");
  const all = frameCount(trajectory);
  const trace = curveOf(figure, curve, frames?.length ?? all, "linkFrames");
  const frameOf = (point: number): number => frames?.[point] ?? point;
  for (let i = 0; i < trace.x.length; i++)
    if (frameOf(i) >= all)
      throw new OptionError({
        where: "linkFrames",
        problem: `point ${i} is frame ${frameOf(i)} of ${all}`,
        advice: "give the frame of each point as frames",
      });
  const [xAxis, yAxis] = axesOf(figure, trace);
  const parity = JSON.stringify(xAxis.range) === JSON.stringify(yAxis.range) && xAxis.range !== undefined;
  const order = (i: number): number => (parity ? -Math.abs(trace.y[i]! - trace.x[i]!) : trace.x[i]!);
  const every = Math.ceil(trace.x.length / MOST);
  // Of a parity figure those far off the line are kept, which are the ones to look at.
  const points = Array.from({ length: trace.x.length }, (_, i) => i).sort((a, b) => order(a) - order(b));
  const kept = parity ? points.slice(0, MOST) : points.filter((_, k) => k % every === 0);
  const chosen = [...new Set(kept.map(frameOf))].sort((a, b) => a - b);
  const view = framesView(trajectory, chosen, look);
  const place = new Map(chosen.map((frame, k) => [frame, k]));
  const unit = /\(([^()]*)\)$/.exec(titleOf(yAxis))?.[1] ?? "";
  const anchors = kept.map((i): Anchor => {
    const [x, y] = [trace.x[i]!, trace.y[i]!];
    const k = place.get(frameOf(i))!;
    const time = view.motion!.captions[k]!;
    const off = parity ? `, off by ${signed(y - x)}${unit && ` ${unit}`}` : "";
    const text = time.startsWith("frame") ? time : `frame ${frameOf(i)}, ${time}`;
    return { x, y, view: 0, frame: k, text: `${text}${off}` };
  });
  return linked(figure, trace, [view], anchors, parity ? "plane" : "x", "Frame");
}

/**
 * A spectrum whose lines are the normal modes of a structure: a click near a line, or its number by the keyboard, shows the motion of the
 * nearest mode with its symmetry. Modes that leave the structure as it is (translations, rotations) are left out.
 * @throws OptionError if the horizontal axis is not in cm⁻¹, shows no mode, or for an unknown option
 * @example
 * const { reference, displaced, series } = await loadDataset("h2o");
 * const modes = normalModes(forceConstants(reference!.structure, spectra.displacedForces(reference!, displaced)));
 * show(figures.linkModes(spectrumFigure({ DFPT: raman(series("polarizability")) }), modes))
 */
export function linkModes(figure: Figure, modes: NormalModes, options: LinkModesOptions = {}): LinkedView {
  const { curve, ...look } = readOptions(MODES, options, "linkModes");
  const trace = curveOf(figure, curve, undefined, "linkModes");
  const [xAxis] = axesOf(figure, trace);
  if (!/\(cm⁻¹\)$/.test(titleOf(xAxis)))
    throw new OptionError({
      where: "linkModes",
      problem: `the axis is "${titleOf(xAxis)}"`,
      advice: "show it in cm⁻¹",
    });
  const range = (xAxis.range as readonly number[] | undefined) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const [kinds, labels] = [modeKinds(modes), modeLabels(modes)];
  const shown = Array.from(modes.wavenumbers, (_, m) => m).filter((m) => {
    const w = modes.wavenumbers[m]!;
    return kinds[m] === "vibration" && w >= low && w <= high;
  });
  if (shown.length === 0)
    throw new OptionError({ where: "linkModes", problem: `no mode between ${low} and ${high} cm⁻¹` });
  const views = shown.map((m) => modeView(modes, m, look));
  const anchors = shown.map((m, view): Anchor => {
    const x = modes.wavenumbers[m]!;
    const text = `${x.toFixed(1)} cm⁻¹${labels[m] ? `, ${labels[m]}` : ""}, mode ${m + 1}`;
    return { x, y: linearAt(trace.x, trace.y, x), view, frame: 0, text };
  });
  return linked(figure, trace, views, anchors, "x", "Mode");
}

function linked(
  figure: Figure,
  trace: Trace,
  views: readonly StructureView[],
  anchors: readonly Anchor[],
  nearest: "x" | "plane",
  of: string,
): LinkedView {
  const [first] = anchors;
  const { xaxis = "x", yaxis = "y" } = trace;
  const ring: Trace = {
    type: "scatter",
    mode: "markers",
    x: [first!.x],
    y: [first!.y],
    xaxis,
    yaxis,
    name: "chosen",
    meta: "chosen",
    showlegend: false,
    hoverinfo: "skip",
    marker: {
      symbol: "circle-open",
      size: 15,
      color: THEMES.light.warning,
      line: { width: 2.5, color: THEMES.light.warning },
    },
  };
  const description = `${figure.description} Each ${of.toLowerCase()} leads to a picture of it; now ${first!.text}.`;
  return {
    kind: "linked",
    figure: { ...figure, data: [...figure.data, ring], description },
    views,
    anchors,
    nearest,
    of,
    description,
  };
}

/** The curve that is named, or the first that is no band, no identity, and has as many points as wanted. */
function curveOf(figure: Figure, name: string | undefined, points: number | undefined, where: string): Trace {
  const curves = figure.data.filter((t) => t.mode !== "none" && t.fill === undefined && t.name !== "");
  const named = name === undefined ? curves : curves.filter((t) => t.name === name);
  const found = named.find((t) => points === undefined || t.x.length === points);
  if (found) return found;
  throw new OptionError({
    where,
    problem:
      name !== undefined && named.length === 0
        ? `no curve is called "${name}"; there are ${curves.map((t) => `"${plainText(t.name ?? "")}"`).join(", ")}`
        : `no curve has ${points} points; there are ${curves.map((t) => `"${plainText(t.name ?? "")}" with ${t.x.length}`).join(", ")}`,
    advice: "name one as curve, and the frame of each of its points as frames",
  });
}

function axesOf({ layout }: Figure, { xaxis = "x", yaxis = "y" }: Trace): readonly [PlotlyOptions, PlotlyOptions] {
  const axis = (name: string): PlotlyOptions => layout[name.replace(/^[xy]/, "$&axis")] as PlotlyOptions;
  return [axis(xaxis), axis(yaxis)];
}

function titleOf(axis: PlotlyOptions): string {
  return plainText((axis.title as { readonly text?: string } | undefined)?.text ?? "");
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toPrecision(2)}`;
}
