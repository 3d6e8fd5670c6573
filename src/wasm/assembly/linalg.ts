// Dense linear algebra in double precision on 128-bit SIMD: matrix product, Cholesky factor, triangular solves and the
// folding of row blocks into a QR factor. Matrices are addressed by a pointer and strides counted in elements, so that a
// transpose costs nothing; outputs are row-major. Nothing here allocates: callers pass the workspace.

export { cholesky, choleskyBlock, choleskyRows } from "./linalg/cholesky";
export { gemm, workBytes } from "./linalg/product";
export { foldQr, foldQrBytes } from "./linalg/qr";
export { solveLower, solveLowerTransposed } from "./linalg/triangular";
