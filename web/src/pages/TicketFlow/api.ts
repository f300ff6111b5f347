import { type Decoded, flag, list, nullable, object, text } from "../../api/decode";
import { ask } from "../../api/http";
import { stubborn } from "../../api/stubborn";

const root = "/apps/ticketflow/inquiries/inquiries";
const attempt = { timeoutMs: 6_000 };

export interface Inquiry {
  name: string;
  email: string;
  title: string;
  description: string;
  category: string;
}

const accepted = object({ id: text, statusLink: text });
const entry = object({ kind: text, author: nullable(text), text, translatedText: nullable(text), translatedLanguage: nullable(text), translator: nullable(text), isRoughAid: nullable(flag), at: text });
const status = object({ id: text, title: text, status: text, language: text, submittedAt: text, conversation: list(entry) });

export type Status = Decoded<typeof status>;
export type Entry = Decoded<typeof entry>;

/** Sends as an impatient but honest customer: without an answer the same again, with the same key, so that it counts once. */
export async function submit(inquiry: Inquiry, key: string, told: (tries: number) => void, stop?: AbortSignal): Promise<{ id: string; link: string }> {
  const reply = await stubborn(() => ask(root, accepted, { method: "POST", body: inquiry, headers: { "Idempotency-Key": key }, signal: stop, ...attempt }), told, stop);
  return { id: reply.id, link: reply.statusLink.split("/").at(-1) ?? "" };
}

export function readStatus(id: string, link: string, stop?: AbortSignal): Promise<Status> {
  return ask(`${root}/${encodeURIComponent(id)}/${encodeURIComponent(link)}`, status, { signal: stop, ...attempt });
}

export async function reply(id: string, link: string, words: string, key: string): Promise<void> {
  await stubborn(() => ask(`${root}/${encodeURIComponent(id)}/${encodeURIComponent(link)}/replies`, object({ replyId: text }), { method: "POST", body: { text: words }, headers: { "Idempotency-Key": key }, ...attempt }), () => {});
}
