import { afterEach, describe, expect, it, vi } from "vitest";
import { text } from "./decode";
import { ask, Refusal } from "./http";
import { stubborn } from "./stubborn";

const answer = (status: number, body: unknown) => vi.stubGlobal("fetch", async () => new Response(JSON.stringify(body), { status }));
afterEach(() => vi.unstubAllGlobals());

describe("asking", () => {
  it("gives what the reply holds", async () => {
    answer(200, "yes");
    expect(await ask("/x", text)).toBe("yes");
  });

  it("tells a refusal in the words of who refused, as a sentence", async () => {
    answer(400, { detail: "the point is unknown", code: "anomaly.unknown-point" });
    await expect(ask("/x", text)).rejects.toMatchObject({ status: 400, code: "anomaly.unknown-point", message: "The point is unknown." });
  });

  it("tells problems by field", async () => {
    answer(400, { detail: "some fields", fields: { title: "must have 3 to 120 characters" } });
    await expect(ask("/x", text)).rejects.toMatchObject({ fields: { title: "must have 3 to 120 characters" } });
  });

  it("tells no answer apart from a refusal", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed");
    });
    const problem = await ask("/x", text).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Refusal);
    expect((problem as Refusal).isPassing).toBe(true);
  });
});

describe("a stubborn customer", () => {
  const wait = async () => {};

  it("tries again until there is an answer, and tells how often there was none", async () => {
    const tries: number[] = [];
    let count = 0;
    const got = await stubborn(async () => {
      if (++count < 3) throw new Refusal(502, "", "");
      return "answer";
    }, (one) => tries.push(one), undefined, wait);
    expect(got).toBe("answer");
    expect(tries).toEqual([1, 2]);
  });

  it("takes a refusal for final", async () => {
    let count = 0;
    await expect(
      stubborn(async () => {
        count++;
        throw new Refusal(422, "", "another request had this key");
      }, () => {}, undefined, wait),
    ).rejects.toThrow("another request");
    expect(count).toBe(1);
  });
});
