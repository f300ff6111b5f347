import { afterEach, expect, it } from "vitest";
import { text } from "../src/text";
import { choices } from "../src/text/breakIt";
import { english } from "../src/pages/TicketFlow/text/en";
import { polish } from "../src/pages/TicketFlow/text/pl";
import { ask, journeyEnds, putBack, sendInquiry } from "./client";
import { heard, useBrowser } from "./browser";

const open = useBrowser();
const poll = { timeout: 90_000, interval: 250 };

afterEach(putBack);

it("Guards: a switch acts in the service, and the map shows what is off", async () => {
  const { page } = await open("/guards?system=ticketflow");
  const inbox = page.getByRole("switch", { name: text.guards.label("inbox", "tickets") });
  await inbox.click();
  await expect.poll(() => inbox.getAttribute("aria-checked"), poll).toBe("false");
  const states = await ask<{ service: string; name: string; on: boolean }[]>("/api/guards");
  expect(states.find((state) => state.service === "ticketflow/tickets" && state.name === "inbox")?.on).toBe(false);

  await page.getByRole("link", { name: text.map.title, exact: true }).click();
  await page.getByText(text.map.guardOff("inbox")).waitFor();
  await page.getByRole("link", { name: text.guards.title, exact: true }).click();
  await page.getByRole("button", { name: text.guards.switchAllOn }).click();
  await page.getByText(text.guards.allOn).waitFor();
});

it("Break it: a fault in detail is set by the keyboard alone, shown everywhere, fires, and is cleared", async () => {
  const { page } = await open("/?system=ticketflow");
  await heard(page);
  const arrow = page.getByRole("button", { name: /^Break it: inquiries to tickets/ }).first();
  await arrow.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => dialog.count(), poll).toBe(0);
  await expect.poll(() => arrow.evaluate((there) => there === document.activeElement), { ...poll, message: "the focus is back where it was" }).toBe(true);

  await page.keyboard.press("Enter");
  const twice = dialog.getByRole("button", { name: choices.sentTwice[0] });
  await twice.waitFor();
  for (let steps = 0; steps < 60 && !(await twice.evaluate((there) => there === document.activeElement)); steps++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: text.shell.faults(1), exact: true }).waitFor();
  const id = await sendInquiry();
  await page.getByRole("region", { name: text.map.happened }).getByText("inquiries:").first().waitFor();
  await journeyEnds(id, "done");
  await page.getByText(text.shell.faults(0)).waitFor();
});

it("Clear all: takes faults of every layer away", async () => {
  await ask("/api/anomalies", "POST", { service: "ticketflow/tickets", point: "consume.handle.before", kind: "delay", parameters: { delayMs: 10 }, createdBy: "test" });
  const { page } = await open("/metrics");
  await page.getByRole("button", { name: text.shell.faults(1), exact: true }).waitFor();
  await page.getByRole("button", { name: text.shell.clear }).click();
  await page.getByText(text.shell.faults(0)).waitFor();
  expect(await ask<unknown[]>("/api/anomalies")).toEqual([]);
});

it("Journeys: a search by key finds a life, step by step", async () => {
  const id = await sendInquiry();
  await journeyEnds(id, "done");
  const { page } = await open("/journeys");
  const search = page.getByRole("searchbox");
  await search.fill(id);
  await search.press("Enter");
  await page.getByRole("link", { name: /inquiry-submitted/ }).first().click();
  await page.getByRole("heading", { level: 1, name: text.journeys.one }).waitFor();
  await page.getByText(text.journeys.outcomes["done"] ?? "", { exact: true }).first().waitFor();
  expect(await page.getByRole("main").textContent()).toContain("ticket-created");
});

it("Dead letters: what kept failing is put back, and arrives", async () => {
  await ask("/api/anomalies", "POST", { service: "ticketflow/tickets", point: "consume.handle.before", kind: "exception", parameters: { transient: false }, match: { messageType: "ticketflow.inquiry-submitted" }, createdBy: "test" });
  const id = await sendInquiry();
  await journeyEnds(id, "deadLettered");
  await putBack();
  const { page } = await open("/deadletters");
  await page.getByRole("button", { name: /inquiry-submitted/ }).first().click();
  const letter = page.getByRole("dialog");
  await letter.getByText(text.deadLetters.history).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("checkbox", { name: /^Choose .*inquiry-submitted/ }).first().check();
  await page.getByRole("button", { name: text.deadLetters.replay }).click();
  await page.getByText(text.deadLetters.replayed(1)).waitFor();
  await journeyEnds(id, "done");
});

it("Metrics: what flows is drawn with its figures, and what was broken is named", async () => {
  await ask("/api/anomalies", "POST", { service: "ticketflow/tickets", point: "consume.handle.before", kind: "delay", parameters: { delayMs: 10 }, createdBy: "test" });
  await sendInquiry();
  const { page } = await open("/metrics?system=ticketflow");
  const flow = page.getByRole("figure").filter({ has: page.getByRole("heading", { name: text.metrics.groups["flow"] ?? "", exact: true }) });
  await expect.poll(() => flow.getByRole("listitem").allTextContents().then((lines) => lines.some((line) => /: [1-9.0-9]+ /.test(line) && !/: 0 /.test(line))), poll).toBe(true);
  await page.getByText(text.metrics.broken).waitFor();
  expect(await page.locator("canvas").count()).toBeGreaterThan(3);
});

it("Scenarios: a story is played by one press, from its own address, with the guard on and off", async () => {
  for (const [address, tone, outcome] of [
    ["/scenarios/handler-fails-once", "healthy", "guarded"],
    ["/scenarios/handler-fails-once?guard=off", "violated", "unguarded"],
  ] as const) {
    const { page } = await open(address);
    await heard(page);
    const story = await ask<{ guarded: string; unguarded: string }>("/api/scenarios/handler-fails-once");
    await page.getByRole("button", { name: text.scenarios.play, exact: true }).click();
    const end = page.locator(`[data-tone=${tone}]`).filter({ hasText: story[outcome] });
    await end.waitFor({ timeout: 120_000 });
    expect(await page.getByRole("list", { name: text.scenarios.steps }).locator("[data-state=failed]").count()).toBe(0);
  }
});

it("TicketFlow: a customer writes, follows the status, and reads it in Polish", async () => {
  const { page, errors } = await open("/ticketflow");
  await page.getByRole("button", { name: english.sample }).click();
  await page.getByRole("button", { name: english.send, exact: true }).click();
  await page.getByRole("link", { name: english.follow }).click();
  await expect.poll(() => page.locator("[aria-current=step]").textContent(), poll).toBe(english.stations.desk);
  await page.getByLabel(english.language).selectOption({ label: polish.name });
  await expect.poll(() => page.locator("[aria-current=step]").textContent(), poll).toBe(polish.stations.desk);
  expect(errors).toEqual([]);
});

it("TicketFlow: what was left out is named at its field, and nothing is sent", async () => {
  const { page } = await open("/ticketflow");
  await page.getByRole("button", { name: english.send, exact: true }).click();
  await expect.poll(() => page.getByRole("textbox", { name: english.fields.email }).getAttribute("aria-invalid"), poll).toBe("true");
});

it("TicketFlow: the desk signs in, works a ticket to the end, and the customer reads the answer", async () => {
  const words = text.ticketflow;
  const { page: customer } = await open("/ticketflow");
  await customer.getByRole("button", { name: english.sample }).click();
  const title = await customer.getByLabel(english.fields.title).inputValue();
  await customer.getByRole("button", { name: english.send, exact: true }).click();
  await customer.getByRole("link", { name: english.follow }).click();

  const { page, errors } = await open("/ticketflow/desk");
  await page.getByLabel(words.email).fill("ruth.okafor@desk.example");
  await page.getByLabel(words.password).fill("ticketflow");
  await page.getByRole("button", { name: words.signIn, exact: true }).click();
  const live = page.getByRole("region", { name: words.live }).first();
  await expect.poll(() => live.getByRole("row").filter({ hasText: "tickets" }).textContent(), poll).toContain("up");
  // The newest ticket is the customer's; a supervisor qualifies it, takes it and answers.
  await page.getByRole("link", { name: /awaiting qualification/ }).first().click();
  await page.getByText(title).first().waitFor();
  const act = async (verb: string, fill: () => Promise<void> = async () => {}) => {
    const actions = page.getByRole("region", { name: words.done });
    await actions.getByRole("button", { name: words.actions[verb] ?? verb, exact: true }).first().click();
    await fill();
    await actions.getByRole("button", { name: words.actions[verb] ?? verb, exact: true }).last().click();
    await expect.poll(() => actions.getByRole("button", { name: text.common.cancel }).count(), poll).toBe(0);
  };
  await act("qualify");
  await act("assign");
  await act("resolve", () => page.getByLabel(words.answer).fill("It is solved. Thank you for your patience."));
  await page.getByRole("article").getByText(words.states["resolved"] ?? "", { exact: true }).first().waitFor();

  await expect.poll(() => customer.locator("[aria-current=step]").textContent(), poll).toBe(english.stations.answered);
  await customer.getByText("It is solved. Thank you for your patience.").waitFor();
  await page.getByRole("button", { name: words.signOut, exact: true }).click();
  await page.getByRole("button", { name: words.signIn, exact: true }).waitFor();
  expect(errors).toEqual([]);
});

it("Restaurant: an order is placed, and the next one is cheaper", async () => {
  const { page, errors } = await open("/restaurant");
  const orders = page.getByRole("region", { name: text.restaurant.orders });
  const order = async () => {
    await page.getByLabel("Burger").fill("2");
    await page.getByRole("button", { name: text.restaurant.order, exact: true }).click();
    await page.getByText(text.restaurant.ordered).waitFor();
  };
  const anyDiscount = new RegExp(`^${text.restaurant.discount(7).replace("7", "[1-9]\\d*")}$`);
  await order();
  await orders.getByText("2 Burger").first().waitFor();
  await expect
    .poll(async () => {
      await order();
      // Which one it is depends on how many orders were counted in between.
      return orders.getByText(anyDiscount).count();
    }, { timeout: 90_000, interval: 2_000 })
    .toBeGreaterThan(0);
  expect(errors).toEqual([]);
});
