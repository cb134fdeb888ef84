// The whole way through the real server: a new project, files, labels by recorded answers, a review by keys, a
// training, the model, a package, the phone.   DEWDROP=program node --test tests/browser/walk.test.mjs
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { accessible, fits, openBrowser, openPage, screenshot } from "./browser.mjs";
import { dewdrop, kPictures, makeFolder, startStudio } from "./dewdrop.mjs";
import { tryPhone } from "./phone.mjs";

const program = process.env.DEWDROP;
const kLong = 60_000;

test("the whole way, from files to a package", async () => {
  const { folder, files } = makeFolder();
  const project = path.join(folder, "tints");
  dewdrop(program, "new", project, "--ask", "Is it warm?", "--classes", "yes,no", "--unsure", "unsure");
  fs.copyFileSync(path.join(folder, "answers.jsonl"), path.join(project, "answers.jsonl"));
  const server = await startStudio(program, project);
  const browser = await openBrowser();
  try {
    const { page, close } = await openPage(browser);
    await page.goto(server.url);
    await page.getByText("No pictures yet").waitFor();
    assert.equal(new URL(page.url()).search, "", "the token does not stay in the address");
    step.page = page;
    await step("add", () => addFiles(page, files));
    await step("label", () => label(page));
    await step("review", () => review(page));
    await step("train", () => train(page));
    await step("model", () => model(page, files[0]));
    await step("download", () => download(page));
    await step("pages", () => pages(browser, page));
    await step("phone", () => tryPhone(program, project, fs.mkdtempSync(path.join(folder, "phone-")), files[0]));
    await close();
  } finally {
    await browser.close();
    await server.stop();
    fs.rmSync(folder, { recursive: true });
  }
});

/** Says how long it took: the walk is to stay within 90 seconds. */
async function step(name, work) {
  const began = performance.now();
  try {
    await work();
  } catch (problem) {
    console.log(`${name} failed; the page says:\n${await step.page.locator("body").innerText()}`);
    await screenshot(step.page, "failed");
    throw problem;
  }
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

async function go(page, name) {
  await page.getByRole("navigation").getByRole("link", { name }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

async function addFiles(page, files) {
  await page.locator("#files").setInputFiles(files);
  await page.getByText(`${kPictures} samples of`).waitFor({ timeout: kLong });
  await page.waitForFunction((count) => document.querySelectorAll(".cell[role=option]").length > count, 10);
}

async function label(page) {
  await go(page, "Teacher");
  await page.locator("input[name=teacher]").fill("replay:answers.jsonl");
  await page.getByRole("button", { name: "Try on 20" }).click();
  await page.getByText("The try: 20 samples").waitFor();
  await page.getByText("It looks warm <b>to me</b>.").first().waitFor();
  await page.getByRole("button", { name: "Start labelling" }).click();
  await page.getByText(/Labelling: done/).waitFor({ timeout: kLong });
  await go(page, "Data");
  await page.getByText(/, 0 without a label/).waitFor();
}

async function review(page) {
  await go(page, "Review");
  await page.getByRole("button", { name: "Start the review" }).click();
  await page.getByText("1 of 48 · 0 decided").waitFor({ timeout: kLong });
  const name = await page.locator(".suspect figcaption").innerText();
  await page.keyboard.press(name.startsWith("red") ? "1" : "2");
  await page.getByText("2 of 48 · 1 decided").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("3 of 48 · 2 decided").waitFor();
  await page.keyboard.press("Space");
  await page.getByText("4 of 48 · 2 decided").waitFor();
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Control+z");
  await page.getByText("2 of 48 · 1 decided").waitFor();
}

async function train(page) {
  await go(page, "Train");
  await page.getByRole("textbox", { name: "epochs" }).fill("3");
  await page.getByRole("button", { name: "Start training" }).click();
  await page.locator(".jobs").getByText("Training").waitFor();
  await page.getByText(/Training: done\. Run|Training: done\. run/).waitFor({ timeout: kLong });
  await page.locator("table.table").getByRole("link", { name: "1" }).waitFor();
  await page.locator(".chart .u-wrap").first().waitFor();
}

async function model(page, picture) {
  await go(page, "Model");
  await page.getByRole("button", { name: "Test" }).click();
  await page.getByRole("heading", { name: "In int8" }).waitFor({ timeout: kLong });
  await page.locator("#classify").setInputFiles(picture);
  await page.locator(".verdict").waitFor();
  await page.locator(".matrix button:not(:disabled)").first().click();
  await page.getByText(/samples? labelled (yes|no), said/).waitFor();
}

async function download(page) {
  await go(page, "Device");
  const button = page.getByRole("button", { name: "Download Plain C99" });
  const [saved] = await Promise.all([page.waitForEvent("download", { timeout: kLong }), button.click()]);
  const bytes = fs.readFileSync(await saved.path());
  assert.equal(bytes.subarray(0, 2).toString(), "PK");
  assert.ok(bytes.length > 10_000);
}

/** Every page in both themes and on a phone's width. */
async function pages(browser, signedIn) {
  const storageState = await signedIn.context().storageState();
  const url = new URL(signedIn.url()).origin;
  for (const [name, colorScheme, width, height] of [
    ["light", "light", 1440, 900],
    ["dark", "dark", 1440, 900],
    ["phone", "light", 360, 740],
  ]) {
    const { page, close } = await openPage(browser, { storageState, colorScheme, viewport: { width, height } });
    for (const where of ["data", "data?sample=1", "teacher", "review", "train", "model", "device", "cascade", "compare"]) {
      await page.goto(`${url}/#/${where}`);
      await page.waitForTimeout(400);
      await screenshot(page, `${name}-${where.replace(/\W+/g, "-")}`);
      await accessible(page, `${name}, ${where}`);
      await fits(page, `${name}, ${where}`);
    }
    await close();
  }
}
