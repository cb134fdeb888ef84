// A project of its own for the walk, and the real server over it.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { png } from "../fake/picture.mjs";

export const kPictures = 48;

/** A folder with pictures that are unlike one another, reddish for yes and bluish for no, and recorded answers of
 * which a few are wrong. */
export function makeFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "dewdrop-walk-"));
  fs.mkdirSync(path.join(folder, "pictures"));
  const answers = [];
  const files = [];
  for (let id = 1; id <= kPictures; ++id) {
    const yes = id % 2 === 1;
    const name = `${yes ? "red" : "blue"}-${String(id).padStart(2, "0")}.png`;
    files.push(path.join(folder, "pictures", name));
    fs.writeFileSync(files.at(-1), blocks(id, yes));
    const said = id % 16 === 3 ? !yes : yes;
    answers.push({
      sample: name,
      label: said ? "yes" : "no",
      reason: `It looks ${said ? "warm" : "cold"} <b>to me</b>.`,
    });
  }
  fs.writeFileSync(path.join(folder, "answers.jsonl"), answers.map((one) => JSON.stringify(one)).join("\n") + "\n");
  return { folder, files };
}

/** 8 x 8 blocks of different lightness, 96 pixels wide. */
function blocks(seed, warm) {
  let state = seed * 2654435761;
  const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) / 2 ** 24;
  const light = Array.from({ length: 64 }, () => 30 + 170 * random());
  return png(96, (x, y) => {
    const value = light[8 * Math.floor(y / 12) + Math.floor(x / 12)];
    return warm ? [Math.min(255, value + 50), value, value * 0.6] : [value * 0.6, value, Math.min(255, value + 50)];
  });
}

export function dewdrop(program, ...args) {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Starts `dewdrop studio`; `url` is the address with the token that it prints. */
export async function startStudio(program, project) {
  const child = spawn(program, ["studio", "-C", project, "--no-open"], {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    const listen = (bytes) => {
      said += bytes;
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", (code) => reject(new Error(`dewdrop studio ended with ${code}: ${said}`)));
  });
  const stop = () =>
    new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGINT");
    });
  return { url, stop, port: Number(new URL(url).port) };
}
