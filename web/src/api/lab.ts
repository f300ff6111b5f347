import type { Decoder } from "./decode";
import { operations, type Replies } from "./generated/operations";
import type { Schemas } from "./generated/schema";
import { shapes } from "./generated/shapes";
import { type Ask, ask } from "./http";
import { readerOf, type Shape } from "./shape";

export type { Schemas };

const made = new Map<string, Decoder<unknown>>();

export interface Call extends Omit<Ask, "method"> {
  /** Values for the names in the path; a name of a service, as `system/service`, fills two. */
  path?: Readonly<Record<string, string | number>>;
  query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
}

/** Calls an operation of the lab by its id in the OpenAPI document; its reply is checked against the document. */
export function lab<K extends keyof Replies>(id: K, call: Call = {}): Promise<Replies[K]> {
  const [method, path, shape] = operations[id];
  const { path: values, query, ...rest } = call;
  return ask(addressOf(path, values, query), readerOf(shape as Shape, shapes as Readonly<Record<string, Shape>>, made) as Decoder<Replies[K]>, { ...rest, method: method as NonNullable<Ask["method"]> });
}

/** The reader of a schema, for what comes by another way than a reply. */
export function reader<K extends keyof Schemas & string>(name: K): Decoder<Schemas[K]> {
  return readerOf(`@${name}`, shapes as Readonly<Record<string, Shape>>, made) as Decoder<Schemas[K]>;
}

/** `{ system, service }` of `ticketflow/tickets`, for paths. */
export function serviceOf(name: string): { system: string; service: string } {
  const slash = name.indexOf("/");
  return { system: name.slice(0, slash), service: name.slice(slash + 1) };
}

export function addressOf(template: string, values: Call["path"] = {}, query: Call["query"] = {}): string {
  const path = template.replace(/\{(\w+)[^}]*\}/g, (_, name: string) => encodeURIComponent(String(values[name] ?? "")));
  const asked = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return asked.length === 0 ? path : `${path}?${new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString()}`;
}
