// A sample's picture, large; where it cannot be read, why.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, get, pictureAddress } from "../api/client";
import type { Trouble } from "../api/types";
import { connections, version } from "../state/studio";
import { Icon } from "./icons";

interface Props {
  id: number;
  side: number;
  alt: string;
  class?: string;
}

/** An <img> cannot say why it is broken: the server is asked again, and its words stand in the picture's place. */
export function Picture({ id, side, alt, class: look }: Props): JSX.Element {
  const address = pictureAddress(id, side);
  const [broken, setBroken] = useState<{ address: string; why: Trouble }>();
  // It may be back: the file was put in its place again, or the server is there.
  useEffect(() => setBroken(undefined), [version.value, connections.value]);
  const ask = () =>
    get<unknown>(address.replace(/^\/api\//, "")).catch((problem) => {
      if (problem instanceof ApiError && !problem.unreachable) setBroken({ address, why: problem.trouble });
    });
  if (broken?.address !== address)
    return <img key={address} class={look} data-sample={id} src={address} alt={alt} onError={() => void ask()} />;
  const { what, where, next } = broken.why;
  return (
    <div class={`${look ?? ""} no-picture`} data-sample={id}>
      <Icon name="warn" />
      <p>{[what, where, next].filter(Boolean).join(" · ")}</p>
    </div>
  );
}
