import { anything, type Decoder, flag, list, map, nullable, number, object, text } from "./decode";

/** What the generator writes for a schema: letters for what is simple, an object for what has fields. */
export type Shape = string | { readonly [mark: string]: unknown };

/** Makes the reader of a shape; readers of named schemas are made once, when they are first needed. */
export function readerOf(shape: Shape, named: Readonly<Record<string, Shape>>, made: Map<string, Decoder<unknown>>): Decoder<unknown> {
  if (typeof shape !== "string") return ofObject(shape, named, made);
  const rest = shape.slice(1);
  switch (shape[0]) {
    case "s":
      return text;
    case "n":
      return number;
    case "b":
      return flag;
    case "?":
      return nullable(readerOf(rest, named, made));
    case "*":
      return list(readerOf(rest, named, made));
    case "%":
      return map(readerOf(rest, named, made));
    case "@":
      return ofName(rest, named, made);
    default:
      return anything;
  }
}

function ofObject(shape: { readonly [mark: string]: unknown }, named: Readonly<Record<string, Shape>>, made: Map<string, Decoder<unknown>>): Decoder<unknown> {
  const [[mark, inner] = ["", {}]] = Object.entries(shape);
  if (mark === "?") return nullable(readerOf(inner as Shape, named, made));
  if (mark === "*") return list(readerOf(inner as Shape, named, made));
  if (mark === "%") return map(readerOf(inner as Shape, named, made));
  return object(Object.fromEntries(Object.entries(inner as Record<string, Shape>).map(([name, field]) => [name, readerOf(field, named, made)])));
}

function ofName(name: string, named: Readonly<Record<string, Shape>>, made: Map<string, Decoder<unknown>>): Decoder<unknown> {
  // Found when it is called, not when it is made: a schema may contain itself.
  return (value, at) => {
    let reader = made.get(name);
    if (!reader) {
      reader = readerOf(named[name] ?? "u", named, made);
      made.set(name, reader);
    }
    return reader(value, at);
  };
}
