import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, it } from "vitest";
import { text } from "../src/text";
import { ask } from "./client";
import { useBrowser } from "./browser";

const open = useBrowser();
const launcher = join(import.meta.dirname, "../../faultline");
const experiment = "inquiries-http-http-request-before-exception";
const runLimitMs = 150_000;

interface Report {
  name: string;
  title: string;
  verdict: string;
  seed: string;
  replay: string;
  environment: Record<string, string>;
  cells: { name: string; title: string; verdict: string; experiment: string; totals: Record<string, number>; findings: { checker: string; verdict: string; violationCount: number }[]; faults: Record<string, unknown>[] }[];
}

/** What two runs of the same experiment must have in common; times and the counts of what was repeated differ from run to run. */
function judged(report: Report) {
  return {
    ...{ name: report.name, title: report.title, verdict: report.verdict, seed: report.seed, replay: report.replay, environment: report.environment },
    cells: report.cells.map((cell) => ({
      ...{ name: cell.name, title: cell.title, verdict: cell.verdict, experiment: cell.experiment },
      faults: cell.faults.map((fault) => Object.fromEntries(Object.entries(fault).filter(([field]) => !field.endsWith("At")))),
      attempted: cell.totals["attempted"],
      findings: cell.findings.map(({ checker, verdict, violationCount }) => ({ checker, verdict, violationCount })),
    })),
  };
}

it("Experiments: one that is started in the browser gives the report that the command line gives", async () => {
  const { page, errors } = await open("/experiments");
  const form = page.getByRole("form", { name: text.experiments.start });
  await form.getByLabel(text.experiments.what).selectOption("battery:ticketflow/intake");
  await form.getByLabel(text.experiments.only).fill(experiment);
  await form.getByLabel(text.experiments.seed, { exact: true }).fill("7");
  await form.getByRole("button", { name: text.experiments.run, exact: true }).click();
  await page.getByRole("progressbar").waitFor();
  await form.waitFor({ timeout: runLimitMs }); // It comes back when the run is over.
  const past = page.getByRole("region", { name: text.experiments.past });
  await past.getByText("passed", { exact: true }).first().waitFor();
  await past.getByRole("link").first().click();
  await page.getByRole("heading", { level: 1 }).filter({ hasText: /./ }).waitFor();
  for (const name of ["HTML", "JSON", "JUnit"]) expect(await page.getByRole("link", { name: text.experiments.download(name) }).count()).toBe(1);
  expect(errors).toEqual([]);
  const [id] = (await ask<{ id: string }[]>("/api/reports?limit=1")).map((item) => item.id);
  const ofBrowser = await ask<Report>(`/api/reports/${id}/files/report.json`);

  const folder = mkdtempSync(join(tmpdir(), "faultline-report-"));
  try {
    await promisify(execFile)(launcher, ["run", "ticketflow/intake", "--only", experiment, "--seed", "7", "--lab", inject("lab"), "--report", folder], { timeout: runLimitMs });
    const ofCommandLine = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as Report;
    expect(judged(ofBrowser)).toEqual(judged(ofCommandLine));
    expect(ofBrowser.cells.map((cell) => cell.name)).toEqual([experiment]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
