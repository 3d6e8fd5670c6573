/** `notebook`: what surrounds notebooks: the kernel's registration, tables as plain data. */
export { ToleranceError } from "../notebook/comparison.js";
export { installKernelspec } from "../notebook/kernelspec.js";
export { tableJson, toColumns } from "../notebook/tabular.js";
