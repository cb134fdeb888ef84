// What can wait until the frame that is being made was drawn.
const waiting = new Set<() => void>();
let asked = false;

/** Calls it once what the page looks like now was drawn; the result calls it off. */
export function afterPaint(work: () => void): () => void {
  const own = () => work();
  waiting.add(own);
  if (!asked) {
    asked = true;
    requestAnimationFrame(() => setTimeout(run)); // a frame's callbacks come before it is drawn
  }
  return () => waiting.delete(own);
}

function run(): void {
  asked = false;
  const now = [...waiting];
  waiting.clear();
  for (const work of now) work();
}
