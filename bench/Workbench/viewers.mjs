import { randomUUID } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { openChromium, pause, startLab } from "./common.mjs";

const messagesPerInquiry = 6;
const messagesPerSecond = 200;
const viewersMost = 3;
const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"]).toString());

/** The processor time of the lab's process at the same load: with nobody watching, and with viewers, one of them the map in Chromium and the others readers of its stream of events. Twice each, in turns. */
export async function viewers(seconds) {
  const lab = await startLab("ticketflow");
  const stopped = new AbortController();
  let load;
  let browser;
  try {
    browser = await openChromium();
    load = drive(await inquiriesOf(lab.address), stopped.signal);
    await Promise.race([pause(10_000), load]);
    const alone = [];
    const watched = [];
    for (let turn = 0; turn < 2; turn++) {
      alone.push(await spent(lab.pid, seconds));
      const gone = new AbortController();
      const watching = Array.from({ length: viewersMost - 1 }, () => watch(lab.address, gone.signal));
      const page = await browser.newPage();
      await page.goto(`${lab.address}/?system=ticketflow`);
      await page.getByRole("button", { name: /^inquiries, / }).waitFor();
      await pause(2_000);
      watched.push(await spent(lab.pid, seconds));
      await page.close();
      gone.abort();
      await Promise.all(watching);
    }
    stopped.abort();
    await load; // A load that failed on the way makes the figures worthless.
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    console.log(`lab without viewers: ${alone.map((value) => value.toFixed(1)).join(", ")} % of a core; with ${viewersMost}: ${watched.map((value) => value.toFixed(1)).join(", ")} %; more: ${(mean(watched) - mean(alone)).toFixed(1)} %`);
  } finally {
    stopped.abort();
    await browser?.close();
    await Promise.allSettled([load]);
    await lab.end();
  }
}

async function spent(pid, seconds) {
  const before = ticksOf(pid);
  const began = performance.now();
  await pause(seconds * 1_000);
  return ((ticksOf(pid) - before) / ticksPerSecond / ((performance.now() - began) / 1_000)) * 100;
}

function ticksOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function watch(address, stop) {
  try {
    const reply = await fetch(`${address}/api/events`, { signal: stop });
    for await (const _ of reply.body) if (stop.aborted) return;
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

async function inquiriesOf(lab) {
  const status = await (await fetch(`${lab}/api/status`)).json();
  const { instances } = status.systems.flatMap((system) => system.services).find(({ service }) => service === "ticketflow/inquiries");
  return instances[0].address.replace(/\/$/, "");
}

/** Inquiries at an even pace; each becomes about six messages. */
async function drive(inquiries, stop) {
  const body = JSON.stringify({ name: "Marta", email: "marta@example.org", title: "Moja drukarka nie drukuje", description: "Od wczoraj moja drukarka nie drukuje.", category: "technical" });
  const running = new Set();
  let refused = 0;
  while (!stop.aborted) {
    const sent = fetch(`${inquiries}/inquiries`, { method: "POST", headers: { "content-type": "application/json", "idempotency-key": randomUUID() }, body })
      .then((reply) => (reply.ok ? reply.arrayBuffer() : (refused++, undefined)))
      .finally(() => running.delete(sent));
    running.add(sent);
    await pause((1_000 * messagesPerInquiry) / messagesPerSecond);
  }
  await Promise.allSettled(running);
  if (refused > 0) console.log(`${refused} inquiries were refused`);
}
