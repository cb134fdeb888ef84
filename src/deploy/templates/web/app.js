// The page: pictures of the camera or the gallery through the net, and what it says.
import { load } from './dewdrop.js';

const MOST_SHOWN = 1024;  // pixels of the longer side of a picture as it is shown, and sent back
const MOST_SIDE = 4096;  // pixels a side, and in all, of what the library takes
const MOST_PIXELS = 16e6;
const element = (id) => document.getElementById(id);
const video = element('video');
const canvas = element('picture');
const frame = document.createElement('canvas');
const context = frame.getContext('2d', { willReadFrequently: true });

const BETWEEN = 2000;  // milliseconds at least between two pictures that are sent back
const QUALITY = 0.92;

let model;
let stream = null;
let facing = 'environment';
let looking = 0;  // grows with every start: a loop of an earlier one ends
let offer = null;  // the browser's, to install the page
let secret = new URLSearchParams(location.hash.slice(1)).get('back');  // from `dewdrop run --on phone`: pictures may go back
let sentAt = 0;
let sent = 0;

function trouble(text) {
  element('trouble').textContent = text;
  element('trouble').hidden = text === '';
}

function showBars() {
  element('bars').replaceChildren(...model.classes.map((name, i) => {
    const row = document.createElement('li');
    const label = document.createElement('span');
    const bar = document.createElement('span');
    const value = document.createElement('span');
    label.textContent = name;
    bar.className = 'bar';
    bar.append(document.createElement('i'));
    if (model.thresholds[i] > 0) {
      const mark = document.createElement('b');
      mark.style.left = `${model.thresholds[i] * 100}%`;
      mark.title = `said from ${Math.round(model.thresholds[i] * 100)} % on`;
      bar.append(mark);
    }
    row.append(label, bar, value);
    return row;
  }));
}

function tell(answer, milliseconds) {
  const rows = element('bars').children;
  answer.scores.forEach((score, i) => {
    rows[i].querySelector('i').style.transform = `scaleX(${score})`;
    rows[i].lastElementChild.textContent = `${Math.round(score * 100)} %`;
  });
  const text = answer.class ?? 'unknown';
  if (element('answer').textContent !== text) element('answer').textContent = text;
  element('answer').classList.toggle('unknown', answer.class === null);
  const why = answer.class !== null ? '' : answer.known ? ' · no class is sure enough' : ' · unlike anything it was taught';
  element('figures').textContent = `${milliseconds.toFixed(1)} ms${why}`;
  document.body.dataset.answer = answer.class ?? 'unknown';
  document.body.dataset.raw = answer.raw.join(' ');
}

// At most MOST_SHOWN pixels on its longer side; what shows through is white, as for the net.
function smaller(source) {
  const scale = Math.min(1, MOST_SHOWN / Math.max(source.width, source.height));
  const small = document.createElement('canvas');
  small.width = Math.max(1, Math.round(source.width * scale));
  small.height = Math.max(1, Math.round(source.height * scale));
  const drawing = small.getContext('2d');
  drawing.fillStyle = 'white';
  drawing.fillRect(0, 0, small.width, small.height);
  drawing.drawImage(source, 0, 0, small.width, small.height);
  return small;
}

// What it is unsure about becomes a sample of the project, where a large model or a person says what it shows.
function sendBack() {
  if (!element('send').checked || performance.now() - sentAt < BETWEEN) return;
  sentAt = performance.now();
  smaller(frame).toBlob(async (picture) => {
    try {
      const reply = await fetch('back', { method: 'POST', headers: { 'X-Dewdrop-Secret': secret }, body: picture });
      if (!reply.ok) throw new Error((await reply.json()).error);
      element('sent').textContent = `${++sent} sent`;
    } catch (error) {
      element('send').checked = false;
      trouble(`Pictures cannot be sent back: ${error.message}`);
    }
  }, 'image/jpeg', QUALITY);
}

// Draws the source and classifies it. It is scaled down only where the library takes no more, each side by itself: the net
// sees it stretched, and what the browser's scaling leaves of a long picture's short side would be another picture.
function look(source, width, height) {
  const sides = [Math.min(width, MOST_SIDE), Math.min(height, MOST_SIDE)];
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (sides[0] * sides[1])));
  frame.width = Math.max(1, Math.floor(sides[0] * scale));
  frame.height = Math.max(1, Math.floor(sides[1] * scale));
  context.drawImage(source, 0, 0, frame.width, frame.height);
  const picture = context.getImageData(0, 0, frame.width, frame.height);
  const began = performance.now();
  const answer = model.classify(picture);
  tell(answer, performance.now() - began);
  if (answer.class === null) sendBack();
}

function watch(turn) {
  if (turn !== looking || stream === null) return;
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) look(video, video.videoWidth, video.videoHeight);
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(() => watch(turn));
  else requestAnimationFrame(() => watch(turn));
}

// An answer stands beside the picture that it is about, or not at all.
function clearAnswer() {
  element('answer').textContent = '';
  element('figures').textContent = '';
  for (const row of element('bars').children) {
    row.querySelector('i').style.transform = 'scaleX(0)';
    row.lastElementChild.textContent = '';
  }
  delete document.body.dataset.answer;
}

// The camera's light goes out.
function stop() {
  ++looking;
  if (stream !== null) {
    stream.getTracks().forEach((track) => track.stop());
    clearAnswer();
  }
  stream = null;
  video.srcObject = null;
  element('start').textContent = 'Start camera';
}

// Pulled out, or taken by another program.
function cameraGone(turn) {
  if (turn !== looking) return;
  stop();
  trouble('The camera is gone. Connect it or close the program that has it, then start again.');
}

const WHY = {
  NotAllowedError: 'The camera is not allowed. Allow it in the browser’s settings for this page, then start again.',
  NotFoundError: 'There is no camera. Choose a picture instead.',
  NotReadableError: 'Another program has the camera. Close it, then start again.',
};

async function start() {
  trouble('');
  if (!navigator.mediaDevices) {
    trouble('This page was not opened over https, so the browser gives it no camera. Pictures work.');
    return;
  }
  stop();
  const turn = looking;
  try {
    const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: facing }, width: { ideal: 640 } } });
    if (turn !== looking) {  // the page was hidden meanwhile
      opened.getTracks().forEach((track) => track.stop());
      return;
    }
    stream = opened;
    stream.getVideoTracks().forEach((track) => track.addEventListener('ended', () => cameraGone(turn)));
    video.srcObject = stream;
    await video.play();
  } catch (error) {
    if (turn !== looking) return;  // stopped meanwhile, which says itself why
    stop();
    trouble(WHY[error.name] ?? `The camera cannot be opened: ${error.message}`);
    return;
  }
  canvas.hidden = true;
  video.hidden = false;
  element('hint').hidden = true;
  element('start').textContent = 'Stop camera';
  showOtherCamera();
  if (offer !== null) element('install').hidden = false;  // on iOS a page that is installed first is never asked for the camera
  watch(turn);
}

async function showOtherCamera() {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === 'videoinput');
  element('turn').hidden = cameras.length < 2;
}

async function choose(file) {
  if (!file) return;
  stop();
  clearAnswer();
  trouble('');
  const turn = looking;
  try {
    const picture = await createImageBitmap(file);
    if (turn !== looking) return;  // the camera was started meanwhile, or another picture chosen
    const shown = smaller(picture);
    canvas.width = shown.width;
    canvas.height = shown.height;
    canvas.getContext('2d').drawImage(shown, 0, 0);
    canvas.hidden = false;
    video.hidden = true;
    element('hint').hidden = true;
    look(picture, picture.width, picture.height);
  } catch {
    trouble('This file is no picture that the browser can read.');
  }
}

element('start').addEventListener('click', () => (stream === null ? start() : stop()));
element('turn').addEventListener('click', () => {
  facing = facing === 'environment' ? 'user' : 'environment';
  start();
});
element('file').addEventListener('change', (event) => {
  const [file] = event.target.files;
  event.target.value = '';  // so that the same file can be chosen again
  choose(file);
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) stop();
});
addEventListener('pagehide', stop);
addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  offer = event;
  element('install').hidden = stream === null;
});
element('install').addEventListener('click', async () => {
  if (offer === null) return;
  offer.prompt();
  await offer.userChoice;
  offer = null;
  element('install').hidden = true;
});

// An installed page is opened without the address of the QR code.
try {
  if (secret !== null) localStorage.setItem('back', secret);
  else secret = localStorage.getItem('back');
} catch {}  // no storage: only this visit knows it
element('back').hidden = secret === null;
element('send').addEventListener('change', () => {
  element('hint').textContent = element('send').checked
    ? 'Pictures that it is unsure about go back to the project.' : 'The camera’s pictures stay on this device.';
});

try {
  model = await load();
  showBars();
  element('start').disabled = false;
  element('file').disabled = false;
  document.body.dataset.ready = 'yes';
} catch (error) {
  trouble(`The net cannot be loaded: ${error.message}`);
}
if ('serviceWorker' in navigator && isSecureContext)
  navigator.serviceWorker.register('sw.js').catch(() => {
    element('note').textContent = 'This page works, but cannot be installed: the browser does not trust the machine that sent it.';
    element('note').hidden = false;
  });
