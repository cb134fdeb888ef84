// A file from the server, saved by the browser.
import { ApiError, troubleOf } from "./client";

export async function fetchFile(url: string, fallback: string): Promise<void> {
  const response = await fetch(url).catch(() => undefined);
  if (!response)
    throw new ApiError(0, { what: "the server does not answer", where: url, next: "start it again: dewdrop studio" });
  if (!response.ok) throw new ApiError(response.status, troubleOf(response.status, await json(response), url));
  const blob = await response.blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = nameOf(response.headers.get("Content-Disposition")) ?? fallback;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function json(response: Response): Promise<unknown> {
  return response.json().catch(() => undefined);
}

/** `attachment; filename="person-c.zip"` */
export function nameOf(disposition: string | null): string | undefined {
  const found = /filename="?([^";]+)"?/.exec(disposition ?? "");
  return found?.[1]?.replaceAll(/[/\\]/g, "_");
}
