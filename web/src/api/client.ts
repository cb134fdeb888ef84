// Requests to the server. Every failure is an ApiError that says what, where and what to do next; a request that
// reached nobody is one as well, with status 0.
import type { Trouble } from "./types";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly trouble: Trouble,
  ) {
    super(trouble.what);
  }
  /** Nobody answered: the server is down or the network is cut. */
  get unreachable(): boolean {
    return this.status === 0;
  }
}

export type Query = Record<string, string | number | undefined>;

/** "/api/samples?offset=0"; what is empty or undefined is left out. */
export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return `/api/${path}${text ? `?${text}` : ""}`;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return answerOf<T>(address(path, query), { signal });
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return answerOf<T>(address(path), { method: "POST", headers, body: JSON.stringify(body) });
}

/** Bytes as they are: a picture to be classified. */
export async function postBytes<T>(path: string, bytes: Blob, signal?: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/octet-stream" };
  return answerOf<T>(address(path), { method: "POST", headers, body: bytes, signal });
}

async function answerOf<T>(url: string, request: RequestInit): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, request);
    text = await response.text();
  } catch (problem) {
    if (request.signal?.aborted) throw problem;
    throw new ApiError(0, unreachable(url));
  }
  const json = parsed(text);
  if (response.ok && json !== undefined) return json as T;
  throw new ApiError(response.status, troubleOf(response.status, json, url));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(url: string): Trouble {
  return { what: "the server does not answer", where: url, next: "start it again: dewdrop studio" };
}

/** What the server says went wrong; where it says nothing of the kind, what its status means. */
export function troubleOf(status: number, json: unknown, url: string): Trouble {
  const error = (json as { error?: Partial<Trouble> } | undefined)?.error;
  if (error && typeof error.what === "string")
    return { what: error.what, where: String(error.where ?? ""), next: String(error.next ?? "") };
  if (status === 401)
    return {
      what: "this page is not signed in to the server that answers now",
      where: url,
      next: "open the address that dewdrop studio printed when it started",
    };
  return { what: `the server answered with status ${status}`, where: url, next: "try again" };
}

/** Sends a file with its progress (0...1), which fetch() cannot tell. */
export function upload<T>(file: File, progress: (share: number) => void, signal?: AbortSignal): Promise<T> {
  const url = address("upload", { name: file.name });
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => reject(new ApiError(0, unreachable(url)));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    request.onload = () => {
      const json = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300 && json !== undefined) resolve(json as T);
      else reject(new ApiError(request.status, troubleOf(request.status, json, file.name)));
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

export function pictureAddress(id: number, side: number): string {
  return `/api/samples/${id}/picture?side=${side}`;
}
