// The page for phones on a phone that has never seen this computer: refused, used after the warning, and, once the
// local authority is trusted, installed and loaded again without a network.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { accessible, screenshot } from "./browser.mjs";

/** `home`: an empty folder for the authority and the browser's profiles. `picture`: of the gallery. */
export async function tryPhone(program, project, home, picture) {
  const addresses = Object.values(os.networkInterfaces()).flat();
  if (!addresses.some((one) => one.family === "IPv4" && !one.internal))
    return console.log("NOT TESTED: this machine has no address that a phone could reach");
  const server = await startPhone(program, project, home);
  const store = `sql:${path.join(home, ".pki/nssdb")}`;
  fs.mkdirSync(path.join(home, ".pki/nssdb"), { recursive: true });
  const trusting = has("certutil");
  if (trusting) certutil("-N", "-d", store, "--empty-password"); // before the browser makes one
  try {
    await assert.rejects(visit(home, false, (page) => page.goto(server.url)), /ERR_CERT_AUTHORITY_INVALID/);
    await visit(home, true, async (page) => {
      await classify(page, server.url, picture);
      assert.match(await page.locator("#note").innerText(), /install/i, "it says that it cannot be installed");
    });
    if (!trusting) return console.log("NOT TESTED: certutil is missing; run: apt install libnss3-tools");
    const certificate = path.join(home, "authority.crt");
    const given = await fetch(server.trust.replace(/trust$/, "dewdrop.crt"));
    fs.writeFileSync(certificate, Buffer.from(await given.arrayBuffer()));
    certutil("-A", "-d", store, "-t", "C,,", "-n", "dewdrop", "-i", certificate, "-f", "/dev/null");
    await visit(home, false, async (page) => {
      await classify(page, server.url, picture);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      await server.stop(); // nobody answers any more
      await page.context().setOffline(true);
      await page.reload();
      await page.waitForFunction(() => document.body.dataset.ready === "yes");
      await page.click("#start");
      await page.waitForFunction(() => document.body.dataset.answer !== undefined);
    });
  } finally {
    await server.stop();
  }
}

/** The camera, then a picture of the gallery. */
async function classify(page, url, picture) {
  await page.goto(url);
  await page.waitForFunction(() => document.body.dataset.ready === "yes");
  await page.click("#start");
  await page.waitForFunction(() => document.body.dataset.answer !== undefined);
  const light = () => page.evaluate(() => document.querySelector("video")?.srcObject?.active === true);
  assert.equal(await light(), true);
  await page.setInputFiles("#file", picture);
  await page.waitForFunction(() => /yes|no|unknown|unsure/i.test(document.querySelector("#answer").textContent));
  assert.equal(await page.locator("#trouble").innerText(), "");
  await screenshot(page, "phone-page");
  await longPicture(page);
  await cameraGone(page);
  await accessible(page, "the page for phones");
}

/** A picture of 40 x 4000 pixels keeps all of its width: what the net saw is what the library is told at once. */
async function longPicture(page) {
  const same = await page.evaluate(async () => {
    const { load } = await import("./dewdrop.js");
    const model = await load();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [40, 4000];
    const context = canvas.getContext("2d");
    for (let y = 0; y < 4000; ++y) {
      context.fillStyle = `rgb(${(y * 7) % 256}, ${(y * 3) % 256}, ${y % 256})`;
      context.fillRect(y % 40, y, 40, 1);
    }
    const expected = model.classify(context.getImageData(0, 0, 40, 4000)).raw.join(" ");
    const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const files = new DataTransfer();
    files.items.add(new File([png], "long.png", { type: "image/png" }));
    const input = document.querySelector("#file");
    delete document.body.dataset.raw;
    input.files = files.files;
    input.dispatchEvent(new Event("change"));
    while (document.body.dataset.raw === undefined) await new Promise((done) => setTimeout(done, 10));
    return [document.body.dataset.raw, expected];
  });
  assert.equal(same[0], same[1], "the net sees the long picture as the library does");
}

/** Pulled out: the page says so and shows no answer. */
async function cameraGone(page) {
  await page.evaluate(() => delete document.body.dataset.answer); // of the picture before
  await page.click("#start");
  await page.waitForFunction(() => document.body.dataset.answer !== undefined);
  await page.evaluate(() => {
    const [track] = document.querySelector("video").srcObject.getTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
  });
  await page.waitForFunction(() => /camera is gone/.test(document.querySelector("#trouble").textContent));
  assert.equal(await page.locator("#answer").innerText(), "");
  assert.equal(await page.locator("#start").innerText(), "Start camera");
}

async function visit(home, ignoreHTTPSErrors, work) {
  const context = await chromium.launchPersistentContext(fs.mkdtempSync(path.join(home, "profile-")), {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    env: { ...process.env, HOME: home },
    args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    viewport: { width: 360, height: 740 },
    permissions: ["camera"],
    ignoreHTTPSErrors,
  });
  context.setDefaultTimeout(20_000);
  try {
    await work(await context.newPage());
  } finally {
    await context.close();
  }
}

async function startPhone(program, project, home) {
  const env = { ...process.env, HOME: home, XDG_DATA_HOME: path.join(home, "data") };
  const child = spawn(program, ["run", "--on", "phone", "-C", project], { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve, reject) => {
    const listen = (bytes) => {
      said += bytes;
      if (said.includes("Ctrl-C")) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    void ended.then((code) => reject(new Error(`dewdrop run --on phone ended with ${code}: ${said}`)));
  });
  const [url, trust] = [/https:\S+/, /http:\S+trust/].map((pattern) => pattern.exec(said)[0]);
  const stop = () => (child.kill("SIGINT"), ended);
  return { url, trust, stop };
}

function has(tool) {
  return (process.env.PATH ?? "").split(":").some((folder) => fs.existsSync(path.join(folder, tool)));
}

function certutil(...args) {
  execFileSync("certutil", args, { stdio: "ignore", timeout: 20_000 });
}
