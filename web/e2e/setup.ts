import type { TestProject } from "vitest/node";
import { startLab } from "./lab";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the lab of this run is. */
    lab: string;
  }
}

/** One lab for all pages. FAULTLINE_LAB names one that runs already, which makes writing a test quicker. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const running = process.env["FAULTLINE_LAB"];
  if (running) {
    project.provide("lab", running.replace(/\/$/, ""));
    return undefined;
  }
  const lab = await startLab(["ticketflow", "restaurant"]);
  project.provide("lab", lab.address);
  return lab.end;
}
