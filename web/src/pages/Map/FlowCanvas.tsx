import { useEffect, useRef } from "react";
import type { MapEdge } from "../../live/reducer";
import { Flow } from "./flow";
import type { Stage } from "./layout";
import style from "./Map.module.css";

/** The canvas over the arrows on which messages travel. It stands still, and costs nothing, while nothing flows. */
export function FlowCanvas({ stage, edges, scale }: { stage: Stage; edges: readonly MapEdge[]; scale: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useRef(new Flow());
  const wake = useRef(() => {});

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return undefined;
    const dense = scale * window.devicePixelRatio;
    context.canvas.width = Math.ceil(stage.width * dense); // A new size also wipes what was drawn for the old one.
    context.canvas.height = Math.ceil(stage.height * dense);
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return undefined;
    flow.current.place(stage.ways);
    let frame = 0;
    const step = (now: number) => {
      flow.current.advance(now);
      context.setTransform(dense, 0, 0, dense, 0, 0);
      context.clearRect(0, 0, stage.width, stage.height);
      flow.current.draw(context, now, getComputedStyle(context.canvas).color);
      frame = flow.current.isStill ? 0 : requestAnimationFrame(step);
    };
    wake.current = () => {
      if (frame === 0) frame = requestAnimationFrame(step);
    };
    wake.current();
    return () => {
      cancelAnimationFrame(frame);
      wake.current = () => {};
    };
  }, [stage, scale]);

  useEffect(() => {
    for (const edge of edges) flow.current.setRate(edge.id, edge.perSecond ?? 0);
    wake.current();
  }, [edges]);

  return <canvas ref={canvas} className={style["flow"]} style={{ width: stage.width, height: stage.height }} aria-hidden />;
}
