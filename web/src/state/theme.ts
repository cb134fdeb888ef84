// Light, dark, or what the system says; remembered in this browser.
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const kOrder: Theme[] = ["system", "light", "dark"];
const kKey = "dewdrop.theme";

export const theme = signal<Theme>("system");
/** Counts up whenever the colours may have changed: what is drawn on a canvas draws itself anew. */
export const repainted = signal(0);

export function startTheme(): void {
  const kept = localStorage.getItem(kKey);
  choose(kOrder.find((one) => one === kept) ?? "system");
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => ++repainted.value);
}

export function choose(next: Theme): void {
  theme.value = next;
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  localStorage.setItem(kKey, next);
  ++repainted.value;
}

export function nextTheme(now: Theme): Theme {
  return kOrder[(kOrder.indexOf(now) + 1) % kOrder.length]!;
}
