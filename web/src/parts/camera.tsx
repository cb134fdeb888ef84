// The computer's camera, or a phone's. Its light goes out when nobody looks.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { complain } from "../state/notices";

interface Props {
  /** Called once, when there is a picture; what it returns is called at the end. */
  started: (video: HTMLVideoElement) => () => void;
  /** The camera cannot be used, or the page is hidden. */
  stop: () => void;
}

/** Of a phone's two cameras the one at its back: it is held at what is to be seen. */
const kWanted = { width: { ideal: 1280 }, facingMode: { ideal: "environment" } };

export function hasCamera(): boolean {
  return "mediaDevices" in navigator; // not on pages from elsewhere without TLS
}

export function Camera({ started, stop }: Props): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let over = false;
    let end = () => {};
    const open = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: kWanted });
      } catch (problem) {
        complain({ what: "the camera cannot be used", where: String(problem), next: "allow it in the browser" });
        return stop();
      }
      const element = video.current;
      if (over || !element) return close();
      element.srcObject = stream;
      await element.play().catch(() => {});
      if (!over) end = started(element);
    };
    const close = () => stream?.getTracks().forEach((track) => track.stop());
    const hidden = () => document.hidden && stop();
    document.addEventListener("visibilitychange", hidden);
    void open();
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", hidden);
      end();
      close();
    };
  }, []);
  return <video ref={video} muted playsInline aria-label="The camera's picture" />;
}

/** A JPEG of what the camera shows, its shorter side at most `side` pixels; undefined before the first frame. */
export function frameOf(video: HTMLVideoElement, side: number): Promise<Blob | undefined> {
  if (video.videoWidth === 0) return Promise.resolve(undefined);
  const scale = Math.min(1, side / Math.min(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), "image/jpeg", 0.92));
}
