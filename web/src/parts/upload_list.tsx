// Files on their way. Gone when all have arrived: from then on the job bar tells.
import type { JSX } from "preact";
import { callOff, sending, uploads } from "../state/uploads";
import { count } from "../state/words";
import { Bar, Button } from "./common";

export function UploadList(): JSX.Element | null {
  if (!sending.value) return null;
  const all = uploads.value;
  const sent = all.filter((one) => one.state === "sent" || one.state === "failed").length;
  const share = all.reduce((sum, one) => sum + one.share, 0) / all.length;
  const current = all.find((one) => one.state === "sending");
  return (
    <div class="uploads" role="status">
      <p>
        <strong>
          Sending {count(sent)} of {count(all.length)}
        </strong>{" "}
        <span class="muted">{current?.name}</span>
      </p>
      <Bar share={share} label="Sending files" />
      <Button kind="quiet" onClick={callOff}>
        Stop sending
      </Button>
    </div>
  );
}
