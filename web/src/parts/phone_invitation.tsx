// A phone as a camera: the address of this studio as a QR code, which opens the recorder there.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { post } from "../api/client";
import { complainOf } from "../state/notices";
import { Dialog } from "./common";

interface Invitation {
  url: string;
  /** Rows of modules, "1" is dark. */
  code: string[];
}

export function PhoneInvitation({ close }: { close: () => void }): JSX.Element | null {
  const [invitation, setInvitation] = useState<Invitation>();
  useEffect(() => {
    void post<Invitation>("phone").then(setInvitation, (problem: unknown) => {
      complainOf(problem);
      close();
    });
  }, []);
  if (!invitation) return null;
  return (
    <Dialog title="Pictures from a phone" close={close}>
      <div class="invitation">
        <QrCode rows={invitation.code} />
        <ol>
          <li>Scan the code with a phone in the same network.</li>
          <li>
            Its browser warns once: the certificate is this computer’s own. Go on; the terminal shows the certificate’s
            fingerprint.
          </li>
          <li>Allow the camera. The pictures appear here as they are taken.</li>
        </ol>
        <p class="muted">The code lets one phone in, to all of the studio. Show it again for another one.</p>
        <p class="muted url">{invitation.url}</p>
      </div>
    </Dialog>
  );
}

const kQuiet = 4; // modules around the code, by ISO/IEC 18004

function QrCode({ rows }: { rows: string[] }): JSX.Element {
  const side = rows.length + 2 * kQuiet;
  const dark = rows.flatMap((row, y) =>
    [...row].flatMap((module, x) => (module === "1" ? [`M${x + kQuiet} ${y + kQuiet}h1v1h-1z`] : [])),
  );
  return (
    <svg class="qr-code" viewBox={`0 0 ${side} ${side}`} role="img" aria-label="QR code of the studio's address">
      <path d={dark.join("")} shapeRendering="crispEdges" />
    </svg>
  );
}
