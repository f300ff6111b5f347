import { describe, expect, it } from "vitest";
import { WrongShape } from "./decode";
import { addressOf, serviceOf } from "./lab";
import { readerOf, type Shape } from "./shape";

const named: Record<string, Shape> = { Tree: { "": { name: "s", inner: "*@Tree", note: "?s" } } };
const read = (shape: Shape, value: unknown) => readerOf(shape, named, new Map())(value, "");

describe("reading a reply", () => {
  it("gives every field, null where the lab left it out", () => {
    expect(read("@Tree", { name: "a", inner: [] })).toEqual({ name: "a", inner: [], note: null });
  });

  it("leaves out what the contract does not name", () => {
    expect(read("@Tree", { name: "a", inner: [], more: 1 })).not.toHaveProperty("more");
  });

  it("reads what contains itself", () => {
    expect(read("@Tree", { name: "a", inner: [{ name: "b", inner: [] }] })).toMatchObject({ inner: [{ name: "b" }] });
  });

  it("names the place of what is wrong", () => {
    expect(() => read("@Tree", { name: "a", inner: [{ name: 1, inner: [] }] })).toThrow("inner[0].name must be a text; it is number");
  });

  it("refuses what is no list, no map and no flag", () => {
    for (const [shape, value] of [["*s", {}], ["%n", []], ["b", "true"], ["n", ""]] as const) expect(() => read(shape, value)).toThrow(WrongShape);
  });

  it("reads numbers that come as texts", () => {
    expect(read("n", "12")).toBe(12);
  });
});

describe("the address of an operation", () => {
  it("fills the names in its path", () => {
    expect(addressOf("/api/services/{system}/{service}/deadletters/{id}", { ...serviceOf("ticketflow/tickets"), id: 7 })).toBe("/api/services/ticketflow/tickets/deadletters/7");
  });

  it("escapes what is filled in", () => {
    expect(addressOf("/api/journey/{id}", { id: "a/b c" })).toBe("/api/journey/a%2Fb%20c");
  });

  it("leaves out what is not asked for", () => {
    expect(addressOf("/api/journeys", {}, { system: null, text: "", outcome: "lost" })).toBe("/api/journeys?outcome=lost");
  });
});
