// Which page is shown: the address's hash, "#/data?class=yes&sample=12". What a link cannot say is kept elsewhere.
import { signal } from "@preact/signals";

export const kPages = ["data", "teacher", "review", "train", "model", "device"] as const;
export type PageName = (typeof kPages)[number];

export interface Route {
  page: PageName;
  query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const page = kPages.find((name) => name === path) ?? "data";
  return { page, query: Object.fromEntries(new URLSearchParams(search)) };
}

export function formatRoute(page: PageName, query: Record<string, string | number | undefined> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return `#/${page}${text ? `?${text}` : ""}`;
}

export const route = signal<Route>(parseRoute(""));

export function followAddress(): void {
  const read = () => (route.value = parseRoute(location.hash));
  addEventListener("hashchange", read);
  read();
}

export function go(page: PageName, query: Record<string, string | number | undefined> = {}): void {
  location.hash = formatRoute(page, query);
}

/** Changes what the address says of this page, without an entry in the browser's history. */
export function refine(query: Record<string, string | number | undefined>): void {
  const next = formatRoute(route.value.page, { ...route.value.query, ...query });
  history.replaceState(null, "", next);
  route.value = parseRoute(next);
}
