/** `errors`: the classes below `SpectensorError`. */
export {
  AbortedError,
  ConvergenceError,
  DataError,
  FileError,
  FormatError,
  OptionError,
  ShapeError,
  UnitError,
} from "../errors.js";
