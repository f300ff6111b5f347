import { describe, expect, it } from "vitest";
import { idOf, problemOf, readable, toggled } from "./selection";

describe("dead letters", () => {
  it("are told apart by service and number", () => expect(idOf({ service: "t/a", id: 7 })).not.toBe(idOf({ service: "t/b", id: 7 })));

  it("are chosen and let go", () => {
    const one = toggled(new Set(), "a");
    expect([...one]).toEqual(["a"]);
    expect([...toggled(one, "a")]).toEqual([]);
  });

  it("show JSON one field a line, and anything else as it is", () => {
    expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(readable("not json")).toBe("not json");
    expect(readable(null)).toBe("");
  });

  it("are not put back with a body that is no JSON", () => {
    expect(problemOf('{"a":1}')).toBeNull();
    expect(problemOf("{")).not.toBeNull();
  });
});
