import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { text } from "../../../text";
import { Actions } from "./Actions";
import { type Me, readTicket } from "./api";

const words = text.ticketflow;
const me: Me = { id: "p", name: "Ruth", email: "ruth@desk.example", role: "agent" };

const ticketAt = (version: number, allowed: readonly string[]) => ({
  id: "t", state: "assigned", version, customer: { name: "Ana", email: "ana@example.com" }, category: "other", original: { language: "en", title: "Title", description: "Text" }, translation: null,
  mark: null, type: null, severity: null, assigneeId: null, assignee: null, block: null, createdAt: "2026-01-01T00:00:00Z", resolvedAt: null, deadline: null, conversation: [], notes: [], history: [],
  allowed, isSample: false,
});

function Desk({ beside }: { beside?: () => Promise<unknown> }) {
  useQuery({ queryKey: ["ticketflow", "messages"], queryFn: beside ?? (() => null) });
  const ticket = useQuery({ queryKey: ["ticketflow", "ticket", "t"], queryFn: () => readTicket("t") });
  return ticket.data ? <Actions ticket={ticket.data} me={me} /> : null;
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("closes on the ticket as it is after the action, so that the next one is about what is true", async () => {
  const versions: (string | null)[] = [];
  let letRead = () => {};
  vi.stubGlobal("fetch", async (_: string, init?: RequestInit) => {
    if (init?.method === "POST") {
      versions.push(new Headers(init.headers).get("If-Match"));
      return new Response("{}", { status: 200 });
    }
    if (versions.length > 0) await new Promise<void>((done) => (letRead = done));
    return new Response(JSON.stringify(ticketAt(1 + versions.length, versions.length > 0 ? ["unblock"] : ["block"])), { status: 200 });
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Desk />
    </QueryClientProvider>,
  );
  await userEvent.click(await screen.findByRole("button", { name: words.actions["block"] ?? "" }));
  await userEvent.type(screen.getByRole("textbox"), "waiting for parts");
  await userEvent.click(screen.getAllByRole("button", { name: words.actions["block"] ?? "" }).at(-1)!);

  await waitFor(() => expect(versions).toEqual(['"1"']));
  expect(screen.getByRole("button", { name: text.common.cancel })).toBeTruthy(); // Done, and what is true now is not known yet.
  await waitFor(() => {
    letRead();
    expect(screen.queryByRole("button", { name: text.common.cancel })).toBeNull();
  });
  await userEvent.click(screen.getByRole("button", { name: words.actions["unblock"] ?? "" }));
  await userEvent.click(screen.getAllByRole("button", { name: words.actions["unblock"] ?? "" }).at(-1)!);
  await waitFor(() => expect(versions).toEqual(['"1"', '"2"']));
});

it("waits for nothing but the ticket: whatever else the page shows may hang", async () => {
  let version = 1;
  vi.stubGlobal("fetch", async (_: string, init?: RequestInit) => {
    if (init?.method !== "POST") return new Response(JSON.stringify(ticketAt(version, ["note"])), { status: 200 });
    version++;
    return new Response("{}", { status: 200 });
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Desk beside={() => new Promise(() => {})} />
    </QueryClientProvider>,
  );
  await userEvent.click(await screen.findByRole("button", { name: words.actions["note"] ?? "" }));
  await userEvent.type(screen.getByRole("textbox"), "called back");
  await userEvent.click(screen.getAllByRole("button", { name: words.actions["note"] ?? "" }).at(-1)!);

  await waitFor(() => expect(screen.queryByRole("button", { name: text.common.cancel })).toBeNull());
  expect(version).toBe(2);
});
