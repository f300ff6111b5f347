import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const repository = join(import.meta.dirname, "../..");
const { chromium } = createRequire(join(repository, "web/package.json"))("playwright-core");

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function openChromium() {
  return chromium.launch({ executablePath: process.env.FAULTLINE_CHROMIUM ?? "/usr/bin/chromium", args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** A lab on a free port; its process is the one that is measured. */
export async function startLab(...systems) {
  const lab = spawn(join(repository, "faultline"), ["up", ...systems, "--port", "0", "--json", "--no-samples"], { stdio: ["ignore", "pipe", "inherit"] });
  let address;
  for await (const line of createInterface({ input: lab.stdout })) {
    address = JSON.parse(line).lab.replace(/\/$/, "");
    break;
  }
  lab.stdout.resume();
  if (!address) throw new Error("the lab ended before it was ready");
  return {
    address,
    pid: lab.pid,
    end: async () => {
      lab.kill("SIGTERM");
      await once(lab, "exit");
    },
  };
}

/** The value below which a part of all lie; of an even number the lower one. */
export function percentile(values, part) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
