import { describe, expect, it } from "vitest";
import { chartsOf, lastOf, lonelyOf, type MetricsView, type Series, withSample } from "./charts";

const series = (id: string, name: string, values: (number | null)[], service = "t/a"): Series => ({ id, name, title: name, unit: "", system: "t", service, instance: null, node: null, messageType: null, values }) as Series;
const view = (all: Series[], times = [1, 2, 3]): MetricsView => ({ from: "", to: "", stepSeconds: 1, times, series: all, windows: [] }) as MetricsView;

describe("charts", () => {
  it("put figures of one kind together, and leave out what was never measured", () => {
    const charts = chartsOf(view([series("1", "published", [1, 2, 3]), series("2", "handled", [null, 1, 1]), series("3", "cpu", [null, null, null])]));
    expect(charts.map((chart) => [chart.id, chart.lines.length])).toEqual([["flow", 2]]);
  });

  it("show the busiest lines of many, in the order in which the lab names them", () => {
    const many = Array.from({ length: 12 }, (_, index) => series(String(index), "published", [index, index, index], `t/s${index}`));
    expect(chartsOf(view(many))[0]?.lines.map((line) => line.id)).toEqual(["4", "5", "6", "7", "8", "9", "10", "11"]);
  });

  it("say memory in megabytes", () => expect(chartsOf(view([series("m", "memory", [1_048_576, null, 2_097_152])]))[0]?.lines[0]?.values).toEqual([1, null, 2]));

  it("go on with each sample, and stay as long as the span", () => {
    let now = view([series("1", "published", [1, 2, 3])]);
    for (let at = 4; at < 20; at++) now = withSample(now, at, { "1": at }, 5);
    expect(now.times).toEqual([15, 16, 17, 18, 19]);
    expect(now.series[0]?.values).toEqual([15, 16, 17, 18, 19]);
  });

  it("take no sample twice", () => {
    const now = view([series("1", "published", [1, 2, 3])]);
    expect(withSample(now, 3.4, { "1": 9 }, 5)).toBe(now);
  });

  it("know the last figure, unless it is long ago", () => {
    expect(lastOf([1, 2, null])).toBe(2);
    expect(lastOf([1, null, null, null, null, null])).toBeNull();
  });

  it("find the figures that stand alone", () => {
    expect(lonelyOf([1, null, 2, 3, null, 4, null])).toEqual([0, 5]);
  });
});
