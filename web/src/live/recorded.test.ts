import { describe, expect, it } from "vitest";
import { reader } from "../api/lab";
import { layout } from "../pages/Map/layout";
import recorded from "./recorded.json";
import { after, nothing } from "./reducer";

describe("what a lab has really told", () => {
  const view = reader("MapView")(recorded, "snapshot");

  it("is read, and is what is known then", () => {
    const state = after(nothing, { kind: "snapshot", view });
    expect(state.systems).toEqual(["ticketflow"]);
    expect(state.nodes.get("ticketflow/tickets")?.kind).toBe("service");
  });

  it("is drawn with one card for each service and one for the customers", () => {
    const stage = layout(view.nodes, view.edges, false, ["ticketflow/inquiries"]);
    const services = view.nodes.filter((node) => node.kind === "service");
    expect(stage.boxes.size).toBe(services.length + 1);
    expect(stage.boxes.get("ticketflow/inquiries")?.rank).toBe(1);
    expect(stage.boxes.get("ticketflow/tickets")?.rank).toBe(2);
  });
});
