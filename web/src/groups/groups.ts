// Groups of near-duplicates: what deciding one at once would hide, which of its pictures show it best, and the
// order in which a person goes through them. Nothing here touches the page.
import type { Group } from "../api/types";
import { labelName, labelNumber } from "../map/points";
import { count, duration, plural, splitWord } from "../state/words";

/** As many groups as the server gives at a time. */
export const kGroupsShown = 20;

/** How many of the group's samples have which label, the most first; null: no label. */
export function tally(group: Group, classes: string[], unsure: string): [string | null, number][] {
  const counts = new Map<number, number>();
  for (const label of group.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([label, amount]) => [labelName(label, classes, unsure), amount]);
}

/** Places in the group's lists of at most `most` pictures: of each label in turn, so that the few show beside the many. */
export function shownOf(group: Group, most: number): number[] {
  const byLabel = new Map<number, number[]>();
  group.labels.forEach((label, place) => byLabel.set(label, [...(byLabel.get(label) ?? []), place]));
  const shown: number[] = [];
  for (let turn = 0; shown.length < Math.min(most, group.labels.length); ++turn)
    for (const places of byLabel.values())
      if (turn < places.length && shown.length < most) shown.push(places[turn]!);
  return shown;
}

/** What deciding the group at once hides, in sentences. */
export function warningsOf(group: Group): string[] {
  const words: Record<Group["warnings"][number], () => string> = {
    time: () =>
      `Its pictures span ${duration(group.seconds)} of one video: one label for all hides what changed meanwhile.`,
    sources: () => `Its pictures come from ${plural(group.sources, "source")}: one label for all hides how these differ.`,
    splits: () => {
      const parts = Object.entries(group.splits).map(([split, amount]) => `${splitWord(split)} (${count(amount)})`);
      const tested = group.splits["test"] ? "the test asks about what was learned" : "what is measured was learned";
      return `Its pictures are in ${listed(parts)}: ${tested}.`;
    },
  };
  return group.warnings.map((warning) => words[warning]());
}

function listed(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** "12 pictures, labels that contradict one another: 8 yes, 4 no" */
export function spoken(group: Group, classes: string[], unsure: string): string {
  const labels = tally(group, classes, unsure).map(([name, amount]) => `${count(amount)} ${name ?? "without a label"}`);
  const how = group.contradictory ? "labels that contradict one another" : "labels";
  return `${plural(group.samples.length, "picture")}, ${how}: ${labels.join(", ")}`;
}

/** The group once all its samples have this label. */
export function decided(group: Group, name: string, classes: string[]): Group {
  const label = labelNumber(name, classes);
  return { ...group, labels: group.labels.map(() => label), contradictory: false };
}

/** The first samples of the groups on a page of the order. */
export function pageOf(order: number[], page: number): number[] {
  return order.slice(page * kGroupsShown, (page + 1) * kGroupsShown);
}

export function pagesOf(order: number[]): number {
  return Math.max(1, Math.ceil(order.length / kGroupsShown));
}
