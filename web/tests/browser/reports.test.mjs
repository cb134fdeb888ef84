// The pages of the cascade and the comparison, boards side by side, and reports in frames, over the fake server.
//   PAGE=folder node --test tests/browser/reports.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { event } from "../fake/reports.mjs";
import { accessible, fits, openBrowser, screenshot, withStudio } from "./browser.mjs";

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const studio = (options, where, work, context) => withStudio(browser, options, where, work, context);

test("events appear while somebody else's cascade watches, older ones on demand", () =>
  studio({ events: 60 }, "cascade", async ({ fake, page }) => {
    await page.getByText("Somebody <i>walks</i> 60").waitFor();
    assert.equal(await page.locator(".events > li").count(), 50);
    fake.events.push(event(61, { class: "no", at: "2026-11-28T12:00:00Z", state: "open", answers: [] }));
    await page.getByText("going on").waitFor();
    fake.events[60].state = "ended";
    await page.getByText("going on").waitFor({ state: "detached" });
    assert.equal(await page.locator(".events > li").count(), 51, "an event that ends is not listed twice");
    await page.getByRole("button", { name: "Show older ones" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".events > li").length === 61);
    await page.getByRole("button", { name: "Show older ones" }).waitFor({ state: "detached" });
  }));

test("a source is watched until it is stopped; nothing to watch starts nothing", () =>
  studio({ events: 0 }, "cascade", async ({ fake, page }) => {
    await page.getByText("No events yet").waitFor();
    assert.ok(await page.getByRole("button", { name: "Watch", exact: true }).isDisabled());
    await page.locator("textarea[name=sources]").fill("yard.mp4\n\n camera:0 ");
    await page.getByRole("button", { name: "Watch", exact: true }).click();
    await page.getByRole("button", { name: "Stop watching", exact: true }).click();
    await page.getByText("Watching: stopped").waitFor();
    assert.equal(fake.jobs.all.at(-1).state, "stopped");
  }));

test("a comparison is made, and says its answer and what cannot be told", () =>
  studio({ compared: false }, "compare", async ({ page }) => {
    await page.getByText("Nothing was compared yet").waitFor();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("heading", { name: "The answer" }).waitFor();
    await page.locator("blockquote").getByText("about 75.3 %").waitFor();
    await page.getByText("−2.4 points").waitFor();
    await page.getByText("95 %: −3.4 to −1.4").waitFor();
    await page.getByText("cannot be told").waitFor();
    await page.getByText("40 would do").waitFor();
  }));

test("a report is shown in a frame in which no script runs", () =>
  studio({}, "compare", async ({ page }) => {
    await page.getByRole("button", { name: "The whole page, with pictures and curves" }).click();
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { name: "The whole page" }).waitFor();
    assert.equal(await frame.locator("title").evaluate((title) => title.textContent), "report");
    const link = page.getByRole("link", { name: "In a window of its own" });
    assert.equal(await link.getAttribute("href"), "/api/reports/compare");
  }));

test("boards stand side by side once they are measured", () =>
  studio({}, "device", async ({ page }) => {
    for (const board of ["nano-33-ble-sense", "cortex-m55"]) {
      await page.locator("input[name=board]").fill(board);
      await page.getByRole("button", { name: "Measure" }).click();
      await page.getByRole("rowheader", { name: board }).waitFor();
    }
    assert.equal(await page.getByRole("region", { name: "Boards" }).locator("tbody tr").count(), 2);
    await page.getByText("380 to 520 ms").first().waitFor();
    await page.getByText("45,960 B of 262 KB").first().waitFor();
    await page.getByRole("button", { name: "Memory over time and every layer on cortex-m55" }).click();
    await page.frameLocator("iframe").getByRole("heading", { name: "The whole page" }).waitFor();
  }));

for (const [name, context] of Object.entries({
  light: {},
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 } },
}))
  test(`cascade and comparison can be read: ${name}`, () =>
    studio(
      {},
      "cascade",
      async ({ page, url }) => {
        for (const where of ["cascade", "compare"]) {
          await page.goto(`${url}#/${where}`);
          await page.locator(".events > li, blockquote").first().waitFor();
          await screenshot(page, `${name}-${where}`);
          await accessible(page, `${name}, ${where}`);
          await fits(page, `${name}, ${where}`);
        }
      },
      context,
    ));
