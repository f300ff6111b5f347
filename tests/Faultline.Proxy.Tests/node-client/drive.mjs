// Drives a fault proxy with the unchanged toxiproxy-node-client: node drive.mjs <control address> <upstream>
import assert from "node:assert/strict";
import net from "node:net";
import client from "toxiproxy-node-client";

const [control, upstream] = process.argv.slice(2);
const toxiproxy = new client.Toxiproxy(control);
const address = (proxy) => ({ host: proxy.listen.split(":")[0], port: Number(proxy.listen.split(":")[1]) });

/** Sends a word through the proxy and waits for as many bytes back; tells how long that took, or how it ended. */
const talk = (proxy, limitMs = 10_000) =>
  new Promise((resolve) => {
    const start = performance.now();
    const socket = net.connect(address(proxy), () => socket.write("hello"));
    const end = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ outcome, text, ms: performance.now() - start });
    };
    let text = "";
    const timer = setTimeout(() => end("silence"), limitMs);
    socket.on("data", (data) => {
      text += data.toString("latin1");
      if (text.length >= 5) end("answered");
    });
    socket.on("end", () => end("ended"));
    socket.on("error", (error) => end(error.code));
  });

const refused = async (act, status) => {
  const error = await act().then(() => null, (problem) => problem);
  assert.ok(error instanceof client.ToxiproxyError, `expected a refusal with ${status}`);
  assert.equal(error.message, `Request failed with status code ${status}`);
};

const proxy = await toxiproxy.createProxy({ name: "node", listen: "127.0.0.1:0", upstream });
assert.equal(proxy.upstream, upstream);
assert.equal(proxy.enabled, true);
assert.match(proxy.listen, /^127\.0\.0\.1:[1-9]\d*$/);
assert.equal((await talk(proxy)).text, "hello");
assert.match(await toxiproxy.getVersion(), /"version": "2\./);
await refused(() => toxiproxy.createProxy({ name: "node", listen: "127.0.0.1:0", upstream }), 409);
await refused(() => toxiproxy.createProxy({ name: "other", listen: "127.0.0.1:0" }), 400);
await refused(() => toxiproxy.get("absent"), 404);
await refused(() => proxy.getToxic("absent"), 404);
await refused(() => proxy.addToxic({ type: "nonsense", attributes: {} }), 400);
await refused(() => proxy.addToxic({ type: "latency", stream: "sideways", attributes: {} }), 400);

const effects = {
  latency: [{ latency: 200, jitter: 10 }, (seen) => seen.outcome === "answered" && seen.ms >= 185],
  bandwidth: [{ rate: 1000 }, (seen) => seen.outcome === "answered"],
  slow_close: [{ delay: 10 }, (seen) => seen.outcome === "answered"],
  timeout: [{ timeout: 100 }, (seen) => seen.outcome === "ended" && seen.text === ""],
  reset_peer: [{ timeout: 0 }, (seen) => seen.outcome === "ECONNRESET"],
  slicer: [{ average_size: 2, size_variation: 1, delay: 1000 }, (seen) => seen.outcome === "answered"],
  limit_data: [{ bytes: 3 }, (seen) => seen.outcome === "ended" && seen.text === "hel"],
  packet_loss: [{ loss_rate: 1, correlation: 0 }, (seen) => seen.outcome === "silence"],
  corrupt: [{ rate: 1 }, (seen) => seen.outcome === "answered" && seen.text !== "hello"],
  blackhole_upstream_connect: [{}, (seen) => seen.outcome === "silence"],
};
for (const [type, [attributes, holds]] of Object.entries(effects)) {
  const toxic = await proxy.addToxic({ name: `${type}_here`, type, stream: "downstream", toxicity: 1, attributes });
  assert.deepEqual(toxic.toJson(), { name: `${type}_here`, type, stream: "downstream", toxicity: 1, attributes });
  assert.deepEqual((await proxy.getToxic(toxic.name)).toJson(), toxic.toJson());
  const seen = await talk(proxy, 1000);
  assert.ok(holds(seen), `${type}: ${JSON.stringify(seen)}`);
  await toxic.remove();
  await refused(() => proxy.getToxic(toxic.name), 404);
  assert.equal((await talk(proxy)).text, "hello", `after ${type}`);
}

const changed = await (await proxy.addToxic({ type: "latency", attributes: { latency: 1 } })).update({ toxicity: 0.5, attributes: { latency: 2, jitter: 1 } });
assert.deepEqual(changed.toJson(), { name: "latency_downstream", type: "latency", stream: "downstream", toxicity: 0.5, attributes: { latency: 2, jitter: 1 } });

const down = await proxy.update({ ...proxy.toJson(), enabled: false });
assert.equal(down.enabled, false);
assert.equal((await talk(proxy)).outcome, "ECONNREFUSED");
await toxiproxy.reset();
const reset = await toxiproxy.get("node");
assert.equal(reset.enabled, true);
assert.equal(reset.listen, proxy.listen);
assert.deepEqual((await proxy.getToxic("latency_downstream").catch((error) => error)).message, "Request failed with status code 404");

const populated = await toxiproxy.populate([proxy.toJson(), { name: "second", listen: "127.0.0.1:0", upstream }]);
assert.deepEqual(Object.keys(populated), ["node", "second"]);
assert.equal(populated.node.listen, proxy.listen);
assert.deepEqual(Object.keys(await toxiproxy.getAll()), ["node", "second"]);
await populated.second.remove();
await refused(() => populated.second.remove(), 404);
console.log(`driven: ${Object.keys(effects).length} toxics`);
