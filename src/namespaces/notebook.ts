/** `notebook`: what surrounds notebooks: the kernel's registration, tables as plain data. */
export { ToleranceError } from "../display/comparison.js";
export { tableJson, toColumns } from "../display/tabular.js";
export { installKernelspec } from "../runner/kernelspec.js";
