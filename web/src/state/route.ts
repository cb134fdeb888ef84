// Which page is shown: the address's hash, "#/data?class=yes&sample=12". What a link cannot say is kept elsewhere.
import { signal } from "@preact/signals";
import { complain } from "./notices";

export const kPages = ["data", "teacher", "review", "train", "model", "device", "cascade", "compare"] as const;
export type PageName = (typeof kPages)[number];

export interface Route {
  page: PageName;
  query: Record<string, string>;
  /** What the address names instead of a page. */
  unknown?: string;
}

export function parseRoute(hash: string): Route {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const page = kPages.find((name) => name === path) ?? "data";
  const query = Object.fromEntries(new URLSearchParams(search));
  return path && page !== path ? { page, query, unknown: path } : { page, query };
}

export function formatRoute(page: PageName, query: Record<string, string | number | undefined> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return `#/${page}${text ? `?${text}` : ""}`;
}

export const route = signal<Route>(parseRoute(""));

export function followAddress(): void {
  const read = () => {
    route.value = parseRoute(location.hash);
    if (route.value.unknown)
      complain({ what: `there is no page “${route.value.unknown}”`, where: "", next: "the menu leads to all pages" });
  };
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
