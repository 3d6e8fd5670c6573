/** Colours and sizes of atoms in pictures of structures. */
import { atomicNumber, covalentRadius } from "../structure/elements.js";

/** Near the customary colours of ball-and-stick models, but calm and visible on white and on black. */
const COLOURS: Readonly<Record<string, string>> = {
  H: "#d5dae0",
  B: "#e3a58f",
  C: "#565e67",
  N: "#4668cf",
  O: "#d3443c",
  F: "#7cb94f",
  Na: "#8e63c7",
  Mg: "#5fa84a",
  Al: "#a8a2b0",
  Si: "#d1a871",
  P: "#dd8a34",
  S: "#d4bc35",
  Cl: "#52ad52",
  K: "#7d4fae",
  Ca: "#6f9a5a",
  Ti: "#9aa0a6",
  Fe: "#c8693a",
  Ni: "#5a9c6b",
  Cu: "#b9754a",
  Zn: "#7d80b0",
  Ga: "#b08f8f",
  As: "#a773c0",
  Br: "#a14f3b",
  Sr: "#6aa56a",
  I: "#7b3f8e",
  Ba: "#4d8f5b",
  Pb: "#5d6470",
};

/** Colour of an element as #rrggbb; elements without a customary one get a hue of their own from the atomic number. */
export function elementColour(symbol: string): string {
  const known = COLOURS[symbol];
  if (known) return known;
  const hue = (atomicNumber(symbol) * 137.508) % 360;
  const channel = (shift: number): string => {
    const value = 148 + 58 * Math.cos(((hue - shift) * Math.PI) / 180);
    return Math.round(value).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(120)}${channel(240)}`;
}

/** Radius of the ball of an element, Å: grows with the covalent radius, and leaves bonds visible. */
export function ballRadius(symbol: string): number {
  return 0.14 + 0.25 * covalentRadius(symbol);
}

/** A colour moved towards white (amount > 0) or black (amount < 0), 0 … ±1. */
export function shade(colour: string, amount: number): string {
  const goal = amount > 0 ? 254 : 0;
  const channels = [1, 3, 5].map((k) => {
    const value = Number.parseInt(colour.slice(k, k + 2), 16);
    const moved = Math.round(value + Math.abs(amount) * (goal - value));
    return moved.toString(16).padStart(2, "0");
  });
  return `#${channels.join("")}`;
}
