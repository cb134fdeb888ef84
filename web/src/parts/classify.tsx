// A picture or the camera, classified by the server's int8 net: the very bits that the device computes.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { postBytes } from "../api/client";
import type { Classified } from "../api/types";
import { attempt, complain } from "../state/notices";
import { percent } from "../state/words";
import { Button, Card, ScoreRow } from "./common";
import { ChooseFiles, DropCurtain, useDroppedFiles } from "./drop_zone";

const kFrameSide = 320;

export function Classify({ run }: { run: number }): JSX.Element {
  const [result, setResult] = useState<Classified>();
  const [picture, setPicture] = useState<string>();
  const [camera, setCamera] = useState(false);
  useEffect(() => () => void (picture && URL.revokeObjectURL(picture)), [picture]);
  const take = async (files: File[]) => {
    const file = files[0];
    if (!file) return;
    setCamera(false);
    setResult(undefined);
    setPicture(URL.createObjectURL(file));
    setResult(await attempt(() => postBytes<Classified>(`runs/${run}/classify`, file)));
  };
  const over = useDroppedFiles((files) => void take(files));
  return (
    <Card title="Try it">
      <div class="classify">
        <div class="stage">
          {camera ? (
            <Camera run={run} show={setResult} stop={() => setCamera(false)} />
          ) : picture ? (
            <img src={picture} alt="The picture that was classified" />
          ) : (
            <p class="muted">Drop a picture here, or take the camera.</p>
          )}
        </div>
        <div class="answer" aria-live="polite">
          {result ? <Answer result={result} /> : <p class="muted">The answer stands here.</p>}
        </div>
      </div>
      <div class="button-row">
        <ChooseFiles id="classify" label="Choose a picture" accept="image/*" take={(files) => void take(files)} />
        {"mediaDevices" in navigator && (
          <Button icon={camera ? "stop" : "camera"} onClick={() => setCamera(!camera)}>
            {camera ? "Stop the camera" : "Camera"}
          </Button>
        )}
      </div>
      {over && <DropCurtain>Drop a picture to classify it</DropCurtain>}
    </Card>
  );
}

/** What the device would answer. */
export function verdictOf(result: Classified): string {
  if (result.known === false) return "unknown: unlike every class";
  return result.decided ? result.class : "unknown: not sure enough";
}

function Answer({ result }: { result: Classified }): JSX.Element {
  return (
    <>
      <p class="verdict">{verdictOf(result)}</p>
      <div class="score-rows">
        {result.scores.map((one) => (
          <ScoreRow
            key={one.class}
            name={one.class}
            score={one.score}
            text={percent(one.score, 0)}
            strong={one.class === result.class}
          />
        ))}
      </div>
      <p class="muted figure">{result.milliseconds.toFixed(1)} ms on this computer</p>
    </>
  );
}

/** Sends a frame when the answer to the one before is there. The camera's light goes out when nobody looks. */
function Camera(props: { run: number; show: (result: Classified) => void; stop: () => void }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let over = false;
    const look = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 } } });
      } catch (problem) {
        complain({ what: "the camera cannot be used", where: String(problem), next: "allow it in the browser" });
        return props.stop();
      }
      const element = video.current;
      if (over || !element) return stop();
      element.srcObject = stream;
      await element.play().catch(() => {});
      while (!over) {
        const frame = await frameOf(element);
        const result = frame && (await attempt(() => postBytes<Classified>(`runs/${props.run}/classify`, frame)));
        if (over) break;
        if (frame && !result) return props.stop(); // the failure is shown
        if (result) props.show(result);
        await new Promise((resolve) => setTimeout(resolve, result ? 60 : 200));
      }
    };
    const stop = () => stream?.getTracks().forEach((track) => track.stop());
    const hidden = () => document.hidden && props.stop();
    document.addEventListener("visibilitychange", hidden);
    void look();
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", hidden);
      stop();
    };
  }, [props.run]);
  return <video ref={video} muted playsInline aria-label="The camera's picture" />;
}

/** A JPEG of what the camera shows, scaled down; undefined before the first frame. */
function frameOf(video: HTMLVideoElement): Promise<Blob | undefined> {
  if (video.videoWidth === 0) return Promise.resolve(undefined);
  const scale = Math.min(1, kFrameSide / Math.min(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), "image/jpeg", 0.9));
}
