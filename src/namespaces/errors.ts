/** `errors`: the classes below `SpectensorError`. */
export {
  AbortedError,
  ConvergenceError,
  DataError,
  FormatError,
  OptionError,
  ShapeError,
  UnitError,
} from "../errors.js";
