import { describe, expect, it } from "vitest";
import type { MapEdge } from "../../../live/reducer";
import { choicesOf } from "./choices";
import { emptyForm, isOnArrow, type Parameter, pipelinesOf, requestOf, toxicOf } from "./form";

const edge = (kind: string, from: string, to: string, more: Partial<MapEdge> = {}) => ({ id: "e", kind, from, to, link: "t/a-broker", messageTypes: ["t.made"], ...more }) as MapEdge;
const parameter = (name: string, type: string) => ({ name, type }) as Parameter;

describe("what is asked of the lab", () => {
  it("is once, on one type, at one point, unless somebody says otherwise", () => {
    const request = requestOf("t/a", { ...emptyForm, point: "relay.send.before", kind: "drop", messageType: "t.made" }, [], 0);
    expect(request).toEqual({ service: "t/a", point: "relay.send.before", kind: "drop", createdBy: "workbench", match: { messageType: "t.made" }, trigger: { once: true } });
  });

  it("names no trigger for always, and a number for the others", () => {
    expect(requestOf("t/a", { ...emptyForm, trigger: "always" }, [], 0)).not.toHaveProperty("trigger");
    expect(requestOf("t/a", { ...emptyForm, trigger: "probability", triggerValue: "0.25" }, [], 0)).toMatchObject({ trigger: { probability: 0.25 } });
  });

  it("ends at a time when it goes away by itself", () => {
    expect(requestOf("t/a", { ...emptyForm, seconds: "60" }, [], Date.UTC(2026, 0, 1))).toMatchObject({ expiresAt: "2026-01-01T00:01:00.000Z" });
  });

  it("sends parameters in their own types, and only those that were filled in", () => {
    const form = { ...emptyForm, parameters: { delayMs: "250", transient: "false", message: "", mode: "flip" } };
    const parameters = [parameter("delayMs", "whole"), parameter("transient", "bool"), parameter("message", "text"), parameter("mode", "text")];
    expect(requestOf("t/a", form, parameters, 0)).toMatchObject({ parameters: { delayMs: 250, transient: false, mode: "flip" } });
  });
});

describe("what is asked of a link", () => {
  it("has numbers for its attributes, and an end when it goes away by itself", () => {
    expect(toxicOf("t/a-broker", "latency", "upstream", "30", { latency: "250", jitter: "" })).toEqual({ link: "t/a-broker", type: "latency", stream: "upstream", attributes: { latency: 250 }, seconds: 30 });
    expect(toxicOf("t/a-broker", "reset_peer", "downstream", "", {})).not.toHaveProperty("seconds");
  });
});

describe("what can go wrong on an arrow", () => {
  it("begins with the crash after the commit, at the sender, on the message of the arrow", () => {
    expect(choicesOf(edge("publish", "t/a", "t/b#queue"))[0]).toMatchObject({
      id: "crashAfterCommit",
      operation: "PlaceAnomaly",
      body: { service: "t/a", point: "transaction.commit.after", kind: "crash", match: { messageType: "t.made" }, trigger: { once: true } },
    });
  });

  it("acts at the receiver where messages arrive", () => {
    for (const choice of choicesOf(edge("deliver", "t/b#queue", "t/b"))) expect(choice.body).toMatchObject({ service: "t/b" });
  });

  it("offers nothing on a link in a lab without links", () => {
    expect(choicesOf(edge("store", "t/a", "t/a#database", { link: null }))).toEqual([]);
    expect(choicesOf(edge("publish", "t/a", "t/b#queue", { link: null })).some((choice) => choice.operation !== "PlaceAnomaly")).toBe(false);
  });

  it("names each choice once", () => {
    for (const kind of ["publish", "deliver", "request", "store"]) {
      const ids = choicesOf(edge(kind, "t/a", "t/b")).map((choice) => choice.id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it("shows the points of the arrow only", () => {
    expect(isOnArrow("relay.send.before", "publish")).toBe(true);
    expect(isOnArrow("consume.ack.before", "publish")).toBe(false);
    expect(isOnArrow("consume.ack.before", "deliver")).toBe(true);
    expect(isOnArrow("consume.ack.before", undefined)).toBe(true);
  });

  it("groups points by the part of the service that they belong to", () => {
    const points = ["publish.store.before", "publish.store.after", "relay.send.before"].map((name) => ({ name })) as Parameters<typeof pipelinesOf>[0];
    expect(pipelinesOf(points).map(([name, of]) => [name, of.length])).toEqual([["publish", 2], ["relay", 1]]);
  });
});
