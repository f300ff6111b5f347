import type { ActiveFault, MapEdge, MapNode } from "../../../live/reducer";
import { Drawer } from "../../../parts/Drawer";
import { FaultList } from "../../../parts/FaultList";
import { text } from "../../../text";
import { shortOf } from "../../../text/format";
import { ownerOf } from "../layout";
import { type Choice, choicesOf, choicesOfService } from "./choices";
import { Choices } from "./Choices";
import { Detail } from "./Detail";
import { Disrupt } from "./Disrupt";
import { Inside } from "./Inside";
import { LinkDetail } from "./LinkDetail";

interface Props {
  /** A node or an arrow. */
  id: string;
  nodes: ReadonlyMap<string, MapNode>;
  edges: ReadonlyMap<string, MapEdge>;
  faults: readonly ActiveFault[];
  close: () => void;
}

/** What can be broken at one place of the map. */
export function BreakDrawer({ id, nodes, edges, faults, close }: Props) {
  const [edge, node] = [edges.get(id), nodes.get(id)];
  const here = faults.filter((fault) => fault.node === id || fault.edges.includes(id));
  const choices: Choice[] = edge ? choicesOf(edge) : node?.kind === "service" ? choicesOfService(node, edges.values()) : [];
  const service = edge ? serviceOfEdge(edge) : node?.kind === "service" ? node.id : null;
  return (
    <Drawer title={titleOf(edge, node)} close={close}>
      {!edge && !node && <p>{text.breakIt.gone}</p>}
      {here.length > 0 && (
        <section className="stack" data-gap="small" aria-label={text.breakIt.already}>
          <h3>{text.breakIt.already}</h3>
          <FaultList faults={here} />
        </section>
      )}
      {node && node.kind === "service" && <Inside node={node} />}
      {choices.length > 0 && <Choices choices={choices} placed={close} />}
      {node && node.instances.length > 0 && <Disrupt node={node} />}
      {service && nodes.get(service)?.kind === "service" && <Detail service={service} arrow={edge ?? null} placed={close} />}
      {edge?.link && <LinkDetail link={edge.link} placed={close} />}
    </Drawer>
  );
}

/** Who acts on an arrow: who publishes, who is delivered to, who is asked; a database has no points of its own. */
function serviceOfEdge(edge: MapEdge): string | null {
  if (edge.kind === "publish") return ownerOf(edge.from);
  return edge.kind === "store" ? null : ownerOf(edge.to);
}

function titleOf(edge: MapEdge | undefined, node: MapNode | undefined): string {
  const titles = text.breakIt.titles;
  if (edge?.kind === "publish") return titles.publish(shortOf(ownerOf(edge.from)), shortOf(ownerOf(edge.to)));
  if (edge?.kind === "deliver") return titles.deliver(shortOf(ownerOf(edge.to)));
  if (edge?.kind === "store") return titles.store(shortOf(ownerOf(edge.from)));
  if (edge) return titles.request(shortOf(ownerOf(edge.from)), shortOf(ownerOf(edge.to)));
  return node ? titles.service(shortOf(node.name)) : text.breakIt.place;
}
