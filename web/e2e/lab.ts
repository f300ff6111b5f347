import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const repository = join(import.meta.dirname, "../..");
const upLimitMs = 8 * 60_000;
const endLimitMs = 60_000;

/** A lab that the launcher has started. */
export interface RunningLab {
  address: string;
  /** Asks it to end, and waits until it has. */
  end: () => Promise<void>;
}

/** Starts a lab as its user would; the port is a free one unless one is named. */
export async function startLab(systems: readonly string[], port = 0): Promise<RunningLab> {
  const lab = spawn(join(repository, "faultline"), ["up", ...systems, "--port", String(port), "--json", "--no-samples"], { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  lab.stderr.on("data", (bytes: Buffer) => said.push(bytes.toString()));
  try {
    const line = await within(upLimitMs, firstLine(lab), () => `the lab did not come up:\n${said.join("")}`);
    return { address: (JSON.parse(line) as { lab: string }).lab.replace(/\/$/, ""), end: () => end(lab, said) };
  } catch (error) {
    await end(lab, said);
    throw error;
  }
}

async function firstLine(lab: ChildProcess): Promise<string> {
  if (!lab.stdout) throw new Error("the lab has no output");
  for await (const line of createInterface({ input: lab.stdout })) return line;
  throw new Error("the lab ended before it was ready");
}

async function end(lab: ChildProcess, said: readonly string[]): Promise<void> {
  if (lab.exitCode !== null || lab.signalCode !== null) return;
  const ended = once(lab, "exit");
  lab.stdout?.resume();
  lab.kill("SIGTERM");
  await within(endLimitMs, ended, () => `the lab did not end:\n${said.join("")}`);
}

async function within<T>(limitMs: number, work: Promise<T>, otherwise: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(otherwise())), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
