import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { live, stages } from "./life.mjs";

const repository = join(import.meta.dirname, "../..");
const [inquiries, clients] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 24)];
if (![inquiries, clients].every((value) => Number.isInteger(value) && value > 0)) {
  console.error("bench/desk [<inquiries> [<clients>]]: both are whole numbers above 0");
  process.exit(2);
}

const lab = spawn(join(repository, "faultline"), ["up", "ticketflow", "--port", "0", "--json", "--no-samples", "--no-links"], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const started = await firstLine(lab);
  const addresses = Object.fromEntries(started.instances.map(({ target, url }) => [target.replace(/^ticketflow\/|-1$/g, ""), url.replace(/\/$/, "")]));
  await measure(started.lab.replace(/\/$/, ""), addresses);
} finally {
  if (lab.exitCode === null) {
    lab.kill("SIGTERM");
    await once(lab, "exit");
  }
}

async function measure(address, addresses) {
  const desk = await signIn(addresses.tickets);
  const took = Object.fromEntries(stages.map((stage) => [stage, []]));
  const memory = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let number = next++; number < inquiries; number = next++) {
      const times = await live(number, addresses, desk);
      for (const stage of stages) took[stage].push(times[stage]);
      if (++done % Math.max(1, Math.floor(inquiries / 20)) !== 0) continue;
      memory.push({ done, ...(await memoryOf(address)) });
      console.error(`${done} of ${inquiries}, ${Math.round((performance.now() - began) / 1000)} s`);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, work));
  const seconds = (performance.now() - began) / 1000;
  tell({ inquiries, clients, seconds: round(seconds), perSecond: round(inquiries / seconds), stagesMs: summary(took), memoryMb: memory });
}

/** Memory of each service in MB. */
async function memoryOf(address) {
  const { systems } = await (await fetch(`${address}/api/status`)).json();
  const instances = systems.flatMap((system) => system.services.flatMap((service) => service.instances));
  return Object.fromEntries(instances.map(({ target, pid }) => [target.replace(/^ticketflow\/|-1$/g, ""), Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024)]));
}

async function signIn(tickets) {
  const reply = await fetch(`${tickets}/sign-in`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: "ruth.okafor@desk.example", password: "ticketflow" }) });
  const { token, person } = await reply.json();
  return { token, id: person.id };
}

async function firstLine(process) {
  const lines = createInterface({ input: process.stdout });
  for await (const line of lines) {
    lines.close();
    process.stdout.resume();
    return JSON.parse(line);
  }
  throw new Error("the lab ended before it was ready");
}

function summary(took) {
  return Object.fromEntries(
    Object.entries(took).map(([stage, values]) => {
      const sorted = values.sort((one, other) => one - other);
      const at = (part) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]);
      return [stage, { p50: at(0.5), p99: at(0.99), max: round(sorted.at(-1)) }];
    }),
  );
}

function tell(result) {
  console.log(`bench/desk ${inquiries} ${clients}\n${cpus().length} cores (${cpus()[0].model}), Node.js ${process.version}`);
  console.log(`${result.inquiries} inquiries from submission to resolution in ${result.seconds} s: ${result.perSecond} a second`);
  for (const [stage, { p50, p99, max }] of Object.entries(result.stagesMs)) console.log(`  ${stage.padEnd(36)} p50 ${String(p50).padStart(8)} ms   p99 ${String(p99).padStart(8)} ms   max ${String(max).padStart(8)} ms`);
  console.log("memory, MB, by inquiries done");
  for (const { done, ...services } of result.memoryMb) console.log(`  ${String(done).padStart(7)}  ${Object.entries(services).map(([service, mb]) => `${service} ${mb}`).join(", ")}`);
  const file = join(repository, "bench/results/desk.json");
  mkdirSync(join(repository, "bench/results"), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`Written to bench/results/desk.json (${statSync(file).size} bytes)`);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
