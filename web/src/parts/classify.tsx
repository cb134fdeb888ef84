// A picture or the camera, classified by the server's int8 net: the very bits that the device computes.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { postBytes } from "../api/client";
import type { Classified } from "../api/types";
import { attempt } from "../state/notices";
import { percent } from "../state/words";
import { Camera, frameOf, hasCamera } from "./camera";
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
            <Camera
              started={(video) => watch(run, video, setResult, () => setCamera(false))}
              stop={() => setCamera(false)}
            />
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
        {hasCamera() && (
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

/** Sends a frame when the answer to the one before is there, until it is called off. */
function watch(run: number, video: HTMLVideoElement, show: (result: Classified) => void, stop: () => void): () => void {
  let over = false;
  const look = async () => {
    while (!over) {
      const frame = await frameOf(video, kFrameSide);
      const result = frame && (await attempt(() => postBytes<Classified>(`runs/${run}/classify`, frame)));
      if (over) return;
      if (frame && !result) return stop(); // the failure is shown
      if (result) show(result);
      await new Promise((resolve) => setTimeout(resolve, result ? 60 : 200));
    }
  };
  void look();
  return () => void (over = true);
}
