import { describe, expect, it } from "vitest";
import { type Step, timelineOf, toneOfStep } from "./timeline";

const step = (what: string, more: Partial<Step> = {}): Step => ({ at: "2026-01-01T00:00:00.000Z", service: null, instance: null, attempt: 0, what, isFault: false, messageId: null, messageType: null, ...more }) as Step;

describe("the life of a message", () => {
  it("has a column for each service in the order in which they came in", () => {
    const { columns, steps } = timelineOf([step("x published", { service: "t/a" }), step("x handled", { service: "t/b" }), step("x noted in the inbox", { service: "t/a" })]);
    expect(columns).toEqual(["t/a", "t/b"]);
    expect(steps.map((one) => one.column)).toEqual([0, 1, 0]);
  });

  it("counts time from the first step, and knows the pauses", () => {
    const { steps } = timelineOf([step("a"), step("b", { at: "2026-01-01T00:00:02.500Z" })]);
    expect(steps[1]).toMatchObject({ sinceMs: 2_500, pauseMs: 2_500 });
  });

  it("gives what never came to the service that waits for it", () => {
    const { columns, steps } = timelineOf([step("x published", { service: "t/a" }), step("x never reached t/b", { at: null })]);
    expect(columns).toEqual(["t/a", "t/b"]);
    expect(steps[1]).toMatchObject({ sinceMs: null, tone: "violated" });
  });

  it.each([
    [step("crash at relay.send.after", { isFault: true }), "fault"],
    [step("x never reached t/b", { at: null }), "violated"],
    [step("x still waits in the outbox"), "degraded"],
    [step("x handled"), "healthy"],
    [step("x published"), undefined],
  ])("tells $0.what by its colour", (one, tone) => expect(toneOfStep(one)).toBe(tone));
});
