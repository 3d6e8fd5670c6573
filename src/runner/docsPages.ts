/** Notebooks as documents of the hosted site: what its search finds, and what leads to the executed page and notebook. */
import type { Notebook } from "./nbformat.js";
import { paperOf } from "./papers.js";
import { titleOf } from "./summary.js";

/** Notebooks of one folder: a paper's figures, or the tutorials. */
export interface DocumentGroup {
  readonly title: string;
  readonly documents: readonly NotebookDocument[];
}

/** One notebook of the site. */
export interface NotebookDocument {
  /** Without ending, the same for page, notebook and document, e.g. "grumet-2024-figure-1". */
  readonly name: string;
  readonly title: string;
  readonly claim: string;
  readonly paper?: string;
  readonly figure?: string;
  /** Its prose as Markdown. */
  readonly text: string;
}

/** @param file path below the folder of notebooks, e.g. "grumet-2024/figure-1.ipynb" */
export function notebookDocument(notebook: Notebook, file: string): NotebookDocument {
  const { title, claim, paper, figure } = titleOf(notebook, file);
  return {
    name: file.replace(/\.ipynb$/, "").replace(/[\\/]/g, "-"),
    title,
    claim,
    ...(paper !== undefined && { paper }),
    ...(figure !== undefined && { figure }),
    text: notebook.cells.flatMap((c) => (c.cell_type === "markdown" ? [prose(c.source)] : [])).join("\n\n"),
  };
}

/** Formulas as code, links into the checkout as their words: neither is anything on the site. */
function prose(markdown: string): string {
  return (
    markdown
      .replace(/^# .*$/m, "")
      .replace(/\$\$[\s\S]*?\$\$/g, "")
      .replace(/\$([^$\n]+)\$/g, "`$1`")
      .replace(/!?\[([^\]]*)\]\((?!https?:)[^)]*\)/g, "$1")
      // Headings below that of the document.
      .replace(/^#(?=#)/gm, "##")
      .trim()
  );
}

/** Papers first, in the order of their figures; tutorials last. */
export function documentGroups(documents: readonly NotebookDocument[]): readonly DocumentGroup[] {
  const papers = [...new Set(documents.flatMap((d) => d.paper ?? []))];
  const place = (d: NotebookDocument): number => paperOf(d.paper ?? "")?.figures.indexOf(d.figure ?? "") ?? 0;
  const own = (paper: string | undefined): NotebookDocument[] => documents.filter((d) => d.paper === paper);
  return [
    ...papers.map((paper) => ({ title: paper, documents: own(paper).sort((a, b) => place(a) - place(b)) })),
    { title: "Tutorials", documents: own(undefined) },
  ].filter((g) => g.documents.length > 0);
}

/** Markdown of a notebook's document. @param pages folder of the executed pages, relative to the document */
export function documentText(d: NotebookDocument, pages: string): string {
  const paper = paperOf(d.paper ?? "");
  const from = paper ? `\n\n${d.figure} of ${paper.citation}: [${paper.doi}](https://doi.org/${paper.doi}).` : "";
  const links = `[The executed notebook, with its figures](${pages}/${d.name}.html)`;
  return `---\ntitle: ${JSON.stringify(d.title)}\n---\n\n# ${d.title}\n\n${d.claim}\n\n${links}${from}\n\n${d.text}\n`;
}

/** Markdown that lists a group, with its documents as children. */
export function groupText({ title, documents }: DocumentGroup, pages: string): string {
  const children = documents.map((d) => `  - ./${d.name}.md`).join("\n");
  const list = documents.map((d) => `1. [${d.title}](${pages}/${d.name}.html). ${d.claim}`).join("\n");
  return `---\ntitle: ${JSON.stringify(title)}\nchildren:\n${children}\n---\n\n# ${title}\n\n${list}\n`;
}

/** README of the folder of executed notebooks, for readers on a forge. */
export function executedReadme(groups: readonly DocumentGroup[]): string {
  const parts = groups.map(
    ({ title, documents }) =>
      `## ${title}\n\n${documents.map((d) => `- [${d.title}](${d.name}.ipynb). ${d.claim}`).join("\n")}`,
  );
  return `# Executed notebooks\n\nWith all outputs, as they were run; the sources are kept without.\n\n${parts.join("\n\n")}\n`;
}
