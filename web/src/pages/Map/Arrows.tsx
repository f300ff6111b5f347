import { Zap } from "lucide-react";
import type { ActiveFault, MapEdge } from "../../live/reducer";
import { text } from "../../text";
import { rateOf, shortOf } from "../../text/format";
import { ownerOf, pathOf, type Stage, type Way } from "./layout";
import style from "./Map.module.css";

interface Props {
  stage: Stage;
  edges: readonly MapEdge[];
  faults: readonly ActiveFault[];
  flashes: ReadonlySet<string>;
  open: (id: string) => void;
}

/** The arrows; each has a button at its middle at which it can be broken. */
export function Arrows({ stage, edges, faults, flashes, open }: Props) {
  const byId = new Map(edges.map((edge) => [edge.id, edge]));
  const count = (way: Way) => faults.filter((fault) => fault.edges.includes(way.id)).length;
  return (
    <>
      <svg className={style["arrows"]} width={stage.width} height={stage.height} aria-hidden>
        <defs>
          <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
            <path d="M0 0.5 7.5 4 0 7.5z" fill="context-stroke" />
          </marker>
        </defs>
        {stage.ways.map((way) => (
          <path key={way.id} className={style["arrow"]} d={pathOf(way.curve)} markerEnd="url(#head)" data-broken={count(way) > 0} data-flash={flashes.has(way.id)} strokeWidth={widthOf(byId.get(way.id)?.perSecond)} />
        ))}
      </svg>
      {stage.ways.map((way) => (
        <ArrowButton key={way.id} way={way} edge={byId.get(way.id)} faults={count(way)} open={open} />
      ))}
    </>
  );
}

function ArrowButton({ way, edge, faults, open }: { way: Way; edge: MapEdge | undefined; faults: number; open: (id: string) => void }) {
  if (!edge) return null;
  const types = edge.messageTypes.map(shortOf).join(", ");
  const name = text.map.breakArrow(shortOf(ownerOf(edge.from)), shortOf(ownerOf(edge.to)), edge.kind === "request" ? text.map.requests : types);
  const rate = edge.perSecond ? text.map.perSecond(rateOf(edge.perSecond)) : "";
  return (
    <span className={style["middle"]} style={{ left: way.middle.x, top: way.middle.y }}>
      <button type="button" className={style["crack"]} data-broken={faults > 0} aria-label={[name, rate, faults > 0 ? text.shell.faults(faults) : ""].filter(Boolean).join(", ")} title={name} onClick={() => open(edge.id)}>
        <Zap aria-hidden />
      </button>
      {rate && (
        <span className={style["rate"]} aria-hidden>
          {rate}
        </span>
      )}
    </span>
  );
}

/** Wider where more flows: one step for each tenfold. */
function widthOf(perSecond: number | null | undefined): number {
  return perSecond ? Math.min(6, 2 + Math.log10(1 + perSecond)) : 1.6;
}
