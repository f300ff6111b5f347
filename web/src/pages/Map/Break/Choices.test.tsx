import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { MapEdge } from "../../../live/reducer";
import { Choices } from "./Choices";
import { choicesOf } from "./choices";

const arrow = { id: "e", kind: "publish", from: "t/a", to: "t/b#queue", link: null, messageTypes: ["t.made"] } as unknown as MapEdge;
const show = (placed: () => void) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Choices choices={choicesOf(arrow)} placed={placed} />
    </QueryClientProvider>,
  );

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("breaking an arrow by one press", () => {
  it("places what the choice says, and is done", async () => {
    const bodies: unknown[] = [];
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      bodies.push(JSON.parse(String(init.body)));
      const anomaly = { id: "1", service: "t/a", point: "transaction.commit.after", kind: "crash", parameters: {}, match: {}, seed: 1, createdBy: "", createdAt: "", order: 1, matched: 0, fired: 0 };
      return new Response(JSON.stringify(anomaly), { status: 201 });
    });
    const placed = vi.fn();
    show(placed);
    await userEvent.click(screen.getByRole("button", { name: /Crash after commit/ }));
    await waitFor(() => expect(placed).toHaveBeenCalled());
    expect(bodies).toEqual([{ service: "t/a", point: "transaction.commit.after", kind: "crash", match: { messageType: "t.made" }, trigger: { once: true }, createdBy: "workbench" }]);
  });

  it("stays open with the reason when the lab refuses", async () => {
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ detail: "the service is away" }), { status: 503 }));
    const placed = vi.fn();
    show(placed);
    await userEvent.click(screen.getByRole("button", { name: /Sent twice/ }));
    expect((await screen.findByRole("alert")).textContent).toContain("The service is away.");
    expect(placed).not.toHaveBeenCalled();
  });
});
