import { describe, expect, it } from "vitest";
import { emptyRun, guardChoices, orderOf, seedProblem } from "./order";

describe("the order of a run", () => {
  it("names a battery alone when nothing else is said", () => expect(orderOf({ ...emptyRun, what: "battery:ticketflow/intake" }, null)).toEqual({ battery: "ticketflow/intake" }));

  it("is the same as that of the command line: seed, replicas, guards and parts of names", () => {
    expect(orderOf({ what: "battery:t/b", seed: " 7 ", replicas: "2", only: "commit-after, drop", guardsOff: ["outbox"] }, null)).toEqual({ battery: "t/b", seed: 7, replicas: 2, only: ["commit-after", "drop"], guards: ["-outbox"] });
  });

  it("sends the text of a file with its name", () => expect(orderOf({ ...emptyRun, what: "file:experiments/a.yaml" }, "name: a")).toEqual({ experiment: "name: a", file: "experiments/a.yaml" }));

  it.each([
    ["", null],
    ["12", null],
    ["-1", "a whole"],
    ["1.5", "a whole"],
    ["9007199254740993", "a whole"],
  ])("takes '%s' for a seed or says what is allowed", (text, problem) => (problem === null ? expect(seedProblem(text)).toBeNull() : expect(seedProblem(text)).toContain(problem)));

  it("offers each guard once", () => {
    const guard = (name: string) => ({ name, class: "correctness" });
    expect(guardChoices([{ guards: [guard("a"), guard("b")] }, { guards: [guard("a")] }])).toEqual(["a", "b"]);
  });
});
