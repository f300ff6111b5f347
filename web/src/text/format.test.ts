import { describe, expect, it } from "vitest";
import { ageOf, bytesOf, countOf, many, rateOf, shortOf, spanOf } from "./format";

describe("figures for people", () => {
  it.each([
    [0, "0 ms"],
    [420, "420 ms"],
    [1_500, "1.5 s"],
    [42_000, "42 s"],
    [120_000, "2 min"],
    [7_200_000, "2 h"],
    [259_200_000, "3 d"],
  ])("a span of %d ms is %s", (milliseconds, words) => expect(spanOf(milliseconds)).toBe(words));

  it.each([
    [null, "–"],
    [0, "0"],
    [9_999, "9999"],
    [12_400, "12.4 k"],
    [3_100_000, "3.1 M"],
  ])("a count of %s is %s", (count, words) => expect(countOf(count)).toBe(words));

  it.each([
    [null, "–"],
    [0, "0"],
    [0.01, "< 0.1"],
    [0.4, "0.4"],
    [2_000, "2000"],
  ])("a rate of %s is %s", (rate, words) => expect(rateOf(rate)).toBe(words));

  it("takes a time ahead of the clock for now", () => expect(ageOf("2026-01-01T00:00:01Z", Date.parse("2026-01-01T00:00:00Z"))).toBe("0 ms ago"));

  it("says bytes in a unit that fits", () => expect([bytesOf(2_048), bytesOf(80 << 20), bytesOf(undefined)]).toEqual(["2 kB", "80 MB", "–"]));

  it("shortens a name to its last part", () => expect([shortOf("ticketflow/tickets"), shortOf("ticketflow.inquiry-submitted"), shortOf("client")]).toEqual(["tickets", "inquiry-submitted", "client"]));

  it("counts one as one", () => expect([many(1, "fault"), many(2, "fault")]).toEqual(["1 fault", "2 faults"]));
});
