import { describe, expect, it } from "vitest";
import { pageOf, pages } from "./pages";

describe("the pages", () => {
  it("are found by their path, and by what lies below it", () => {
    expect(pageOf("/")?.title).toBe("Map");
    expect(pageOf("/journeys/abc")?.path).toBe("/journeys");
    expect(pageOf("/ticketflow/desk")?.path).toBe("/ticketflow");
  });

  it("do not answer for what is not theirs", () => {
    expect(pageOf("/journeysabc")).toBeUndefined();
    expect(pageOf("/nothing")).toBeUndefined();
  });

  it("have a path each", () => expect(new Set(pages.map((page) => page.path)).size).toBe(pages.length));
});
