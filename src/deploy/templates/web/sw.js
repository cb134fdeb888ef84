// Offline: all files of this version are kept when the page is first opened; another version takes their place as a whole.
// One origin may have several such pages: each minds its own.
const OWN = `dewdrop ${self.registration.scope} `;
const VERSION = `${OWN}@VERSION@`;
const FILES = ['./', 'index.html', 'app.js', 'dewdrop.js', 'model.js', 'model.wasm', 'style.css', 'icon.svg', 'manifest.webmanifest'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' }))))
    .then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith(OWN) && name !== VERSION).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  event.respondWith(caches.open(VERSION).then(async (cache) =>
    (await cache.match(event.request, { ignoreSearch: true })) ?? fetch(event.request)));
});
