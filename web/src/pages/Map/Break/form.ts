import type { Schemas } from "../../../api/lab";

export type ServicePoints = Schemas["ServicePointsView"];

/** A detail of a fault, as the lab describes it. */
export interface Parameter {
  name: string;
  type: string;
  says: string;
  required: boolean;
  min: number | null;
  max: number | null;
  default: unknown;
  oneOf: readonly string[] | null;
}

/** What somebody fills in; texts, as the fields hold them. */
export interface BreakForm {
  point: string;
  kind: string;
  messageType: string;
  trigger: string;
  triggerValue: string;
  seconds: string;
  parameters: Readonly<Record<string, string>>;
}

export const emptyForm: BreakForm = { point: "", kind: "", messageType: "", trigger: "once", triggerValue: "", seconds: "", parameters: {} };

/** The request that a form means. Numbers stay within what the lab allows because the lab says so when they do not. Pure. */
export function requestOf(service: string, form: BreakForm, parameters: readonly Parameter[], now: number): Record<string, unknown> {
  const filled = parameters.filter((parameter) => (form.parameters[parameter.name] ?? "") !== "");
  return {
    service,
    point: form.point,
    kind: form.kind,
    createdBy: "workbench",
    ...(form.messageType ? { match: { messageType: form.messageType } } : {}),
    ...triggerOf(form),
    ...(form.seconds ? { expiresAt: new Date(now + Number(form.seconds) * 1_000).toISOString() } : {}),
    ...(filled.length > 0 ? { parameters: Object.fromEntries(filled.map((parameter) => [parameter.name, valueOf(parameter, form.parameters[parameter.name] ?? "")])) } : {}),
  };
}

function triggerOf(form: BreakForm): Record<string, unknown> {
  if (form.trigger === "always") return {};
  if (form.trigger === "once") return { trigger: { once: true } };
  return { trigger: { [form.trigger]: Number(form.triggerValue) } };
}

/** The request for a toxic on a link. Pure. */
export function toxicOf(link: string, type: string, stream: string, seconds: string, values: Readonly<Record<string, string>>): Record<string, unknown> {
  const attributes = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "").map(([name, value]) => [name, Number(value)]));
  return { link, type, stream, attributes, ...(seconds ? { seconds: Number(seconds) } : {}) };
}

function valueOf(parameter: Parameter, text: string): unknown {
  if (parameter.type !== "bool" && parameter.type !== "text") return Number(text);
  return parameter.type === "bool" ? text === "true" : text;
}

/** Points in the order of a message's way, by the part of the service that they belong to. */
export function pipelinesOf(points: ServicePoints["points"]): [string, ServicePoints["points"]][] {
  const groups = new Map<string, ServicePoints["points"]>();
  for (const point of points) {
    const name = point.name.slice(0, point.name.indexOf("."));
    groups.set(name, [...(groups.get(name) ?? []), point]);
  }
  return [...groups];
}

/** The points that lie on an arrow: what its sender does, what its receiver does, or the request itself. */
export function isOnArrow(point: string, edgeKind: string | undefined): boolean {
  if (edgeKind === "publish") return /^(publish|transaction|relay|schedule)\./.test(point);
  if (edgeKind === "deliver") return /^(consume|transaction|retry|deadletter)\./.test(point);
  if (edgeKind === "request") return /^(http|transaction)\./.test(point);
  return true;
}
