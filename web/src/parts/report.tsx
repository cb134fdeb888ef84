// A page that the server wrote, whole in itself: shown in a frame in which nothing runs.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { address, type Query } from "../api/client";
import { Button } from "./common";

interface Props {
  title: string;
  path: string;
  query?: Query;
  /** Changes when the page was written anew. */
  written?: string | number;
}

export function Report({ title, path, query, written }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  const where = address(path, query);
  return (
    <div class="report">
      <div class="button-row">
        <Button onClick={() => setOpen(!open)}>{open ? `Close: ${title}` : title}</Button>
        <a class="button quiet" href={where} target="_blank" rel="noopener">
          In a window of its own
        </a>
      </div>
      {open && <iframe key={written} sandbox="" title={title} src={where} />}
    </div>
  );
}
