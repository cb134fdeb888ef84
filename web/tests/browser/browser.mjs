// A browser for the tests: Debian's Chromium, what the page complains about, accessibility, screenshots.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { FakeStudio } from "../fake/server.mjs";

/** The folder of the built page. */
export const kPage = process.env.PAGE ?? "dist";

const kCamera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

export function openBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...kCamera] });
}

/** A page whose complaints fail the test at `close()`: scripts that break, and what the policy forbids. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource|ERR_|document.s frame is sandboxed/.test(message.text()))
      complaints.push(message.text());
  });
  const close = async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  };
  return { page, context, close };
}

/** Cells and tiles after the first few are like those: looking at each would take most of the time. */
const kAlike = [".cell:nth-child(n+5)"];

/** No serious finding of axe-core; `where` says which page in the failure. */
export async function accessible(page, where) {
  const { violations } = await new AxeBuilder({ page })
    .exclude(kAlike)
    .options({ resultTypes: ["violations"] })
    .setLegacyMode()
    .analyze();
  const serious = violations.filter((found) => ["serious", "critical"].includes(found.impact));
  const told = serious.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(" ")}`);
  assert.deepEqual(told, [], where);
}

/** Nothing sticks out at the side. */
export async function fits(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${where} is ${over} pixels wider than the window`);
}

/** Into the folder that DEWDROP_SCREENSHOTS names, if it does. */
export async function screenshot(page, name) {
  const folder = process.env.DEWDROP_SCREENSHOTS;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** A fake server with a page on it; both are closed when the work is done. */
export async function withStudio(browser, options, where, work, context) {
  const fake = new FakeStudio(kPage, { pace: 20, ...options });
  const url = await fake.listen();
  const { page, close } = await openPage(browser, context);
  await page.goto(`${url}#/${where}`);
  try {
    await work({ fake, page, url });
    await close();
  } finally {
    await page.context().close();
    await fake.close();
  }
}
