/** Texts of a new project's files. */

/** The exact kernel that notebooks of this version are tested with. */
const TSLAB_VERSION = "1.0.22";

/** @param dependency what npm is told to install as spectensor: a version range, or the address of a folder or tarball */
export function projectManifest(name: string, dependency: string): string {
  const manifest = {
    name,
    private: true,
    scripts: {
      start: "spectensor notebook run .",
      lab: "spectensor lab .",
      kernel: "spectensor kernel install --user",
    },
    dependencies: { spectensor: dependency, tslab: TSLAB_VERSION },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** A name that npm accepts, from the name of a folder. */
export function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[-._]+|[-._]+$/g, "");
  // A package must not be called as one that it depends on.
  return ["", "spectensor", "tslab", "node_modules"].includes(name) ? "my-spectra" : name;
}

export const PROJECT_IGNORE = ["node_modules/", "gallery/", ".spectensor/", ".ipynb_checkpoints/", ""].join("\n");

/** @param dependency as in {@link projectManifest} */
export function projectReadme(title: string, dependency: string): string {
  const packed = /^file:\.\/(.+\.tgz)$/.exec(dependency)?.[1];
  const own = packed
    ? `\n\`${packed}\` is the package itself: whoever gets this folder installs the same version with \`npm install\`.\n`
    : "";
  return `# ${title}

    npm install
    npm start          # runs the notebook and writes gallery/index.html: open it in a browser
    npm run lab        # opens the notebook in JupyterLab
    npm run kernel     # registers the kernel for VS Code and other Jupyter programs

\`raman.ipynb\` goes from first-principles tensors and a trajectory to a Raman spectrum. Its first cell names the files;
\`data/README.md\` says what they may be.
${own}`;
}

export function dataReadme(example: string, licence: string): string {
  return `# Data

Put your files here, gzipped or not, and name them in the first cell of \`../raman.ipynb\`.

| what | from |
|---|---|
| frames with a dielectric tensor | VASP: OUTCAR or vasprun.xml of runs with LEPSILON or LCALCEPS, one frame per file; Quantum ESPRESSO: output of ph.x with epsil |
| frames with a polarizability or dielectric tensor | extended XYZ: \`polarizability="…"\` (nine numbers, row by row, Å³) or \`dielectric="…"\` in the comment line of each frame |
| trajectory | XDATCAR, vasprun.xml or OUTCAR of a molecular dynamics run, extended XYZ, LAMMPS dump |

The trajectory needs evenly spaced frames, close enough to follow the fastest vibration: at least four per period (2 fs for O–H).
A spectrum of a trajectory of length T resolves lines no closer than 1/T: 17 cm⁻¹ for 2 ps, 1.7 cm⁻¹ for 20 ps.

\`${example}\` is the example: a water molecule at 300 K, PBE, with its polarizability. Licence ${licence}. Delete it when you do not need it any more.
`;
}
