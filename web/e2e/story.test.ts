import type { Page } from "playwright-core";
import { afterAll, expect, inject, it } from "vitest";
import { text } from "../src/text";
import { choices } from "../src/text/breakIt";
import { english } from "../src/pages/TicketFlow/text/en";
import { heard, picture, useBrowser } from "./browser";

const open = useBrowser();
const crash = choices.crashAfterCommit[0];
const waitMs = 90_000;

afterAll(async () => {
  await fetch(`${inject("lab")}/api/faults/clear`, { method: "POST" });
  await fetch(`${inject("lab")}/api/services/ticketflow/inquiries/guards/outbox`, { method: "PUT", headers: { "content-type": "application/json" }, body: '{"on":true}' });
});

const customer = (page: Page) => page.getByRole("region", { name: text.map.beside });
const newest = (page: Page) => customer(page).getByRole("article").first();
const station = (page: Page) => newest(page).locator("[aria-current=step]");
const happened = (page: Page) => page.getByRole("region", { name: text.map.happened });

async function send(page: Page): Promise<void> {
  const before = await newest(page).getByRole("link").first().getAttribute("href").catch(() => null);
  await customer(page).getByRole("button", { name: text.ticketflow.sendOne }).click();
  await expect.poll(() => newest(page).getByRole("link").first().getAttribute("href"), { timeout: waitMs }).not.toBe(before);
}

async function breakTheArrow(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Break it: inquiries to tickets/ }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: crash }).click();
  await page.getByRole("button", { name: text.shell.faults(1), exact: true }).waitFor();
}

it("tells the five-minute story: the outbox keeps a message over a crash, and without it the message is lost", async () => {
  const { page, strayed } = await open("/?system=ticketflow");
  await heard(page);
  await page.getByRole("button", { name: /^inquiries, healthy/ }).waitFor();

  // The system lives.
  await customer(page).getByRole("button", { name: text.ticketflow.sendOne }).click();
  await expect.poll(() => station(page).textContent(), { timeout: waitMs }).toBe(english.stations.desk);

  await picture(page, "story-alive");

  // Broken, with the guard on: the message waits for the restart and arrives.
  await breakTheArrow(page);
  await send(page);
  await happened(page).getByText(text.map.journey).first().waitFor();
  await expect.poll(() => station(page).textContent(), { timeout: waitMs }).toBe(english.stations.desk);
  await expect.poll(() => page.getByRole("banner").getByText(text.shell.faults(0)).count(), { timeout: waitMs }).toBe(1);

  // The guard is taken away.
  await page.getByRole("link", { name: text.guards.title, exact: true }).click();
  const guard = page.getByRole("switch", { name: text.guards.label("outbox", "inquiries") });
  await guard.click();
  await expect.poll(() => guard.getAttribute("aria-checked"), { timeout: waitMs }).toBe("false");
  await page.getByRole("link", { name: text.map.title, exact: true }).click();
  await page.getByText(text.map.noOutbox).first().waitFor();

  // Broken again: now it is lost, and the page says so and why.
  await breakTheArrow(page);
  await send(page);
  const lost = happened(page).getByRole("heading", { name: /lost$/ });
  await lost.waitFor({ timeout: waitMs });
  await expect.poll(() => happened(page).textContent(), { timeout: waitMs }).toMatch(/outbox/);
  expect(await station(page).textContent()).toBe(english.stations.received);

  await picture(page, "story-lost");

  // Its journey ends in red.
  await newest(page).getByRole("link", { name: text.map.journey }).click();
  await page.getByRole("heading", { level: 1, name: text.journeys.one }).waitFor();
  await page.locator("[data-tone=violated]").filter({ hasText: text.journeys.outcomes["lost"] ?? "lost" }).first().waitFor();

  await picture(page, "story-journey");

  // The customer's page never changes.
  await page.goBack();
  await expect.poll(() => newest(page).textContent(), { timeout: waitMs }).toMatch(/Nothing has changed for/);
  expect(await station(page).textContent()).toBe(english.stations.received);
  expect(strayed).toEqual([]);
});
