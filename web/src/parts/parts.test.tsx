import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "../api/http";
import type { ActiveFault } from "../live/reducer";
import { Breakable } from "./Breakable";
import { FaultList } from "./FaultList";
import { Field } from "./Field";
import { Problem } from "./Problem";
import { Switch } from "./Switch";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (what: ReactNode) => render(<QueryClientProvider client={new QueryClient()}>{what}</QueryClientProvider>);

describe("a switch", () => {
  it("says its state and asks for the other one", async () => {
    const change = vi.fn();
    show(<Switch on label="outbox of tickets" change={change} />);
    const found = screen.getByRole("switch", { name: "outbox of tickets" });
    expect(found.getAttribute("aria-checked")).toBe("true");
    await userEvent.click(found);
    expect(change).toHaveBeenCalledWith(false);
  });
});

describe("text with long names", () => {
  it("may break after what separates, and nowhere inside a word, a number's point included", () => {
    const { container } = show(<Breakable>ticketflow/tickets published ticketflow.inquiry-submitted. Then +1.5 s</Breakable>);
    expect(container.innerHTML).toBe("ticketflow/<wbr>tickets published ticketflow.<wbr>inquiry-submitted. Then +1.5 s");
  });
});

describe("a problem", () => {
  it("is told in the words of who refused, and can be tried again", async () => {
    const again = vi.fn();
    show(<Problem error={new Refusal(400, "", "The point is unknown.")} again={again} />);
    expect(screen.getByRole("alert").textContent).toContain("The point is unknown.");
    await userEvent.click(screen.getByRole("button"));
    expect(again).toHaveBeenCalled();
  });

  it("is nothing where there is none", () => {
    show(<Problem error={null} />);
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("a field", () => {
  it("ties label, hint and what is wrong to its control", () => {
    show(
      <Field label="Seed" hint="Empty for one that is drawn." wrong="a whole number">
        <input />
      </Field>,
    );
    const input = screen.getByLabelText("Seed");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const about = input.getAttribute("aria-describedby")?.split(" ").map((id) => document.getElementById(id)?.textContent);
    expect(about).toEqual(["Empty for one that is drawn.", "a whole number"]);
  });
});

describe("the faults that are set", () => {
  const fault = { id: "1", says: "tickets dies once", service: "ticketflow/tickets", point: "consume.ack.before", fired: 0, remove: { method: "DELETE", path: "/api/anomalies/1", body: null } } as unknown as ActiveFault;

  it("are taken away by the request that the lab names", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
      asked.push(`${init.method} ${path}`);
      return new Response(null, { status: 204 });
    });
    show(<FaultList faults={[fault]} />);
    expect(screen.getByText("waits for its moment")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Remove: tickets dies once" }));
    expect(asked).toEqual(["DELETE /api/anomalies/1"]);
  });

  it("say how often each has fired", () => {
    show(<FaultList faults={[{ ...fault, fired: 2 }]} />);
    expect(screen.getByText(/fired 2 times/)).toBeTruthy();
  });
});
