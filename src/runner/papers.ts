/** The papers that the notebooks follow, by the name that their metadata use. */

export interface Paper {
  readonly title: string;
  readonly citation: string;
  readonly doi: string;
  readonly bibtex: string;
  /** All its figures and tables with numbers, whether there is a notebook or not. */
  readonly figures: readonly string[];
}

export const PAPERS: Readonly<Record<string, Paper>> = {
  "Grumet et al. 2024": {
    title: "Delta machine learning for predicting dielectric properties and Raman spectra",
    citation: "M. Grumet, C. von Scarpatetti, T. Bučko, D. A. Egger, J. Phys. Chem. C (2024)",
    doi: "10.1021/acs.jpcc.4c00886",
    bibtex: `@article{grumet2024delta,
  author = {Grumet, M. and von Scarpatetti, C. and Bu{\\v{c}}ko, T. and Egger, D. A.},
  title = {Delta machine learning for predicting dielectric properties and {Raman} spectra},
  journal = {J. Phys. Chem. C},
  year = {2024},
  doi = {10.1021/acs.jpcc.4c00886}
}`,
    figures: ["Figure 1", "Figure 2", "Figure 3", "Table 1", "Figure 4"],
  },
  "Schmiedmayer & Kresse 2024": {
    title: "Derivative learning of tensorial quantities",
    citation: "B. Schmiedmayer, G. Kresse, J. Chem. Phys. 161, 084703 (2024)",
    doi: "10.1063/5.0217243",
    bibtex: `@article{schmiedmayer2024derivative,
  author = {Schmiedmayer, B. and Kresse, G.},
  title = {Derivative learning of tensorial quantities},
  journal = {J. Chem. Phys.},
  volume = {161},
  pages = {084703},
  year = {2024},
  doi = {10.1063/5.0217243}
}`,
    figures: ["Figure 1", "Figure 2", "Figure 3", "Figure 4"],
  },
};

/** `undefined` for a paper that is not among them. */
export function paperOf(name: string): Paper | undefined {
  return Object.hasOwn(PAPERS, name) ? PAPERS[name] : undefined;
}
