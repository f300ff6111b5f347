import { anything, type Decoded, flag, list, nullable, number, object, text } from "../../../api/decode";
import { ask } from "../../../api/http";

const root = "/apps/ticketflow/tickets";

const me = object({ id: text, name: text, email: text, role: text });
const people = object({ people: list(object({ id: text, name: text, role: text, openTickets: number })) });

const row = object({
  id: text, state: text, version: number, title: text, englishTitle: nullable(text), customer: text, category: text, language: text, type: nullable(text), severity: nullable(text),
  assignee: nullable(text), mark: nullable(text), createdAt: text, dueAt: nullable(text), deadline: nullable(text), isSample: flag,
});

const message = object({ id: text, kind: text, author: text, text, language: text, translatedText: nullable(text), translator: nullable(text), isRoughAid: flag, notTranslated: nullable(text), at: text });

const ticket = object({
  id: text, state: text, version: number, customer: object({ name: text, email: text }), category: text, original: object({ language: text, title: text, description: text }),
  translation: nullable(object({ title: nullable(text), description: nullable(text), translator: nullable(text), isRoughAid: flag })), mark: nullable(text), type: nullable(text), severity: nullable(text),
  assigneeId: nullable(text), assignee: nullable(text), block: nullable(object({ reason: nullable(text), since: text })), createdAt: text, resolvedAt: nullable(text),
  deadline: nullable(object({ agreement: text, dueAt: text, blockedMs: number, stoppedAt: nullable(text), outcome: text, breaches: number })), conversation: list(message),
  notes: list(object({ id: text, author: text, text, at: text })),
  history: list(object({ event: text, from: nullable(text), to: text, version: number, by: nullable(text), detail: nullable(text), at: text })), allowed: list(text), isSample: flag,
});

const messages = object({ messages: list(object({ id: text, kind: text, ticketId: nullable(text), recipients: text, subject: text, text, at: text })) });

const load = object({ memoryBytes: number, cpu: nullable(number), inPerSecond: nullable(number), outPerSecond: nullable(number) });
const backlog = object({ queue: number, queueOldestSeconds: nullable(number), outbox: number, outboxLagSeconds: nullable(number), deadLetters: number });
const figures = object({ services: list(object({ service: text, state: text, load, backlog: nullable(backlog) })) });

export type Message = Decoded<typeof messages>["messages"][number];
export type Figures = Decoded<typeof figures>;

/** Where the live figures are pushed from. */
export const figuresAt = "/apps/ticketflow/metrics/live/events";

export function readFigures(pushed: unknown): Figures {
  return figures(pushed, "the figures");
}

export async function listMessages(kind: string): Promise<Message[]> {
  return (await ask(`${root}/messages?${new URLSearchParams({ kind, limit: "50" }).toString()}`, messages)).messages;
}

export type Me = Decoded<typeof me>;
export type Person = Decoded<typeof people>["people"][number];
export type TicketRow = Decoded<typeof row>;
export type Ticket = Decoded<typeof ticket>;

/** Who is signed in, or null. */
export function readMe(): Promise<Me | null> {
  return ask(`${root}/me`, nullable(me));
}

export function signIn(email: string, password: string): Promise<unknown> {
  return ask(`${root}/sign-in`, anything, { method: "POST", body: { email, password } });
}

export function signOut(): Promise<unknown> {
  return ask(`${root}/sign-out`, anything, { method: "POST" });
}

export function listTickets(filter: Readonly<Record<string, string>>): Promise<{ tickets: TicketRow[]; next: string | null }> {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
  return ask(`${root}/tickets?${query.toString()}`, object({ tickets: list(row), next: nullable(text) }));
}

export function readTicket(id: string): Promise<Ticket> {
  return ask(`${root}/tickets/${encodeURIComponent(id)}`, ticket);
}

export async function listPeople(): Promise<Person[]> {
  return (await ask(`${root}/people`, people)).people;
}

const paths: Readonly<Record<string, string>> = { qualify: "qualification", assign: "assignment", block: "block", unblock: "unblock", resolve: "resolution", reply: "replies", note: "notes" };

/** Does something to a ticket as it was seen: who was slower than somebody else is told so, and changes nothing. */
export function act(seen: Ticket, verb: string, body: unknown, key: string): Promise<unknown> {
  return ask(`${root}/tickets/${encodeURIComponent(seen.id)}/${paths[verb] ?? verb}`, anything, {
    method: "POST",
    body,
    headers: { "If-Match": `"${seen.version}"`, "Idempotency-Key": key },
  });
}
