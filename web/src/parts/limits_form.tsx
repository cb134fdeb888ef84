// Limits of a board: where one is set, training searches for the best net that keeps to it.
import type { JSX } from "preact";
import { AmountField, CheckField } from "./fields";

export interface Limits {
  /** As typed, in units of 1,024 bytes. */
  ram: string;
  flash: string;
  rows: boolean;
}

/** What a training's request takes of them. */
export function limitKeys({ ram, flash, rows }: Limits): Record<string, unknown> {
  const found = {
    ...(Number(ram) > 0 && { ram_kib: Math.round(Number(ram)) }),
    ...(Number(flash) > 0 && { flash_kib: Math.round(Number(flash)) }),
  };
  return Object.keys(found).length > 0 && rows ? { ...found, rows } : found;
}

export function LimitsForm({ limits, change }: { limits: Limits; change: (limits: Limits) => void }): JSX.Element {
  const amount = (label: string, key: "ram" | "flash") => (
    <AmountField
      label={label}
      placeholder="no limit"
      value={limits[key]}
      change={(value) => change({ ...limits, [key]: value })}
    />
  );
  return (
    <details open={limits.ram !== "" || limits.flash !== ""}>
      <summary>A net that fits a board</summary>
      <div class="settings">
        {amount("RAM at most, KiB", "ram")}
        {amount("Flash at most, KiB", "flash")}
      </div>
      <CheckField
        label="the camera pushes rows, so that no whole picture is in RAM"
        value={limits.rows}
        change={(rows) => change({ ...limits, rows })}
      />
      <p class="muted">
        With a limit, nets of many shapes are measured on the project's board and the best that fit are trained: that
        takes several times as long.
      </p>
    </details>
  );
}
