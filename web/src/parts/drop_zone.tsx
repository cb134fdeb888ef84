// Files dropped anywhere on a page, or chosen with a button.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./common";
import { Icon } from "./icons";

/** Calls `take` with files that are dropped while the page is shown; true while files hang over it. */
export function useDroppedFiles(take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const newest = useRef(take);
  newest.current = take;
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const drag = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      newest.current([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", drag);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", drag);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return over;
}

export function DropCurtain({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class="curtain" aria-hidden="true">
      <Icon name="upload" size={48} />
      <p>{children}</p>
    </div>
  );
}

export function ChooseFiles(props: {
  id: string;
  label: string;
  accept: string;
  multiple?: boolean;
  kind?: "primary";
  take: (files: File[]) => void;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        id={props.id}
        type="file"
        hidden
        multiple={props.multiple}
        accept={props.accept}
        aria-label={props.label}
        onChange={(event) => {
          props.take([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <Button icon="upload" kind={props.kind} onClick={() => input.current?.click()}>
        {props.label}
      </Button>
    </>
  );
}
