import type { Decoder } from "./decode";

/** What the lab or a service refused, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** Whether trying again may help: nobody answered, or not now. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** Gives up after so long. */
  timeoutMs?: number;
}

/** Asks and reads the reply with its decoder. The only place of the workbench that calls `fetch`. */
export async function ask<T>(path: string, read: Decoder<T>, options: Ask = {}): Promise<T> {
  const reply = await send(path, options);
  const body: unknown = reply.status === 204 ? null : await reply.json().catch(() => null);
  return read(body, "");
}

/** The same for a reply that is text. */
export async function askText(path: string, options: Ask = {}): Promise<string> {
  return (await send(path, options)).text();
}

async function send(path: string, options: Ask): Promise<Response> {
  const limits = [options.signal, AbortSignal.timeout(options.timeoutMs ?? 15_000)].filter((signal) => signal !== undefined);
  let reply: Response;
  try {
    reply = await fetch(path, {
      method: options.method ?? "GET",
      headers: { Accept: "application/json", ...(options.body === undefined ? {} : { "Content-Type": "application/json" }), ...options.headers },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      cache: "no-store",
      signal: AbortSignal.any(limits),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Refusal(0, "network", "There was no answer.");
  }

  if (!reply.ok) throw await refusalOf(reply);
  return reply;
}

/** Problem details (RFC 9457) become a sentence; anything else is told by its status. */
export async function refusalOf(reply: Response): Promise<Refusal> {
  const body: unknown = await reply.json().catch(() => null);
  const problem = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const said = [problem["detail"], problem["title"]].find((words) => typeof words === "string" && words.length > 0);
  const named = problem["fields"] ?? problem["errors"];
  const fields = typeof named === "object" && named !== null ? textsOf(named as Record<string, unknown>) : {};
  return new Refusal(reply.status, typeof problem["code"] === "string" ? problem["code"] : "", sentence(typeof said === "string" ? said : `The answer was ${reply.status}`), fields);
}

function textsOf(errors: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).map(([field, words]) => [field, Array.isArray(words) ? words.join("; ") : String(words)]));
}

function sentence(words: string): string {
  const said = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(said) ? said : `${said}.`;
}

/** A reply that goes on for a while, as bytes; it has no time limit of its own. */
export async function askStream(path: string, stop: AbortSignal): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const reply = await fetch(path, { signal: stop, cache: "no-store" });
  if (!reply.ok || !reply.body) throw await refusalOf(reply);
  return reply.body;
}
