import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, inject } from "vitest";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const waitLimitMs = 60_000;

export interface Look {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
  /** Where the lab is; that of this run when left out. */
  lab?: string;
}

/** A person's window, and what went wrong in it that the person would not see. */
export interface Window {
  page: Page;
  /** Errors on the console and exceptions that nobody caught. */
  errors: string[];
  /** Requests to anything but the lab; they were refused. */
  strayed: string[];
}

/** A Chromium for the tests of a file; its windows are closed after each test. */
export function useBrowser(): (path: string, look?: Look) => Promise<Window> {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env["FAULTLINE_CHROMIUM"] ?? "/usr/bin/chromium", args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (path, look = {}) => {
    const lab = look.lab ?? inject("lab");
    const context = await browser.newContext({ baseURL: lab, viewport: { width: look.width ?? 1280, height: look.height ?? 900 }, colorScheme: look.theme ?? "light", reducedMotion: "no-preference" });
    context.setDefaultTimeout(waitLimitMs);
    contexts.push(context);
    const strayed: string[] = [];
    await context.route(
      (address) => address.origin !== new URL(lab).origin,
      (route) => {
        strayed.push(route.request().url());
        return route.abort();
      },
    );
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(path);
    return { page, errors, strayed };
  };
}

/** Waits until the page hears the lab. */
export async function heard(page: Page): Promise<void> {
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
}

/** Waits until nothing fades: what is just coming in has neither its contrast nor its colours. */
async function still(page: Page): Promise<void> {
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"));
}

/** What axe finds against WCAG 2.2 AA, one line for each. */
export async function axe(page: Page): Promise<string[]> {
  await still(page);
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const found = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return found.violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")} (${node.failureSummary ?? ""})`));
  });
}

/** Pictures for the documentation, at the three widths and in both themes, where FAULTLINE_PICTURES names a folder for them. Nothing otherwise. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["FAULTLINE_PICTURES"];
  if (!folder) return;
  for (const [width, height] of [[360, 740], [1280, 900], [2560, 1440]] as const) {
    for (const theme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.locator(`html[data-theme=${theme}]`).waitFor();
      await still(page);
      await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`), fullPage: width === 360 });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
}
