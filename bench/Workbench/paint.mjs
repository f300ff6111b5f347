import { openChromium, pause, percentile, startLab } from "./common.mjs";

const restMs = 30_000;

/** How long the first view of a lab takes that has come to rest after its start, each time in a window that knows nothing yet. */
export async function paint(rounds) {
  const lab = await startLab("ticketflow");
  const browser = await openChromium();
  try {
    await pause(restMs);
    const first = [];
    const meaningful = [];
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      await page.addInitScript(() => {
        const look = () => (document.querySelector('[aria-label^="inquiries, "]') ? (window.shownAt = performance.now()) : requestAnimationFrame(look));
        requestAnimationFrame(look);
      });
      await page.goto(`${lab.address}/?system=ticketflow`);
      await page.waitForFunction(() => window.shownAt && performance.getEntriesByName("first-contentful-paint").length > 0);
      const [painted, shown] = await page.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0].startTime, window.shownAt]);
      first.push(painted);
      meaningful.push(shown);
      await context.close();
    }
    console.log(`first contentful paint: median ${percentile(first, 0.5).toFixed(0)} ms, worst ${Math.max(...first).toFixed(0)} ms of ${rounds}`);
    console.log(`the map with its services: median ${percentile(meaningful, 0.5).toFixed(0)} ms, worst ${Math.max(...meaningful).toFixed(0)} ms of ${rounds}`);
  } finally {
    await browser.close();
    await lab.end();
  }
}
