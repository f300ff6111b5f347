import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { axe, heard, useBrowser } from "./browser";
import { places } from "./places";

const open = useBrowser();

describe.each(places)("$name", ({ path }) => {
  it("has no barrier that axe finds in either theme, no error on the console, and asks nobody but the lab", async () => {
    const { page, errors, strayed } = await open(path);
    await heard(page);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await axe(page), "light").toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.locator("html[data-theme=dark]").waitFor();
    expect(await axe(page), "dark").toEqual([]);
    expect({ errors, strayed }).toEqual({ errors: [], strayed: [] });
  });

  it("fits into a window of 360 and of 2560 px", async () => {
    const { page } = await open(path, { width: 360 });
    await heard(page);
    await page.getByRole("heading", { level: 1 }).waitFor();
    for (const width of [360, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), { message: `${width} px` }).toBeLessThanOrEqual(0);
    }
  });

  it("can be walked through by the keyboard alone, seeing where one is, and left again", async () => {
    const { page } = await open(path);
    await heard(page);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const seen: string[] = [];
    for (let steps = 0; steps < 300; steps++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(focused);
      if (at === null || at.name === seen[0]) break;
      expect(at.ring, `${at.name} shows that it has the focus`).toBe(true);
      expect(at.shown, `${at.name} can be seen when it has the focus`).toBe(true);
      seen.push(at.name);
    }
    expect(seen[0]).toMatch(/^A To the content/);
    expect(seen.length).toBeGreaterThan(8);
    expect(seen.length, "a person gets out again").toBeLessThan(300);
  });
});

it("knows every page that there is", () => {
  const rows = readFileSync(join(import.meta.dirname, "../src/pages.ts"), "utf8");
  const paths = [...rows.matchAll(/path: "([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(paths.filter((path) => !places.some((place) => place.path.split("?")[0] === path))).toEqual([]);
});

/** Where the focus is; null at the end of the page. Runs in the page. */
function focused(): { name: string; ring: boolean; shown: boolean } | null {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const words = (at.getAttribute("aria-label") ?? (at.textContent || at.getAttribute("name") || at.id || "")).trim().slice(0, 60);
  return {
    name: `${at.tagName} ${words} ${Math.round(box.left)},${Math.round(box.top + window.scrollY)}`,
    ring: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none",
    shown: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth,
  };
}
