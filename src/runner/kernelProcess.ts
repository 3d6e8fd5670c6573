/** What the process that starts a kernel and the kernel itself agree on. */

/** Names who starts a kernel: it may be gone before the kernel can look. */
export const PARENT_VARIABLE = "SPECTENSOR_KERNEL_PARENT";
/** Begins the names of our folders with connection files. */
export const SCRATCH_PREFIX = "spectensor-kernel-";
