/** `papers`: what the two papers print, with citation. */
export * from "../dataset/paperValues.js";
