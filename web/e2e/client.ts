import { randomUUID } from "node:crypto";
import { expect, inject } from "vitest";

/** What a test asks the lab beside the page. */
export async function ask<T>(path: string, method = "GET", body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const reply = await fetch(`${inject("lab")}${path}`, { method, headers: { "content-type": "application/json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return (reply.status === 204 ? undefined : await reply.json()) as T;
}

/** An inquiry as a customer's program sends it; gives the key, which is the name of its journey. */
export async function sendInquiry(): Promise<string> {
  const key = randomUUID();
  const inquiry = { name: "Marta Kowalska", email: "marta@example.org", title: "Moja drukarka nie drukuje", description: "Od wczoraj moja drukarka nie drukuje. Proszę o pomoc.", category: "technical" };
  await ask("/apps/ticketflow/inquiries/inquiries", "POST", inquiry, { "Idempotency-Key": key });
  return key;
}

/** Waits until a journey has come to an end of this kind. */
export async function journeyEnds(id: string, outcome: string): Promise<void> {
  await expect.poll(() => ask<{ outcome: string }>(`/api/journey/${id}`).then((journey) => journey.outcome, () => "unknown yet"), { timeout: 90_000, interval: 250 }).toBe(outcome);
}

/** Everything as it was before a test. */
export async function putBack(): Promise<void> {
  await ask("/api/faults/clear", "POST");
  for (const guard of await ask<{ service: string; name: string; on: boolean }[]>("/api/guards")) {
    if (!guard.on) await ask(`/api/services/${guard.service}/guards/${guard.name}`, "PUT", { on: true });
  }
}
