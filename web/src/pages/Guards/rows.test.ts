import { describe, expect, it } from "vitest";
import { byGuard, type GuardDescription, type GuardState } from "./rows";

const state = (service: string, name: string, on = true) => ({ service, name, on, changedAt: null }) as GuardState;
const described = (name: string) => ({ name, class: "correctness", on: "", off: "", protects: "" }) as unknown as GuardDescription;

describe("the guards of a system", () => {
  it("stand in the order of a message's way, each with the services that have it", () => {
    const rows = byGuard([state("t/b", "inbox"), state("t/a", "outbox"), state("t/a", "inbox"), state("other/x", "inbox")], [described("outbox"), described("inbox"), described("retry")], "t");
    expect(rows.map((row) => [row.name, row.services.map((one) => one.service)])).toEqual([
      ["outbox", ["t/a"]],
      ["inbox", ["t/a", "t/b"]],
    ]);
  });
});
