// The cascade's events, in words.
import type { CascadeEvent, EventAnswer } from "../api/types";
import { dollars, when } from "./words";

/** "2026-11-28 14:02, 12 s" of a camera; "1:05.2, 12 s" into a recording. */
export function timeWords(event: CascadeEvent): string {
  const lasted = event.state === "open" ? "going on" : `${Math.max(0, event.end - event.start).toFixed(1)} s`;
  return `${event.at ? when(event.at) : place(event.start)}, ${lasted}`;
}

function place(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(1).padStart(4, "0")}`;
}

const kStates: Record<string, string> = {
  waiting: "waits to be asked",
  asking: "is being asked",
  failed: "could not be answered",
  uncertain: "may have been asked: the program ended meanwhile",
};

export function answerWords(answer: EventAnswer): string {
  if (answer.state === "answered") return answer.answer ?? "";
  const said = kStates[answer.state] ?? answer.state;
  return answer.error ? `${said}: ${answer.error}` : said;
}

export function askedWords(answer: EventAnswer): string {
  return [answer.by, answer.cost_usd === null ? "" : dollars(answer.cost_usd)].filter(Boolean).join(" · ");
}

/** Newer pages of events put before those that are known; an event that went on takes its old place. */
export function withNewer(known: CascadeEvent[], newest: CascadeEvent[]): CascadeEvent[] {
  const fresh = new Map(newest.map((event) => [event.event, event]));
  const kept = known.map((event) => fresh.get(event.event) ?? event);
  const there = new Set(kept.map((event) => event.event));
  return [...newest.filter((event) => !there.has(event.event)), ...kept].sort((a, b) => b.event - a.event);
}

/** The sources that somebody typed, one a line. */
export function sourcesIn(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

/** What was watched: "yard.mp4", or a part of its picture. */
export function sourceWords(event: CascadeEvent): string {
  return event.region ? `${event.source}#xywh=${event.region.join(",")}` : event.source;
}

interface Judged {
  truth: number;
  found: number;
  false: number;
}

interface TunedClass {
  class: string;
  on: number;
  off: number;
  n: number;
  m: number;
  rest: number;
  chosen: Judged;
  apart: Judged;
}

/** What a tuning chose for each class, what that finds, and where it was written. */
export function tunedWords(outcome: Record<string, unknown> | null): string[] {
  const classes = (outcome?.classes ?? []) as TunedClass[];
  const found = (one: Judged) => `${one.found} of ${one.truth} found, ${one.false} false`;
  const lines = classes.map(
    (one) =>
      `${one.class}: on ${one.on.toFixed(2)}, off ${one.off.toFixed(2)}, ${one.n} of ${one.m} frames, rest ${one.rest} s; ` +
      `${found(one.chosen)} (on what did not choose: ${found(one.apart)})`,
  );
  if (classes.length > 0) lines.push(outcome?.written ? "dewdrop.toml holds this now." : "dewdrop.toml is as it was.");
  return lines;
}
