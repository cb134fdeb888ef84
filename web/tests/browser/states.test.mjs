// The built page over the fake server: states that are hard to reach with the real one.
//   PAGE=folder node --test tests/browser/states.test.mjs
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FakeStudio } from "../fake/server.mjs";
import { accessible, fits, kPage, openBrowser, openPage, percentile, screenshot, withStudio } from "./browser.mjs";

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

const studio = (options, where, work, context) => withStudio(browser, options, where, work, context);

const cells = (page) => page.locator(".cell[role=option]");
const label = (page, id) => page.locator(`#sample-${id}`).locator(".tag").innerText();

test("the connection is lost, and comes back without a reload", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    await page.evaluate(() => (window.notReloaded = true));
    await fake.close();
    await page.getByText("The connection is lost, trying again").waitFor();
    fake.project.samples[0].label = "no"; // somebody went on meanwhile
    fake.project.version += 5;
    fake.server = new FakeStudio(kPage).server;
    fake.server.removeAllListeners("request");
    fake.server.on("request", (request, response) => void fake.answer(request, response));
    await fake.listen(fake.port);
    await page.getByText("The connection is lost").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector("#sample-1 .tag")?.textContent === "no");
    assert.equal(await page.evaluate(() => window.notReloaded), true);
  }));

test("a training whose server was killed is over where another server answers", () =>
  studio({ pace: 500 }, "train", async ({ fake, page }) => {
    await page.getByRole("button", { name: "Start training" }).click();
    await page.getByRole("button", { name: "Stop training" }).first().waitFor();
    await fake.close();
    await page.getByText("The connection is lost, trying again").waitFor();
    fake.jobs.all.splice(0);
    fake.server = new FakeStudio(kPage).server;
    fake.server.removeAllListeners("request");
    fake.server.on("request", (request, response) => void fake.answer(request, response));
    await fake.listen(fake.port);
    await page.getByText("Training broke off: the server was started again").waitFor();
    await page.getByRole("button", { name: "Start training" }).waitFor();
  }));

test("colours are the system's until the switch chooses, and change with it", () =>
  studio({}, "data", async ({ page }) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const is = (scheme) =>
      page.waitForFunction((wanted) => getComputedStyle(document.documentElement).colorScheme === wanted, scheme);
    await cells(page).first().waitFor();
    const light = await ground();
    await page.emulateMedia({ colorScheme: "dark" });
    await is("dark");
    const dark = await ground();
    assert.notEqual(dark, light);
    const change = page.getByRole("button", { name: /^Colours/ });
    await change.click();
    await is("light");
    assert.equal(await ground(), light);
    await change.click();
    await is("dark");
    await change.click(); // the system's again
    await page.emulateMedia({ colorScheme: "light" });
    await is("light");
    assert.equal(await ground(), light);
  }));

test("a server that does not know this page says what to do", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    fake.failures.set("/api/project", { status: 401, error: {} });
    fake.changed();
    await page.getByText("open the address that dewdrop studio printed").waitFor();
  }));

test("the command line changes the project meanwhile", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    fake.project.samples[1].label = "unsure";
    fake.changed();
    await page.waitForFunction(() => document.querySelector("#sample-2 .tag")?.textContent === "unsure");
  }));

test("a project that cannot be read is told until it can", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    fake.say("trouble", { what: "line 3 is no TOML", where: "dewdrop.toml:3", next: "mend it" });
    await page.getByText("line 3 is no TOML · dewdrop.toml:3 · mend it").waitFor();
    fake.say("trouble", null);
    await page.getByText("line 3 is no TOML").waitFor({ state: "detached" });
  }));

test("two pages change one label: both show the last word", () =>
  studio({}, "data", async ({ page, url }) => {
    await cells(page).first().waitFor();
    const other = await openPage(browser);
    await other.page.goto(`${url}#/data`);
    await other.page.locator("#sample-1").click();
    await other.page.keyboard.press("2");
    await page.waitForFunction(() => document.querySelector("#sample-1 .tag")?.textContent === "no");
    await page.locator("#sample-1").click();
    await page.keyboard.press("0");
    await other.page.waitForFunction(() => document.querySelector("#sample-1 .tag")?.textContent === "unsure");
    await other.close();
  }));

test("samples are selected and relabelled by keys, and taken back", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    await page.locator("#sample-1").click();
    await page.locator("#sample-4").click({ modifiers: ["Shift"] });
    await page.locator("#sample-3").click({ modifiers: ["Control"] });
    await page.getByText("3 selected").waitFor();
    await page.keyboard.press("0");
    await page.waitForFunction(() => document.querySelector("#sample-4 .tag")?.textContent === "unsure");
    assert.deepEqual(
      fake.project.samples.slice(0, 4).map((sample) => sample.label),
      ["unsure", "unsure", "no", "unsure"],
    );
    await page.keyboard.press("Control+z");
    await page.waitForFunction(() => document.querySelector("#sample-4 .tag")?.textContent === "yes");
    assert.deepEqual(
      fake.project.samples.slice(0, 4).map((sample) => sample.label),
      ["yes", "no", "no", "yes"],
    );
    await page.locator(".grid").focus();
    await page.keyboard.press("End");
    await page.locator("#sample-600").waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("Control+a");
    await page.getByText("600 selected").waitFor();
  }));

test("a key is about what is open, and about nothing where nothing is chosen", () =>
  studio({}, "data?sample=8", async ({ fake, page }) => {
    await page.locator(".panel .stands").waitFor();
    await page.keyboard.press("1");
    await page.locator(".panel .stands").getByText("by a person").waitFor();
    assert.equal(fake.project.samples[7].label, "yes");
    await page.keyboard.press("Escape"); // nothing is selected any more
    await page.keyboard.press("Escape"); // nothing is open any more
    await page.locator(".panel").waitFor({ state: "detached" });
    await page.locator("h1").click();
    const before = fake.project.version;
    await page.keyboard.press("2");
    await page.waitForTimeout(200);
    assert.equal(fake.project.version, before);
  }));

test("a relabelling that fails says why and changes nothing", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    const error = { what: "the database is locked", where: "project.db", next: "close the other program" };
    fake.failures.set("/api/labels", { status: 500, error });
    await page.locator("#sample-1").click();
    await page.keyboard.press("2");
    const notice = page.locator(".notice.error");
    await notice.waitFor();
    for (const part of Object.values(error)) assert.ok((await notice.innerText()).includes(part));
    assert.equal(await label(page, 1), "yes");
  }));

test("a link to a page that is not there says so", () =>
  studio({}, "nowhere?x=1", async ({ page }) => {
    await page.getByText("there is no page “nowhere”").waitFor();
    await cells(page).first().waitFor();
  }));

test("filters stand in the address; a set that is empty says so", () =>
  studio({}, "data?class=no&split=test", async ({ page, url }) => {
    await page.getByText(/^\d+ samples shown$/).waitFor();
    assert.equal(await page.locator("select[name=class]").inputValue(), "no");
    await page.locator("input[name=text]").fill("nowhere");
    await page.getByText("No sample is like this").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.locator("#sample-1").waitFor();
    assert.equal(page.url(), `${url}#/data`);
  }));

test("of 100,000 samples any is reached by a jump", () =>
  studio({ samples: 100_000 }, "data", async ({ page }) => {
    await cells(page).first().waitFor();
    const times = [];
    for (let jump = 1; jump <= 20; ++jump)
      times.push(
        await page.evaluate(
          async (share) => {
            const grid = document.querySelector(".grid");
            const began = performance.now();
            grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
            const there = () => {
              const box = grid.getBoundingClientRect();
              const shown = [...grid.querySelectorAll(".cell")].filter((cell) => {
                const at = cell.getBoundingClientRect();
                return at.bottom > box.top && at.top < box.bottom;
              });
              return shown.length > 6 && shown.every((cell) => cell.id);
            };
            while (!there()) await new Promise((resolve) => setTimeout(resolve, 2));
            return performance.now() - began;
          },
          ((jump * 7) % 20) / 20,
        ),
      );
    const p95 = percentile(times, 0.95);
    console.log(
      `a jump among 100,000 samples: median ${percentile(times, 0.5).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`,
    );
    await page.locator(".grid").focus();
    await page.keyboard.press("End");
    await page.locator("#sample-100000").waitFor();
    assert.ok((await page.locator(".cell").count()) < 200, "what is out of view does not exist");
    assert.ok(percentile(times, 0.5) < 800, String(times)); // the machine may have other work
  }));

test("where an original is gone, its details and the review say so until it is back", () =>
  studio({ gone: [1, 2] }, "data?sample=1", async ({ fake, page, url }) => {
    const why = page.getByText("the original of yard-0.mp4 is gone · /videos/yard-0.mp4 · put it back");
    await page.locator(".panel").locator(why).waitFor();
    await screenshot(page, "original-gone");
    await accessible(page, "an original that is gone");
    await page.goto(`${url}#/data?sample=3`);
    await page.locator(".panel .name", { hasText: "frame=30" }).waitFor();
    await page.waitForFunction(() => document.querySelector(".panel img.large")?.naturalWidth > 0);
    await page.goto(`${url}#/review`);
    await page.getByRole("button", { name: "Start the review" }).click();
    await page.locator(".suspect").locator(why).waitFor();
    await page.locator(".opinions").waitFor();
    fake.gone.clear();
    fake.changed();
    await page.waitForFunction(() => document.querySelector(".suspect img")?.naturalWidth > 0);
  }));

test("a review shows the next picture at once, and tells what came too late", () =>
  studio({}, "review", async ({ fake, page }) => {
    await page.getByRole("button", { name: "Start the review" }).click();
    await page.locator(".suspect img").waitFor();
    await page.waitForTimeout(300); // the next pictures are fetched
    fake.delay = 150; // a slow server
    const times = [];
    for (let round = 0; round < 8; ++round) {
      times.push(
        await page.evaluate(async () => {
          const shown = () => document.querySelector(".suspect img");
          const before = shown().dataset.sample;
          const began = performance.now();
          window.dispatchEvent(new KeyboardEvent("keydown", { key: "1", bubbles: true, cancelable: true }));
          while (shown().dataset.sample === before || !shown().complete)
            await new Promise((resolve) => setTimeout(resolve, 1));
          return performance.now() - began;
        }),
      );
      await page.waitForTimeout(400);
    }
    console.log(
      `the next picture after a key: median ${percentile(times, 0.5).toFixed(1)} ms, worst ${Math.max(...times).toFixed(1)} ms`,
    );
    assert.ok(percentile(times, 0.5) <= 50, String(times));
    fake.delay = 0;
    fake.review.position += 3; // another page has gone on
    await page.keyboard.press("2");
    await page.getByText("another label is in question by now").waitFor();
    await page.getByText(fake.sample(fake.review.queue[fake.review.position]).name, { exact: true }).waitFor();
  }));

test("where all labels are people's, there is nothing to review", () =>
  studio({ pace: 200 }, "data", async ({ fake, page, url }) => {
    await cells(page).first().waitFor();
    await page.goto(`${url}#/review`);
    await page.getByRole("button", { name: "Start the review" }).click();
    for (const sample of fake.project.samples) if (sample.label) sample.origin = "people"; // while it ranks
    await page.getByText("There is nothing to review").waitFor();
    await page.getByText("All labels are by people").waitFor();
    assert.equal(await page.getByText("The queue is through").count(), 0);
    await page.getByRole("button", { name: "Rank anew" }).first().waitFor();
    fake.review.state = "closed";
    fake.changed();
    await page.reload();
    await page.getByText("There is nothing to review").waitFor();
    assert.equal(await page.getByRole("button", { name: "Start the review" }).count(), 0);
    await screenshot(page, "nothing-to-review");
  }));

test("review keys decide, skip and take back", () =>
  studio({}, "review", async ({ fake, page }) => {
    await page.getByRole("button", { name: "Start the review" }).click();
    await page.getByText("1 of 557").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("2 of 557 · 1 decided, 0 changed").waitFor();
    await page.keyboard.press("1");
    await page.getByText("3 of 557 · 2 decided, 1 changed").waitFor();
    await page.keyboard.press("Space");
    await page.getByText("4 of 557 · 2 decided, 1 changed, 1 skipped").waitFor();
    await page.keyboard.press("Backspace");
    await page.keyboard.press("d");
    await page.getByText("2 of 557 · 1 decided, 0 changed, 0 skipped").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(fake.review.decided, 1);
  }));

test("a run that was tested long ago has no matrix, and says so", () =>
  studio({}, "data", async ({ fake, page, url }) => {
    const error = { what: "what this run confuses was not kept", where: "run 2", next: "test it" };
    fake.failures.set("/api/runs/2/confusion", { status: 409, error });
    await page.goto(`${url}#/model`);
    await page.getByText("what this run confuses was not kept. Test it again").waitFor();
    assert.equal(await page.locator(".notice.error").count(), 0);
    await page.getByRole("button", { name: "Test again" }).click();
    await page.getByRole("heading", { name: "In int8" }).waitFor();
  }));

test("what a teacher wrote is text", () =>
  studio({}, "data?sample=1", async ({ page }) => {
    await page.getByText("<img src=x onerror=alert(1)>").waitFor();
    assert.equal(await page.locator(".reason img").count(), 0);
  }));

test("files are sent, and one that is no picture is told", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    const file = (name) => ({ name, mimeType: "image/png", buffer: Buffer.from("x") });
    await page.locator("#files").setInputFiles([file("a.png"), file("b.txt"), file("c.png")]);
    await page.getByText("this is no picture and no video").waitFor();
    await page.getByText("602 samples of").waitFor();
    assert.equal(fake.project.samples.length, 602);
  }));

test("the camera's pictures are added, and its light goes out", () =>
  studio({}, "data", async ({ fake, page }) => {
    await cells(page).first().waitFor();
    await page.getByRole("button", { name: "Pictures from the camera" }).click();
    await page.waitForFunction(() => document.querySelector("video")?.videoWidth > 0);
    const track = await page.evaluateHandle(() => document.querySelector("video").srcObject.getTracks()[0]);
    await page.getByRole("button", { name: "Take a picture" }).click();
    await page.getByText("1 picture taken").waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("601 samples of").waitFor();
    assert.match(fake.project.samples.at(-1).name, /^camera-\d{8}-\d{6}\.?\d*\.jpg$/);
    assert.equal(await track.evaluate((one) => one.readyState), "ended");
  }));

test("a phone is let in by a QR code, and its address opens the camera", () =>
  studio({}, "data", async ({ fake, page, url }) => {
    await cells(page).first().waitFor();
    await page.getByRole("button", { name: "Pictures from a phone" }).click();
    await page.getByRole("img", { name: "QR code of the studio's address" }).waitFor();
    await screenshot(page, "phone-invitation");
    await accessible(page, "the invitation");
    await page.getByRole("button", { name: "Close" }).click();
    await page.goto(`${url}#/data?camera=1`);
    await page.getByRole("dialog", { name: "Pictures from the camera" }).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    assert.ok(!page.url().includes("camera"));
    const error = { what: "phones cannot reach this studio by https", where: "here", next: "start it with --listen" };
    fake.failures.set("/api/phone", { status: 409, error });
    await page.getByRole("button", { name: "Pictures from a phone" }).click();
    await page.getByText("phones cannot reach this studio by https").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
  }));

test("a training shows its curve, is stopped, and one that dies says why", () =>
  studio({ pace: 40 }, "train", async ({ fake, page }) => {
    await page.getByRole("textbox", { name: "seed" }).fill("13");
    await page.getByRole("button", { name: "Start training" }).click();
    await page.locator("#live .u-wrap").first().waitFor();
    await page.getByText("a class has no pictures").first().waitFor();
    await page.getByRole("textbox", { name: "seed" }).fill("7");
    await page.getByRole("textbox", { name: "epochs" }).fill("500");
    await page.getByRole("button", { name: "Start training" }).click();
    await page.locator("#live .u-wrap").first().waitFor();
    await page.getByRole("button", { name: "Stop training", exact: true }).click();
    await page.getByText("Training: stopped").waitFor();
    assert.equal(fake.jobs.all.at(-1).state, "stopped");
  }));

test("a page that is opened later sees where a job is", () =>
  studio({ pace: 60 }, "train", async ({ page, url }) => {
    await page.getByRole("textbox", { name: "epochs" }).fill("400");
    await page.getByRole("button", { name: "Start training" }).click();
    await page.waitForTimeout(500);
    const second = await openPage(browser);
    await second.page.goto(`${url}#/train`);
    await second.page
      .locator(".jobs")
      .getByText(/training \d+ of 400/)
      .waitFor();
    await second.page
      .locator("#live")
      .getByLabel(/after \d+ epochs/)
      .first()
      .waitFor(); // from the first epoch on
    await second.close();
  }));

test("a teacher is tried, forecast and started", () =>
  studio({}, "teacher", async ({ page }) => {
    await page.getByRole("button", { name: "What will it cost?" }).click();
    await page.getByText("$0.0123").waitFor();
    await page.getByRole("button", { name: "Try on 20" }).click();
    await page.getByText("The try: 20 samples").waitFor();
    await page.getByRole("button", { name: "Start labelling" }).click();
    await page.getByText("23 asked, 0 failed").waitFor();
  }));

test("the question is changed, and prompts are scored on people's labels", () =>
  studio({}, "teacher", async ({ page }) => {
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.locator("textarea[name=question]").fill("Is somebody there?");
    await page.locator("textarea[name=instructions]").fill("A <b>shadow</b> is nobody.");
    await accessible(page, "the question's form");
    await page.getByRole("button", { name: "Store" }).click();
    await page.locator("blockquote").getByText("Is somebody there?").waitFor();
    await page.getByText("A <b>shadow</b> is nobody.").waitFor();
    await page.getByLabel("only what people have labelled").check();
    await page.getByRole("button", { name: "Start labelling" }).click();
    await page.getByText("Against 80 labels by people").waitFor();
    await page.getByText("91.3 % of 80").waitFor();
    await page.getByText("right alone on 9 of 78, gpt-6-luna on 2; p 0.065").waitFor();
    await screenshot(page, "teacher-scores");
  }));

test("a picture and the camera are classified; the matrix lists samples; a package is saved", () =>
  studio({}, "model", async ({ page, url }) => {
    await page.locator("#classify").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: Buffer.from("x") });
    await page.locator(".verdict", { hasText: "yes" }).waitFor();
    await page.getByRole("button", { name: "5 with label no, said yes: show them" }).click();
    await page.getByText("5 samples labelled no, said yes").waitFor();
    await page.getByRole("button", { name: "Camera" }).click();
    await page.waitForFunction(() => document.querySelector("video")?.videoWidth > 0);
    await page.getByRole("button", { name: "Stop the camera" }).click();
    assert.equal(await page.locator("video").count(), 0);
    await page.goto(`${url}#/device`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download Plain C99" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "c.zip");
  }));

for (const [name, context] of [
  ["light", { colorScheme: "light", viewport: { width: 1440, height: 900 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1440, height: 900 } }],
  ["phone", { colorScheme: "light", viewport: { width: 360, height: 740 } }],
  ["wide", { colorScheme: "dark", viewport: { width: 2560, height: 1300 } }],
])
  test(`every page is accessible and fits: ${name}`, () =>
    studio(
      { map: true, groups: true },
      "data",
      async ({ page, url }) => {
        for (const where of ["data", "data?sample=12", "data?view=map", "data?view=groups", "teacher", "review", "train", "model", "device"]) {
          await page.goto(`${url}#/${where}`);
          const start = page.getByRole("button", { name: "Start the review" });
          if (where === "review") await start.click();
          await page.waitForTimeout(where === "review" ? 500 : 250);
          await screenshot(page, `fake-${name}-${where.replace(/\W+/g, "-")}`);
          if (name !== "wide") await accessible(page, `${name}, ${where}`);
          await fits(page, `${name}, ${where}`);
        }
      },
      context,
    ));

test("on a phone the buttons of a page stand in one row with its title", () =>
  studio(
    {},
    "data",
    async ({ page, url }) => {
      for (const where of ["data", "review"]) {
        await page.goto(`${url}#/${where}`);
        if (where === "review") await page.getByRole("button", { name: "Start the review" }).click();
        await page.getByRole("button", { name: "Keys" }).waitFor();
        const middles = await page.evaluate(() =>
          [...document.querySelectorAll(".page-head > :not(.muted, input)")]
            .map((one) => one.getBoundingClientRect())
            .filter((box) => box.height > 0)
            .map((box) => box.top + box.height / 2),
        );
        assert.ok(middles.length >= 3 && Math.max(...middles) - Math.min(...middles) < 12, `${where}: ${middles}`);
      }
      await page.goto(`${url}#/data`);
      await screenshot(page, "phone-head");
    },
    { viewport: { width: 360, height: 740 } },
  ));

const kLongName = "a person who carries something large, a ladder, a plank or a wardrobe, through the yard’s gate";

/** Each key hint is whole within what holds it, and the window. */
async function keysShow(page, within, where) {
  const cut = await page.evaluate((within) => {
    const seen = [...document.querySelectorAll(`${within} kbd`)].filter((kbd) => kbd.textContent);
    const cut = seen.filter((kbd) => {
      const [key, button] = [kbd.getBoundingClientRect(), kbd.closest("button").getBoundingClientRect()];
      const box = kbd.closest(within).getBoundingClientRect();
      return key.width < 16 || key.right > button.right || button.right > box.right + 1 || key.right > innerWidth;
    });
    return seen.length === 0 ? ["none"] : cut.map((kbd) => kbd.parentElement.textContent);
  }, within);
  assert.deepEqual(cut, [], where);
}

for (const width of [1280, 360])
  test(`a long class name leaves its key in sight at ${width} pixels`, () => {
    const options = { classes: [kLongName, "no"], groups: true };
    return studio(
      options,
      "data?sample=1",
      async ({ page, url }) => {
        await page.locator(".panel .stands").waitFor();
        await keysShow(page, ".panel", "details");
        const name = page.locator(".panel .class-buttons .tag").first();
        const whole = ([tag]) => tag.scrollWidth <= tag.clientWidth + 1;
        assert.ok(await name.locator("span").evaluateAll(whole), "it is read whole there");
        await fits(page, "details");
        await screenshot(page, `long-name-details-${width}`);
        await page.goto(`${url}#/data?view=groups`);
        await page.locator(".group").first().waitFor();
        await keysShow(page, ".group", "groups");
        assert.equal(await page.locator(".group .button .tag").first().getAttribute("title"), kLongName);
        await screenshot(page, `long-name-groups-${width}`);
        await page.goto(`${url}#/review`);
        await page.getByRole("button", { name: "Start the review" }).click();
        await page.locator(".decide").waitFor();
        await keysShow(page, ".decide", "review");
        await fits(page, "review");
        await screenshot(page, `long-name-review-${width}`);
      },
      { viewport: { width, height: 800 } },
    );
  });
