import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { text } from "../../text";
import { countOf, momentOf, rateOf } from "../../text/format";
import { type ChartData, type FaultWindow, lastOf, lonelyOf } from "./charts";
import style from "./Metrics.module.css";

interface Props {
  chart: ChartData;
  times: readonly number[];
  windows: readonly FaultWindow[];
}

const height = 190;
const lateMaxSeconds = 6;

/** One chart. Beside the picture its last figures stand in words, for who cannot see it. */
export function Chart({ chart, times, windows }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shaded = useRef(windows);
  shaded.current = windows;
  const names = chart.lines.map((line) => line.name).join("|");

  useEffect(() => {
    const there = box.current;
    if (!there) return undefined;
    const made = new uPlot(optionsOf(names.split("|"), there.clientWidth, () => shaded.current), [[]], there);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: there.clientWidth, height }));
    watch.observe(there);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names]);

  useEffect(() => {
    plot.current?.setData([times as number[], ...chart.lines.map((line) => line.values as (number | null)[])]);
  }, [chart, times]);

  return (
    <figure className="panel">
      <figcaption>
        <h2>{chart.title}</h2>
      </figcaption>
      <div ref={box} className={style["plot"]} aria-hidden />
      <ul className={style["legend"]}>
        {chart.lines.map((line, index) => (
          <li key={line.id}>
            <span className={style["key"]} style={{ background: `var(--series-${(index % 8) + 1})` }} aria-hidden />
            {text.metrics.now(line.name, rateOf(lastOf(line.values)), chart.unit)}
          </li>
        ))}
      </ul>
    </figure>
  );
}

function optionsOf(names: readonly string[], width: number, windows: () => readonly FaultWindow[]): uPlot.Options {
  const css = getComputedStyle(document.documentElement);
  const colour = (name: string) => css.getPropertyValue(name).trim();
  const font = `12px ${css.getPropertyValue("--font")}`;
  const axis = { stroke: colour("--ink-soft"), font, grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    axes: [{ ...axis, values: (_, splits, __, ___, step) => splits.map((at) => momentOf(at, step < 60)) }, { ...axis, size: 56, values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? countOf(value) : String(Number(value.toPrecision(3))))) }],
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    series: [{}, ...names.map((name, index) => ({ label: name, stroke: colour(`--series-${(index % 8) + 1}`), width: 1.6, points: { show: true, size: 4, filter: (plot: uPlot, index: number) => lonelyOf(plot.data[index] ?? []) }, gaps: gapsOf }))],
    hooks: { drawClear: [(plot) => shade(plot, windows(), colour("--fault"))] },
  };
}

/** A sample that came late is no gap; what was not measured for longer stays open. */
const gapsOf: uPlot.Series.GapsRefiner = (plot, _, __, ___, gaps) => gaps.filter(([from, to]) => plot.posToVal(to, "x", true) - plot.posToVal(from, "x", true) > lateMaxSeconds);

/** The time in which something was broken. */
function shade(plot: uPlot, windows: readonly FaultWindow[], colour: string): void {
  const { ctx: canvas, bbox: area } = plot;
  canvas.save();
  canvas.globalAlpha = 0.16;
  canvas.fillStyle = colour;
  for (const window of windows) {
    const from = Math.max(area.left, plot.valToPos(Date.parse(window.from) / 1_000, "x", true));
    const until = window.to ? plot.valToPos(Date.parse(window.to) / 1_000, "x", true) : area.left + area.width;
    const to = Math.min(area.left + area.width, until);
    if (to > area.left && from < area.left + area.width) canvas.fillRect(from, area.top, Math.max(2, to - from), area.height);
  }
  canvas.restore();
}
