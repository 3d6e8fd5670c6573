/** Texts above and below the frame of a panel: its title, and what is to be said about its data. */
import type { PlotlyOptions } from "./figure.js";
import { textWidth } from "./textMetrics.js";
import { FONT_SIZE, THEMES } from "./theme.js";

/** Height of a line of text, pixels. */
export const LINE_HEIGHT = 19;
/** From the lower edge of the frame to the first remark: room for ticks and the title of the axis. */
const BELOW_AXIS = 46;

/** A text of its own, which is broken into lines to fit the panel. */
export interface Remark {
  readonly kind: "title" | "warning" | "note";
  readonly text: string;
}

const COLOURS = { title: THEMES.light.text, warning: THEMES.light.warning, note: THEMES.light.axis } as const;
const SIZES = { title: FONT_SIZE, warning: FONT_SIZE - 1, note: FONT_SIZE - 1 } as const;

/**
 * Annotations of a panel, named so that {@link remarksOf} finds them again.
 * @param width of the room for the lines, pixels
 * @param above pixels between frame and title, taken by the legend
 */
export function remarkAnnotations(remarks: readonly Remark[], width: number, above: number): PlotlyOptions[] {
  const titles = remarks.filter((r) => r.kind === "title");
  const below = remarks.filter((r) => r.kind !== "title");
  return [
    ...placed(titles, width, (k, lines) => ({
      y: 1,
      yanchor: "bottom",
      yshift: above + 2 + LINE_HEIGHT * (lines - 1 - k),
    })),
    ...placed(below, width, (k) => ({ y: 0, yanchor: "top", yshift: -(BELOW_AXIS + LINE_HEIGHT * k) })),
  ];
}

/** Number of lines that {@link remarkAnnotations} makes above and below the frame. */
export function remarkLines(
  remarks: readonly Remark[],
  width: number,
): { readonly above: number; readonly below: number } {
  const count = (kept: (r: Remark) => boolean): number =>
    remarks.filter(kept).reduce((sum, r) => sum + wrap(r, width).length, 0);
  return { above: count((r) => r.kind === "title"), below: count((r) => r.kind !== "title") };
}

/** The texts behind annotations that {@link remarkAnnotations} made, of one panel. */
export function remarksOf(annotations: readonly PlotlyOptions[]): Remark[] {
  const found = new Map<string, { kind: Remark["kind"]; text: string }>();
  for (const { name, text } of annotations) {
    const [, kind] = /^(title|warning|note) \d+$/.exec(String(name)) ?? [];
    if (kind === undefined) continue;
    const line = String(text).replace(/^<b>(.*)<\/b>$/, "$1");
    const earlier = found.get(String(name));
    if (earlier) earlier.text += ` ${line}`;
    else found.set(String(name), { kind: kind as Remark["kind"], text: line });
  }
  return [...found.values()];
}

/** Whether an annotation is a line of a remark. */
export function isRemark({ name }: PlotlyOptions): boolean {
  return /^(title|warning|note) \d+$/.test(String(name));
}

function placed(
  remarks: readonly Remark[],
  width: number,
  place: (line: number, lines: number) => PlotlyOptions,
): PlotlyOptions[] {
  const lines = remarks.flatMap((r, i) => wrap(r, width).map((text) => ({ ...r, text, name: `${r.kind} ${i}` })));
  return lines.map(({ kind, text, name }, k) => ({
    name,
    text: kind === "title" ? `<b>${text}</b>` : text,
    showarrow: false,
    align: "left",
    font: { size: SIZES[kind], color: COLOURS[kind] },
    xref: "x domain",
    x: 0,
    xanchor: "left",
    yref: "y domain",
    ...place(k, lines.length),
  }));
}

/** Words in lines; one that is longer than a line has a line of its own. */
function wrap({ kind, text }: Remark, width: number): string[] {
  // Bold letters are wider by a tenth.
  const size = SIZES[kind] * (kind === "title" ? 1.1 : 1);
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer.replace(/<[^>]*>/g, ""), size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
