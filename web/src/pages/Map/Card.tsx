import { Database, UserRound } from "lucide-react";
import type { ActiveFault, MapEdge, MapNode } from "../../live/reducer";
import { Badge } from "../../parts/Tone";
import { text } from "../../text";
import { countOf, many, shortOf } from "../../text/format";
import { Instances } from "./Instances";
import type { Box } from "./layout";
import style from "./Map.module.css";

interface Props {
  node: MapNode;
  /** Its queue and its database. */
  parts: readonly MapNode[];
  box: Box | undefined;
  edges: readonly MapEdge[];
  faults: readonly ActiveFault[];
  flash: boolean;
  open: (id: string) => void;
}

/** A service: at the left what waits for it, at the right what waits to leave it. */
export function Card({ node, parts, box, edges, faults, flash, open }: Props) {
  if (!box) return null;
  const place = { left: box.x, top: box.y, width: box.width, height: box.height };
  if (node.kind === "client") {
    return (
      <div className={style["person"]} style={place}>
        <UserRound aria-hidden />
        {text.map.customers}
      </div>
    );
  }

  const queue = parts.find((part) => part.kind === "queue");
  const database = parts.find((part) => part.kind === "database");
  const name = shortOf(node.id);
  const store = edges.find((edge) => edge.kind === "store" && edge.from === node.id);
  const deliver = edges.find((edge) => edge.kind === "deliver" && edge.to === node.id);
  const publishes = edges.some((edge) => edge.kind === "publish" && edge.from === node.id);
  return (
    <section className={style["card"]} style={place} data-health={node.health} data-broken={faults.length > 0} data-flash={flash} aria-label={name}>
      {queue && deliver ? <Strip side="left" label={text.map.queue} count={queue.depth} says={text.map.breakQueue(name)} open={() => open(deliver.id)} /> : <span />}
      <div className={style["body"]}>
        <button type="button" className={style["title"]} aria-label={text.map.breakService(name, text.map.health[node.health as "healthy"] ?? node.health)} onClick={() => open(node.id)}>
          {name}
        </button>
        <Instances node={node} />
        <div className={style["marks"]}>
          {faults.length > 0 && <Badge tone="fault">{many(faults.length, text.map.fault)}</Badge>}
          {node.guardsOff.filter((guard) => guard !== "outbox" || !publishes).map((guard) => (
            <Badge key={guard} tone="degraded">
              {text.map.guardOff(guard)}
            </Badge>
          ))}
          {(node.deadLetters ?? 0) > 0 && <Badge tone="violated">{text.map.dead(countOf(node.deadLetters))}</Badge>}
          {(node.parked ?? 0) > 0 && <Badge tone="degraded">{text.map.parked(countOf(node.parked))}</Badge>}
        </div>
        {store && database && (
          <button type="button" className={style["database"]} data-health={database.health} aria-label={text.map.breakDatabase(name)} title={text.map.breakDatabase(name)} onClick={() => open(store.id)}>
            <Database aria-hidden />
          </button>
        )}
      </div>
      {publishes ? <Strip side="right" label={node.guardsOff.includes("outbox") ? text.map.noOutbox : text.map.outbox} count={node.outbox} says={text.map.breakOutbox(name)} open={() => open(node.id)} off={node.guardsOff.includes("outbox")} /> : <span />}
    </section>
  );
}

function Strip({ side, label, count, says, open, off = false }: { side: "left" | "right"; label: string; count: number | null; says: string; open: () => void; off?: boolean }) {
  return (
    <button type="button" className={style["strip"]} data-side={side} data-waits={(count ?? 0) > 0} data-off={off} title={says} onClick={open}>
      <span className={style["count"]}>{off ? "–" : countOf(count)}</span> <span className={style["label"]}>{label}</span>
      <span className="unseen">. {says}</span>
    </button>
  );
}
