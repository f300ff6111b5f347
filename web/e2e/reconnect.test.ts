import { expect, it } from "vitest";
import { text } from "../src/text";
import { heard, useBrowser } from "./browser";
import { type RunningLab, startLab } from "./lab";

const open = useBrowser();

it("goes on by itself when the lab has gone and comes back, without being loaded again", async () => {
  let lab: RunningLab = await startLab(["ticketflow"]);
  try {
    const { page } = await open("/?system=ticketflow", { lab: lab.address });
    await heard(page);
    await page.getByRole("button", { name: /^inquiries, healthy/ }).waitFor();
    await page.evaluate(() => Object.assign(window, { marked: true }));

    await lab.end();
    await page.getByText(text.shell.hearing.lost).waitFor();
    expect(await page.getByRole("button", { name: /^inquiries, / }).count(), "what was last known stays").toBe(1);

    lab = await startLab(["ticketflow"], Number(new URL(lab.address).port));
    await heard(page);
    await page.getByRole("button", { name: /^inquiries, healthy/ }).waitFor();
    await page.getByRole("button", { name: text.ticketflow.sendOne }).click();
    await page.getByRole("article").first().waitFor();
    expect(await page.evaluate(() => "marked" in window), "the page was not loaded again").toBe(true);
  } finally {
    await lab.end();
  }
}, 360_000);
