import { describe, expect, it } from "vitest";
import { bodyOf } from "./Desk/Actions";
import { deadlineAt } from "./Desk/deadline";
import { percent, waiting } from "./Desk/Live";
import { samples } from "./samples";
import { stationOf, toneOf } from "./status";
import { english } from "./text/en";
import { polish } from "./text/pl";

describe("what a customer sees", () => {
  it("moves forward through the states of the desk", () => expect(["received", "awaiting-translation", "awaiting-qualification", "qualified", "resolved"].map(stationOf)).toEqual(["received", "translating", "desk", "working", "answered"]));

  it("is red only when it stands still where it never stands long", () => {
    expect(toneOf("received", 3_000)).toBeUndefined();
    expect(toneOf("received", 60_000)).toBe("violated");
    expect(toneOf("qualified", 600_000)).toBeUndefined();
    expect(toneOf("resolved", 0)).toBe("healthy");
  });

  it("is there in Polish, word for word", () => {
    const keys = (words: object): string[] => Object.entries(words).flatMap(([key, value]) => (typeof value === "object" ? keys(value as object).map((inner) => `${key}.${inner}`) : [key]));
    expect(keys(polish)).toEqual(keys(english));
  });

  it("has examples that the service accepts", () => {
    for (const sample of samples) {
      expect(sample.title.length).toBeGreaterThanOrEqual(3);
      expect(sample.description.length).toBeGreaterThanOrEqual(60);
    }
  });
});

describe("what the desk sees", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");

  it.each([
    [null, null, false, undefined],
    ["2026-01-01T16:00:00Z", "running", false, undefined],
    ["2026-01-01T12:05:00Z", "running", false, "degraded"],
    ["2026-01-01T11:00:00Z", "running", false, "violated"],
    ["2026-01-01T11:00:00Z", "running", true, "degraded"],
    ["2026-01-01T11:00:00Z", "met", false, "healthy"],
    ["2026-01-01T11:00:00Z", "missed", false, "violated"],
  ])("a deadline of %s that is %s", (due, outcome, stopped, tone) => expect(deadlineAt(due, outcome, stopped, now).tone).toBe(tone));

  it("shows live figures with their units, and a dash for what is not known", () => {
    expect([percent(0.0341), percent(null), waiting(0, null), waiting(3, 1.25), waiting(undefined, null)]).toEqual(["3.4 %", "–", "0", "3 (1.3 s)", "–"]);
  });

  it("sends what each action wants", () => {
    const values = { type: "incident", severity: "high", personId: "p", reason: "waits", text: "hello" };
    expect(["qualify", "assign", "block", "unblock", "reply"].map((verb) => bodyOf(verb, values))).toEqual([{ type: "incident", severity: "high" }, { personId: "p" }, { reason: "waits" }, {}, { text: "hello" }]);
  });
});
