import { Server } from "lucide-react";
import { useMemo, useRef } from "react";
import type { MapEdge, MapNode } from "../../live/reducer";
import { useLive } from "../../live/live";
import { Beside, useDoors } from "../../parts/Beside";
import { SystemChoice } from "../../parts/SystemChoice";
import { usePlace } from "../../router/location";
import { text } from "../../text";
import { shortOf } from "../../text/format";
import { BreakDrawer } from "./Break";
import { Happened } from "./Happened";
import { isDoor } from "./layout";
import style from "./Map.module.css";
import { Picture } from "./Picture";
import { openBreak, readChoice } from "./url";

/** The system as it lives: press what you want to break, and watch what becomes of it. */
export default function MapPage() {
  const place = usePlace();
  const systems = useLive((state) => state.systems);
  const nodes = useLive((state) => state.nodes);
  const edges = useLive((state) => state.edges);
  const faults = useLive((state) => state.faults);
  const fired = useLive((state) => state.fired);
  const choice = readChoice(place);
  const system = choice.system ?? systems[0] ?? "";
  const shownNodes = useMemo(() => [...nodes.values()].filter((node) => node.system === system), [nodes, system]);
  const doors = useDoors(system);
  const shownEdges = useShown(edges, system, doors);
  const servers = useMemo(() => serversOf([...nodes.values()], system), [nodes, system]);
  const open = (id: string) => openBreak(place, id);
  return (
    <div className="stack">
      <div className={style["head"]}>
        <h1>{text.map.title}</h1>
        <p className="soft">{text.map.lead}</p>
        <SystemChoice systems={systems} chosen={system} />
      </div>
      <div className={style["page"]} data-beside="true">
        <div className="stack">
          <Picture nodes={shownNodes} edges={shownEdges} doors={doors} faults={faults} fired={fired} open={open} />
          <Servers servers={servers} open={open} />
        </div>
        <div className={style["beside"]}>
          <Beside system={system} />
          <Happened system={system} nodes={shownNodes} />
        </div>
      </div>
      {choice.broken && <BreakDrawer id={choice.broken} nodes={nodes} edges={edges} faults={faults} close={() => openBreak(place, null)} />}
    </div>
  );
}

/** The arrows of a system. Of those from the customers: the doors, and where somebody has come in while this page was open. */
function useShown(edges: ReadonlyMap<string, MapEdge>, system: string, doors: readonly string[]): MapEdge[] {
  const used = useRef(new Set<string>());
  return useMemo(() => {
    const here = [...edges.values()].filter((edge) => edge.system === system);
    for (const edge of here) if (edge.perSecond) used.current.add(edge.id);
    return here.filter((edge) => isDoor(edge, doors) || used.current.has(edge.id));
  }, [edges, system, doors]);
}

/** What several services stand on: the broker, and servers of databases. */
function serversOf(nodes: readonly MapNode[], system: string): MapNode[] {
  return nodes.filter((node) => node.system === system && node.kind === "broker");
}

function Servers({ servers, open }: { servers: readonly MapNode[]; open: (id: string) => void }) {
  if (servers.length === 0) return null;
  return (
    <div className={style["servers"]}>
      <span className="small soft">{text.map.servers}</span>
      {servers.map((server) => (
        <button key={server.id} type="button" className="button" data-tone={server.health} onClick={() => open(server.id)}>
          <Server aria-hidden />
          {shortOf(server.name)} <span className="soft">{text.map.health[server.health] ?? server.health}</span>
          <span className="unseen">. {text.map.breakServer(server.name)}</span>
        </button>
      ))}
    </div>
  );
}
