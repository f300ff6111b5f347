// The real pages, served by this process, with a stream in place of the lab's: a map recorded from a running TicketFlow, its rates scaled to 2,000 messages a second, four changes a second.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { openChromium, pause, percentile, repository } from "./common.mjs";

const messagesPerSecond = 2_000;
const changeMs = 250;
const minuteMs = 60_000;
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json" };
const dist = join(repository, "web/dist");
const recorded = JSON.parse(readFileSync(join(repository, "web/src/live/recorded.json"), "utf8"));

export async function frames(seconds) {
  if (!existsSync(join(dist, "index.html"))) throw new Error("web/dist is missing: run 'npm ci' and 'npm run build' in web/ first");
  const server = createServer(serve).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const browser = await openChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`http://127.0.0.1:${server.address().port}/?system=ticketflow`);
    await page.getByRole("button", { name: /^inquiries, / }).waitFor();
    await pause(2_000);
    await measure(page, seconds);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

async function measure(page, seconds) {
  const devtools = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    window.frameTimes = [];
    const next = (now) => {
      window.frameTimes.push(now);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const rates = [];
  for (let left = seconds * 1_000; left > 0; left -= minuteMs) {
    await pause(Math.min(left, minuteMs));
    const times = await page.evaluate(() => window.frameTimes.splice(0));
    const gaps = times.slice(1).map((time, index) => time - times[index]);
    const rate = (gaps.length * 1_000) / (times.at(-1) - times[0]);
    rates.push(rate);
    await devtools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await devtools.send("Runtime.getHeapUsage");
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    console.log(`${rates.length}: ${rate.toFixed(1)} frames/s, 95 % of frames within ${percentile(gaps, 0.95).toFixed(1)} ms, heap ${(usedSize / 1e6).toFixed(1)} MB, ${nodes} elements`);
  }
  console.log(`map at ${messagesPerSecond} messages/s for ${seconds} s: ${Math.min(...rates).toFixed(1)} frames/s at least, median ${percentile(rates, 0.5).toFixed(1)}`);
}

function serve(request, reply) {
  const path = new URL(request.url, "http://lab").pathname;
  if (path === "/api/events") return stream(reply);
  if (path.startsWith("/api/") || path.startsWith("/apps/")) return reply.writeHead(404, { "content-type": "application/problem+json" }).end('{"title":"not recorded"}');
  const file = join(dist, normalize(path));
  const found = extname(file) && existsSync(file) ? file : join(dist, "index.html");
  reply.writeHead(200, { "content-type": types[extname(found)] ?? "application/octet-stream" }).end(readFileSync(found));
}

function stream(reply) {
  let sequence = Number(recorded.sequence);
  const tell = (event, body) => reply.write(`event: ${event}\nid: ${sequence}\ndata: ${JSON.stringify(body)}\n\n`);
  reply.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  tell("snapshot", { ...recorded, ...moved(0) });
  const timer = setInterval(() => tell("delta", { sequence: ++sequence, at: new Date().toISOString(), ...moved(sequence) }), changeMs);
  reply.on("close", () => clearInterval(timer));
}

/** Every rate and every depth is another one at each change, so nothing can be skipped as unchanged. */
function moved(step) {
  const messages = recorded.edges.filter((edge) => edge.kind === "publish" || edge.kind === "deliver");
  const all = messages.reduce((sum, edge) => sum + (edge.perSecond || 1), 0);
  const wave = 1 + 0.1 * Math.sin(step / 3);
  return {
    nodes: recorded.nodes.map((node) => (node.depth === undefined ? node : { ...node, depth: Math.round((node.depth + 50) * wave) })),
    edges: recorded.edges.map((edge) => (messages.includes(edge) ? { ...edge, perSecond: Math.round(((edge.perSecond || 1) / all) * messagesPerSecond * wave) } : edge)),
  };
}
