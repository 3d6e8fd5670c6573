import ts from "typescript";
import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.js";
import * as spectensor from "../../src/index.js";
import { checker, publicModule } from "./publicSources.js";

/** A public function with options, or with a tagged union as a parameter of its own, as the compiler sees it. */
interface Taker {
  /** Path from the main file, e.g. ["io", "loadExtxyz"]. */
  readonly path: readonly string[];
  /** Which parameter the options are. */
  readonly index: number;
  /** Whether that parameter is a tagged union and no record. */
  readonly tagged: boolean;
  /** Options that are tagged unions. */
  readonly kinds: readonly string[];
  /** Options that are one of several words. */
  readonly words: readonly string[];
}

function optionsType(parameter: ts.Symbol): ts.Type | undefined {
  const type = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
  const named =
    /^(options|range)$/.test(parameter.name) || /Options$/.test((type.aliasSymbol ?? type.symbol)?.name ?? "");
  if (!named || checker.getIndexInfoOfType(type, ts.IndexKind.String)) return undefined;
  return type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection) ? type : undefined;
}

const membersOf = (type: ts.Type): readonly ts.Type[] => {
  const given = checker.getNonNullableType(type);
  return given.isUnion() ? given.types : [given];
};

/** A choice such as `{ kind: "species" }`: all alternatives have a tag and little else. Models have a kind, too, and a lot else. */
function isTagged(parameter: ts.Symbol): boolean {
  const members = membersOf(checker.getTypeOfSymbol(parameter));
  return members.length > 1 && members.every((t) => t.getProperty("kind") && t.getProperties().length <= 3);
}

function takers(module: ts.Symbol, prefix: readonly string[] = []): Taker[] {
  return checker.getExportsOfModule(module).flatMap((symbol): Taker[] => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const path = [...prefix, symbol.name];
    if (target.flags & ts.SymbolFlags.ValueModule) return symbol.name === "types" ? [] : takers(target, path);
    if (!(target.flags & ts.SymbolFlags.Value)) return [];
    return checker
      .getTypeOfSymbol(target)
      .getCallSignatures()
      .flatMap((signature) =>
        signature.parameters.flatMap((parameter, index): Taker[] => {
          if (isTagged(parameter)) return [{ path, index, tagged: true, kinds: [], words: [] }];
          const type = optionsType(parameter);
          if (!type) return [];
          const properties = type.getProperties().map((p) => [p.name, membersOf(checker.getTypeOfSymbol(p))] as const);
          const names = (of: (members: readonly ts.Type[]) => boolean): string[] =>
            properties.filter(([, members]) => of(members)).map(([name]) => name);
          return [
            {
              path,
              index,
              tagged: false,
              kinds: names((members) => members.length > 1 && members.every((t) => t.getProperty("kind"))),
              words: names((members) => members.every((t) => t.isStringLiteral())),
            },
          ];
        }),
      );
  });
}

const all = takers(publicModule);

/** Stands for whatever comes before the options, which are to be looked at first. */
const untouchable: unknown = new Proxy(() => undefined, {
  get: (_, name) => {
    throw new TypeError(`looked at ${String(name)} before the options`);
  },
  has: (_, name) => {
    throw new TypeError(`looked for ${String(name)} before the options`);
  },
});

/** What a call with these options fails with. */
async function failure({ path, index }: Taker, options: unknown): Promise<unknown> {
  const f = path.reduce<unknown>((o, name) => (o as Record<string, unknown>)[name], spectensor) as (
    ...args: unknown[]
  ) => unknown;
  const args: unknown[] = new Array(index).fill(untouchable);
  try {
    const result = f(...args, options);
    if (typeof (result as AsyncGenerator | undefined)?.next === "function") await (result as AsyncGenerator).next();
    else await result;
  } catch (error) {
    return error;
  }
  return "no error";
}

const named = all.map((taker) => [taker.path.join("."), taker] as const);
describe.each(named.filter(([, { tagged }]) => !tagged))("%s", (_, taker) => {
  it("rejects an unknown option, with the near name, before it does anything else", async () => {
    for (const name of ["noSuchOption", "__proto__", "constructor"]) {
      const error = await failure(taker, JSON.parse(`{"${name}":1}`));
      expect(String(error)).toContain(`unknown option "${name}"`);
      expect(error).toBeInstanceOf(OptionError);
    }
  });

  it("rejects what is not an object of options", async () => {
    for (const given of [null, 3, "fast", []]) expect(await failure(taker, given)).toBeInstanceOf(OptionError);
  });

  const { kinds, words } = taker;
  it.runIf(kinds.length + words.length > 0)(
    "takes names that every object has for unknown kinds and words",
    async () => {
      for (const value of ["constructor", "__proto__", "toString"]) {
        for (const name of kinds) {
          const error = await failure(taker, { [name]: { kind: value } });
          expect(String(error)).toContain(`unknown kind "${value}"`);
          expect(error).toBeInstanceOf(OptionError);
        }
        for (const name of words) {
          const error = await failure(taker, { [name]: value });
          expect(String(error)).toContain(`${name} is "${value}"`);
          expect(error).toBeInstanceOf(OptionError);
        }
      }
    },
  );
});

const choices = named.filter(([, { tagged }]) => tagged);
it.each(choices)("%s rejects an unknown kind before it does anything else", async (_, taker) => {
  for (const kind of ["noSuchKind", "constructor", "__proto__"]) {
    const error = await failure(taker, { kind });
    expect(String(error)).toContain(`unknown kind "${kind}"`);
    expect(error).toBeInstanceOf(OptionError);
  }
});

it("finds the functions that take options", () => {
  expect(named.length - choices.length).toBeGreaterThan(100);
  expect(choices.map(([name]) => name)).toEqual(
    expect.arrayContaining(["broaden", "structure.atomGroups", "spectra.modeCurrents"]),
  );
  expect(all.filter((t) => t.kinds.length > 0).length).toBeGreaterThan(5);
});
