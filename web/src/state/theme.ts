// Light, dark, or what the system says; remembered in this browser.
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const kOrder: Theme[] = ["system", "light", "dark"];
const kKey = "dewdrop.theme";

export const theme = signal<Theme>("system");
/** Counts up whenever the colours may have changed: what is drawn on a canvas draws itself anew. */
export const repainted = signal(0);

const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)");

export function startTheme(): void {
  const kept = localStorage.getItem(kKey);
  choose(kOrder.find((one) => one === kept) ?? "system");
  systemIsDark().addEventListener("change", paint);
}

export function choose(next: Theme): void {
  theme.value = next;
  localStorage.setItem(kKey, next);
  paint();
}

function paint(): void {
  const dark = theme.value === "system" ? systemIsDark().matches : theme.value === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  ++repainted.value;
}

export function nextTheme(now: Theme): Theme {
  return kOrder[(kOrder.indexOf(now) + 1) % kOrder.length]!;
}
