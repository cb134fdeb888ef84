// Pictures from the camera into the project: one by one, or one a second.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { send } from "../state/uploads";
import { plural } from "../state/words";
import { Camera, frameOf } from "./camera";
import { Button, Dialog } from "./common";

const kLongestSide = 1080;

export function Recorder({ close }: { close: () => void }): JSX.Element {
  const video = useRef<HTMLVideoElement>();
  const [taken, setTaken] = useState(0);
  const [running, setRunning] = useState(false);
  const take = async () => {
    const frame = video.current && (await frameOf(video.current, kLongestSide));
    if (!frame) return;
    const time = new Date().toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 19);
    send([new File([frame], `camera-${time}.jpg`, { type: "image/jpeg" })]);
    setTaken((before) => before + 1);
  };
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => void take(), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return (
    <Dialog title="Pictures from the camera" close={close}>
      <div class="recorder">
        <Camera
          started={(element) => {
            video.current = element;
            return () => (video.current = undefined);
          }}
          stop={close}
        />
      </div>
      <div class="button-row">
        <Button icon="camera" kind="primary" onClick={() => void take()}>
          Take a picture
        </Button>
        <Button icon={running ? "stop" : "play"} onClick={() => setRunning(!running)}>
          {running ? "Stop" : "One a second"}
        </Button>
        <span class="muted grow taken" aria-live="polite">
          {plural(taken, "picture")} taken
        </span>
      </div>
    </Dialog>
  );
}
