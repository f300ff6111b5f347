/** Reads a value that came from outside; throws a `WrongShape` that names the place. */
export type Decoder<T> = (value: unknown, at: string) => T;

/** What a decoder gives. */
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

/** A reply that is not what its contract says. */
export class WrongShape extends Error {
  constructor(at: string, wanted: string, value: unknown) {
    super(`${at || "the reply"} must be ${wanted}; it is ${value === null ? "null" : Array.isArray(value) ? "a list" : typeof value}`);
  }
}

export const text: Decoder<string> = (value, at) => {
  if (typeof value !== "string") throw new WrongShape(at, "a text", value);
  return value;
};

/** Numbers of .NET that JSON cannot hold exactly may come as texts. */
export const number: Decoder<number> = (value, at) => {
  if (typeof value === "number") return value;
  if (typeof value === "string" && value !== "" && Number.isFinite(Number(value))) return Number(value);
  throw new WrongShape(at, "a number", value);
};

export const flag: Decoder<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw new WrongShape(at, "true or false", value);
  return value;
};

export const anything: Decoder<unknown> = (value) => value;

export const list =
  <T>(item: Decoder<T>): Decoder<T[]> =>
  (value, at) => {
    if (!Array.isArray(value)) throw new WrongShape(at, "a list", value);
    return value.map((one, index) => item(one, `${at}[${index}]`));
  };

export const map =
  <T>(item: Decoder<T>): Decoder<Record<string, T>> =>
  (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new WrongShape(at, "an object", value);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, item(one, `${at}.${key}`)]));
  };

export const nullable =
  <T>(item: Decoder<T>): Decoder<T | null> =>
  (value, at) =>
    value === null || value === undefined ? null : item(value, at);

export const oneOf =
  <const T extends string>(...allowed: readonly T[]): Decoder<T> =>
  (value, at) => {
    if (!allowed.includes(value as T)) throw new WrongShape(at, `one of ${allowed.join(", ")}`, value);
    return value as T;
  };

/** Every field is read; fields that the contract does not name are left out. */
export const object =
  <F extends Record<string, Decoder<unknown>>>(fields: F): Decoder<{ [K in keyof F]: Decoded<F[K]> }> =>
  (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new WrongShape(at, "an object", value);
    const from = value as Record<string, unknown>;
    const entries = Object.entries(fields).map(([key, field]) => [key, field(from[key], at ? `${at}.${key}` : key)]);
    return Object.fromEntries(entries) as { [K in keyof F]: Decoded<F[K]> };
  };
