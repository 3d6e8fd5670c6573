import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { countVerdicts, verdictsText } from "../display/claims.js";
import { comparisonHtml } from "../display/comparison.js";
import { encodedPath, escapeHtml, svgAddress } from "../display/html.js";
import { type ClaimRow, claimsHtml } from "../display/showClaims.js";
import { DARK_OF, recolour } from "../figure/theme.js";
import { duration } from "../progress/text.js";
import { exists } from "../system/exists.js";
import { writeInFolder } from "./files.js";
import { loadNotebook, type Notebook } from "./nbformat.js";
import { pageHtml } from "./page.js";
import { paperOf } from "./papers.js";
import {
  claimsOf,
  comparisonOf,
  comparisonsOf,
  licencesOf,
  type RunRecord,
  runRecordOf,
  thumbnailOf,
  titleOf,
} from "./summary.js";

/** Group of the notebooks that follow no paper. */
const TUTORIALS = "Tutorials";

interface Card {
  readonly group: string;
  readonly heading: string;
  readonly anchor: string;
  readonly html: string;
  readonly pass: boolean;
  readonly claims: readonly ClaimRow[];
}

/**
 * Writes `index.html` of a gallery: an introduction, a list of contents, and one card per executed notebook in the folder, papers
 * first. Copies of notebooks that no longer exist are left out.
 * @returns path of the page
 */
export async function writeGallery(folder: string): Promise<string> {
  const cards: Card[] = [];
  for (const path of await executedNotebooks(folder)) {
    const notebook = await loadNotebook(join(folder, path)).catch(() => undefined);
    const run = notebook && runRecordOf(notebook);
    if (!notebook || !run || !(await exists(resolve(folder, run.source)))) continue;
    const { paper = TUTORIALS, title, figure } = titleOf(notebook, path);
    const pass = !run.failure && comparisonOf(notebook).every((r) => r.pass);
    const heading = figure ? `${figure}: ${title}` : title;
    const anchor = `card-${cards.length + 1}`;
    cards.push({
      group: paper,
      heading,
      anchor,
      html: card({ notebook, run, path, pass, heading, anchor }),
      pass,
      claims: claimsOf(notebook),
    });
  }
  const groups = [...new Set(cards.map((c) => c.group))].sort(
    (a, b) => Number(a === TUTORIALS) - Number(b === TUTORIALS) || a.localeCompare(b),
  );
  const of = (group: string): Card[] => cards.filter((c) => c.group === group);
  const sections = groups.map(
    (group) =>
      `<section aria-label="${escapeHtml(group)}"><h2>${escapeHtml(group)}</h2>${paperLine(group, of(group))}<ul class="cards">${of(
        group,
      )
        .map((c) => c.html)
        .join("\n")}</ul></section>`,
  );
  const contents = groups.map((group) => {
    const items = of(group).map((c) => `<li><a href="#${c.anchor}">${escapeHtml(c.heading)}</a></li>`);
    return `<p>${escapeHtml(group)}</p><ol>${items.join("")}</ol>`;
  });
  const body = [
    "<h1>Figures</h1>",
    introduction(cards),
    cards.length > 1 ? `<nav class="contents" aria-label="Contents">${contents.join("")}</nav>` : "",
    ...sections,
  ];
  const page = join(folder, "index.html");
  await writeInFolder(page, pageHtml({ title: "spectensor: figures", body: body.join("\n") }));
  return page;
}

function introduction(cards: readonly Card[]): string {
  if (cards.length === 0) return `<p class="summary">No notebook has been run yet.</p>`;
  const passed = cards.filter((c) => c.pass).length;
  const claims = cards.flatMap((c) => c.claims);
  // A project of one's own judges no paper.
  const verdicts = claims.length > 0 ? `Statements of the papers: ${verdictsText(countVerdicts(claims))}. ` : "";
  return `<p class="intro">Finite-temperature Raman and infrared spectra from molecular dynamics with machine-learned polarizabilities and
polarizations. Every card is a notebook that was run on this machine: its last figure, and its numbers beside those of the paper or
of a reference. A card opens the whole notebook, with interactive plots; pictures, numbers and the notebook itself can be
downloaded there.</p><p class="summary">${verdicts}${passed} of ${cards.length} notebooks pass their own checks.</p>`;
}

/** The paper, and which of its figures have no card. */
function paperLine(group: string, cards: readonly Card[]): string {
  const paper = paperOf(group);
  if (!paper) return "";
  const link = `<a href="https://doi.org/${paper.doi}">doi ${paper.doi}</a>`;
  const missing = paper.figures.filter((figure) => !cards.some((c) => c.heading.startsWith(`${figure}:`)));
  const rest = missing.length > 0 ? `<p class="links">Not shown here: ${missing.join(", ")}.</p>` : "";
  return `<p class="links"><cite>${escapeHtml(paper.title)}</cite>. ${escapeHtml(paper.citation)}, ${link}</p>${rest}`;
}

function card(of: {
  readonly notebook: Notebook;
  readonly run: RunRecord;
  readonly path: string;
  readonly pass: boolean;
  readonly heading: string;
  readonly anchor: string;
}): string {
  const { notebook, run, path, pass, heading, anchor } = of;
  const { title, claim } = titleOf(notebook, path);
  const claims = claimsOf(notebook);
  const tables = [
    ...(claims.length > 0 ? [claimsHtml(claims)] : []),
    ...comparisonsOf(notebook).map((c) => comparisonHtml(c.rows, c.against)),
  ];
  const licences = licencesOf(notebook);
  const address = encodedPath(path.replace(/\.ipynb$/, ".html"));
  const state = run.failure
    ? `<span class="state miss">✗ failed in cell ${run.failure.cell}</span>`
    : `<span class="state ${pass ? "pass" : "miss"}">${pass ? "✓ checks pass" : "✗ checks missed"}</span>${claims.length > 0 ? ` · ${verdictsText(countVerdicts(claims))}` : ""}`;
  const meta = [
    `run time ${duration(run.seconds)} (${run.mode})`,
    ...(licences.length > 0 ? [`data: ${licences.join(", ")}`] : []),
  ];
  return `<li class="card" id="${anchor}"><a class="picture" href="${address}" tabindex="-1" aria-hidden="true">${pictures(notebook)}</a>
<div class="body"><h3><a href="${address}">${escapeHtml(heading)}</a></h3>
<p>${escapeHtml(claim)}</p>
${run.failure ? `<p class="miss">${escapeHtml(run.failure.message.split("\n")[0]!)}</p>` : ""}
${tables.length > 0 ? `<div class="rows" tabindex="0" role="region" aria-label="Paper against ours, ${escapeHtml(title)}">${tables.join("")}</div>` : ""}
<p class="meta">${state} · ${meta.map(escapeHtml).join(" · ")} · <a href="${encodedPath(path)}" download>notebook (.ipynb)</a></p></div></li>`;
}

/** The thumbnail in both themes; the page shows one of them. Decorative: title and claim say the same in words. */
function pictures(notebook: Notebook): string {
  const thumbnail = thumbnailOf(notebook);
  if (!thumbnail) return `<span class="nothing">no figure</span>`;
  const image = (svg: string, theme: string): string =>
    `<img class="${theme}-only" src="${svgAddress(svg)}" alt="" loading="lazy">`;
  return image(thumbnail.svg, "light") + image(darkSvg(thumbnail.svg), "dark");
}

/** plotly writes colours as rgb(…), pictures of structures as #rrggbb. */
function darkSvg(svg: string): string {
  const byRgb = new Map(Object.entries(DARK_OF).map(([light, dark]) => [rgb(light), rgb(dark)]));
  return recolour(svg, "dark").replace(/rgb\(\d+, \d+, \d+\)/g, (colour) => byRgb.get(colour) ?? colour);
}

function rgb(hex: string): string {
  return `rgb(${[1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16)).join(", ")})`;
}

async function executedNotebooks(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  return entries.filter((e) => e.endsWith(".ipynb") && !/(^|[\\/])\./.test(e)).sort();
}
