import type { MapEdge, MapNode } from "../../../live/reducer";
import { choices as words } from "../../../text/breakIt";
import { ownerOf } from "../layout";

/** Something that can be broken by one press: what it is called, and the operation of the lab that does it. */
export interface Choice {
  id: string;
  title: string;
  says: string;
  operation: "PlaceAnomaly" | "AddToxic" | "AddHttpFault";
  body: Readonly<Record<string, unknown>>;
}

type Name = keyof typeof words;

function choice(id: Name, operation: Choice["operation"], body: Choice["body"]): Choice {
  const [title, says] = words[id];
  return { id, title, says, operation, body };
}

function anomaly(id: Name, service: string, point: string, kind: string, messageType: string | undefined, more: Record<string, unknown> = {}): Choice {
  return choice(id, "PlaceAnomaly", { service, point, kind, ...(messageType ? { match: { messageType } } : {}), trigger: { once: true }, createdBy: "workbench", ...more });
}

function toxic(id: Name, link: string | null, type: string, attributes: Record<string, number>, seconds: number): Choice[] {
  return link ? [choice(id, "AddToxic", { link, type, attributes, seconds })] : [];
}

/** The choices of an arrow, most telling first. */
export function choicesOf(edge: MapEdge): Choice[] {
  const [from, to] = [ownerOf(edge.from), ownerOf(edge.to)];
  const type = edge.messageTypes[0];
  switch (edge.kind) {
    case "publish":
      return leaving(from, type, edge.link);
    case "deliver":
      return arriving(to, type);
    case "request":
      return [
        anomaly("crashBeforeAnswer", to, "http.response.before", "crash", undefined),
        anomaly("answerLost", to, "http.response.before", "drop", undefined),
        ...toxic("slowLine", edge.link, "latency", { latency: 1_500 }, 60),
        ...(edge.link ? [choice("busy", "AddHttpFault", { link: edge.link, kind: ["status"], attributes: { status: 503 }, trigger: { every: 2 }, seconds: 60 })] : []),
      ];
    case "store":
      return [...toxic("databaseAway", edge.link, "timeout", { timeout: 0 }, 10), ...toxic("databaseSlow", edge.link, "latency", { latency: 500 }, 60)];
    default:
      return [];
  }
}

/** The choices of a service: what leaves it, and what arrives. */
export function choicesOfService(node: MapNode, edges: Iterable<MapEdge>): Choice[] {
  const all = [...edges];
  const out = all.find((edge) => edge.kind === "publish" && edge.from === node.id);
  const into = all.find((edge) => edge.kind === "deliver" && edge.to === node.id);
  return [...(out ? leaving(node.id, out.messageTypes[0], null).slice(0, 2) : []), ...(into ? arriving(node.id, into.messageTypes[0]).slice(0, 3) : [])];
}

function leaving(service: string, type: string | undefined, link: string | null): Choice[] {
  return [
    anomaly("crashAfterCommit", service, "transaction.commit.after", "crash", type),
    anomaly("forgetsToConfirm", service, "relay.send.after", "drop", type),
    anomaly("lostOnTheWay", service, "relay.send.before", "drop", type),
    anomaly("sentTwice", service, "relay.send.before", "duplicate", type),
    anomaly("overtaken", service, "relay.send.before", "reorder", type),
    ...toxic("brokerAway", link, "timeout", { timeout: 0 }, 20),
  ];
}

function arriving(service: string, type: string | undefined): Choice[] {
  return [
    anomaly("crashBeforeAck", service, "consume.ack.before", "crash", type),
    anomaly("deliveredTwice", service, "consume.receive.after", "duplicate", type),
    anomaly("failsTwice", service, "consume.handle.before", "exception", type, { trigger: { first: 2 }, parameters: { transient: true } }),
    anomaly("neverHandled", service, "consume.handle.before", "exception", type, { parameters: { transient: false } }),
    anomaly("slowHandler", service, "consume.handle.before", "delay", type, { parameters: { delayMs: 2_000 } }),
  ];
}
