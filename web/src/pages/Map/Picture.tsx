import { useEffect, useMemo, useRef, useState } from "react";
import type { ActiveFault, FiredFault, MapEdge, MapNode } from "../../live/reducer";
import { text } from "../../text";
import { Arrows } from "./Arrows";
import { Card } from "./Card";
import { FlowCanvas } from "./FlowCanvas";
import { layout, ownerOf, type Stage } from "./layout";
import style from "./Map.module.css";

interface Props {
  nodes: readonly MapNode[];
  edges: readonly MapEdge[];
  doors: readonly string[];
  faults: readonly ActiveFault[];
  fired: readonly FiredFault[];
  open: (id: string) => void;
}

const scaleMax = 1.9;
const scaleMin = 0.8;
const heightShare = 0.52;
const narrowBelow = 720;

/** The system as a picture, as large as there is room for. */
export function Picture({ nodes, edges, doors, faults, fired, open }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const isNarrow = width > 0 && width < narrowBelow;
  // Figures change all the time, places only when a node or an arrow comes or goes.
  const shape = [...nodes.map((node) => node.id), ...edges.map((edge) => edge.id)].join("|");
  const stage = useMemo(() => layout(nodes, edges, isNarrow, doors), [shape, isNarrow, doors]);
  const scale = width > 0 && stage.width > 0 ? scaleOf(stage, width, isNarrow) : 0;
  const flashes = useFlashes(fired);
  return (
    <div ref={box} className={style["picture"]} data-narrow={isNarrow} style={{ height: stage.height * scale || undefined }}>
      {scale > 0 && (
        <div className={style["stage"]} style={{ width: stage.width, height: stage.height, transform: `scale(${scale})`, ["--screen" as string]: String(1 / scale), left: Math.max(0, (width - stage.width * scale) / 2) }}>
          <Arrows stage={stage} edges={edges} faults={faults} flashes={flashes} open={open} />
          <FlowCanvas stage={stage} edges={edges} scale={scale} />
          {nodes
            .filter((node) => stage.boxes.has(node.id))
            .map((node) => (
              <Card
                key={node.id}
                node={node}
                parts={nodes.filter((part) => part.id !== node.id && ownerOf(part.id) === node.id)}
                box={stage.boxes.get(node.id)}
                edges={edges}
                faults={faults.filter((fault) => fault.node !== null && ownerOf(fault.node) === node.id)}
                flash={flashes.has(node.id)}
                open={open}
              />
            ))}
        </div>
      )}
      {nodes.length === 0 && <p className="soft">{text.map.nothing}</p>}
    </div>
  );
}

/** As large as the width allows, but what stands below the picture should be seen too; never so small that it cannot be read. */
function scaleOf(stage: Stage, width: number, isNarrow: boolean): number {
  const byWidth = Math.min(scaleMax, width / stage.width);
  if (isNarrow) return byWidth;
  return Math.min(byWidth, Math.max(scaleMin, (window.innerHeight * heightShare) / stage.height));
}

function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const there = box.current;
    if (!there) return undefined;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    watch.observe(there);
    return () => watch.disconnect();
  }, [box]);
  return width;
}

const flashMs = 1_600;
const freshMs = 10_000;

/** The nodes and arrows at which a fault has fired just now. */
function useFlashes(fired: readonly FiredFault[]): ReadonlySet<string> {
  const [flashes, setFlashes] = useState<ReadonlySet<string>>(new Set());
  const seen = useRef(fired.at(-1)?.id);
  useEffect(() => {
    const from = fired.findIndex((one) => one.id === seen.current);
    const fresh = fired.slice(from + 1).filter((one) => Date.now() - Date.parse(one.at) < freshMs); // What fired before this page looked is no news.
    seen.current = fired.at(-1)?.id;
    if (fresh.length === 0) return undefined;
    setFlashes(new Set(fresh.flatMap((one) => [...(one.node ? [ownerOf(one.node)] : []), ...one.edges])));
    const timer = setTimeout(() => setFlashes(new Set()), flashMs);
    return () => clearTimeout(timer);
  }, [fired]);
  return flashes;
}
