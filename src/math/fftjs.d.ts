/** The part of fft.js that is used here; the package has no types of its own. */
declare module "fft.js" {
  class FFT {
    /** @param size a power of two, at least 2 */
    constructor(size: number);
    /** Forward transform of `size` interleaved complex numbers, without a factor. */
    transform(out: Float64Array, data: Float64Array): void;
  }
  export = FFT;
}
