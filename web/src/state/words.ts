// Numbers as people read them.

/** "12,340" */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "97.4 %" of 0...1; "–" of nothing. */
export function percent(share: number | null | undefined, digits = 1): string {
  return typeof share === "number" && Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : "–";
}

/** "0:41", "12:05", "1:02:09" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "$0.0123", "$12.34"; null: "unknown". */
export function dollars(usd: number | null | undefined): string {
  if (typeof usd !== "number") return "unknown";
  if (usd === 0) return "$0";
  return usd >= 1 ? `$${usd.toFixed(2)}` : `$${usd.toFixed(4)}`;
}

/** "17,640 B", "45.0 KB" (1,000 bytes, as the reports count). */
export function bytes(value: number): string {
  if (value < 100_000) return `${count(value)} B`;
  return value < 10_000_000 ? `${count(Math.round(value / 1000))} KB` : `${(value / 1e6).toFixed(1)} MB`;
}

/** "2026-11-28 13:25" of a time in UTC, in the reader's own zone. */
export function when(at: string | null | undefined): string {
  if (!at) return "";
  const utc = /[zZ]|[+-]\d\d:?\d\d$/.test(at) ? at : `${at.replace(" ", "T")}Z`;
  const time = new Date(utc);
  if (Number.isNaN(time.getTime())) return at;
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** The server's name of a split, as people read it. */
export function splitWord(split: string): string {
  return split === "train" ? "training" : split;
}
