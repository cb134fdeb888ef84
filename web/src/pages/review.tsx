// Review: the likeliest wrong labels first, one key a decision.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { pictureAddress, post } from "../api/client";
import type { Job, Review, ReviewCurrent } from "../api/types";
import { Bar, Button, ClassTag, Empty, KeysDialog, ScoreRow, useKeys } from "../parts/common";
import { Picture } from "../parts/picture";
import { isTyping, keyOfClass, reviewAction, type ReviewAction } from "../state/keys";
import { shareDone } from "../state/jobs";
import { attempt } from "../state/notices";
import { accept, act, loadReview, review, shown, shownDetail, undo } from "../state/review";
import { formatRoute } from "../state/route";
import { activeJobs, connections, newestJob, project, stopJob, takeJob } from "../state/studio";
import { count, percent, plural } from "../state/words";

const kSide = 640;

export function ReviewPage(): JSX.Element {
  const ranking = activeJobs.value.find((job) => job.verb === "rank");
  useEffect(() => {
    if (!ranking) void loadReview();
  }, [ranking?.id, connections.value, newestJob("rank")?.state]);
  const now = review.value;
  const open = async () => {
    const job = await attempt(() => post<Job>("review/open"));
    if (!job) return;
    takeJob(job);
    await loadReview();
  };
  return (
    <>
      <div class="page-head">
        <h1>Review</h1>
        <p class="muted grow">
          {now?.state === "open" ? progress(now) : "The labels most likely to be wrong come first."}
        </p>
        {now?.state === "open" && <Tools open={open} />}
      </div>
      {ranking || now?.state === "ranking" ? (
        <Ranking job={ranking} />
      ) : !now || now.state === "closed" ? (
        <Closed open={open} loading={!now} />
      ) : shown.value === null ? (
        <Through now={now} open={open} />
      ) : (
        <Suspect now={now} id={shown.value} detail={shownDetail.value} />
      )}
    </>
  );
}

function progress(now: Review): string {
  const at = now.current ? now.position + 1 : now.length;
  return `${count(at)} of ${count(now.length)} · ${count(now.decided)} decided, ${count(now.changed)} changed, ${count(now.skipped)} skipped`;
}

function Tools({ open }: { open: () => Promise<void> }): JSX.Element {
  const [help, setHelp] = useState(false);
  const now = project.value!;
  useKeys((event) => {
    if (event.defaultPrevented || help || isTyping(event.target)) return;
    // A button that has the focus takes Enter and Space itself.
    const onButton = (event.target as HTMLElement).closest?.("button, a") != null;
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const action = reviewAction(event, now.classes, now.unsure);
    if (!action) return;
    event.preventDefault();
    const decides = action.kind === "class" || action.kind === "accept" || action.kind === "skip";
    if (event.repeat && decides) return; // a key that is held decides once
    if (action.kind === "help") setHelp(true);
    else perform(action);
  });
  return (
    <>
      <Button kind="quiet" onClick={() => void open()}>
        Rank anew
      </Button>
      <Button kind="quiet" icon="help" label="Keys" onClick={() => setHelp(true)} />
      {help && <KeysDialog keys={kKeys} close={() => setHelp(false)} />}
    </>
  );
}

const kKeys: [string, string][] = [
  ["1 … 9", "the picture shows the first … ninth class"],
  ["0", "set it aside: nobody can tell"],
  ["Enter", "the label that stands is right"],
  ["Space", "skip: it is asked about another time"],
  ["F or →", "the next one (skips)"],
  ["D or ←", "the one before (takes the last step back)"],
  ["Ctrl+Z or Backspace", "take the last step back"],
  ["?", "this list"],
];

function perform(action: ReviewAction): void {
  if (action.kind === "class") void act("decide", action.name);
  else if (action.kind === "accept") void accept();
  else if (action.kind === "skip" || action.kind === "next") void act("skip");
  else if (action.kind === "undo" || action.kind === "previous") void undo();
}

function Suspect(props: { now: Review; id: number; detail: ReviewCurrent | null }): JSX.Element {
  const { now, id, detail } = props;
  const facts = project.value!;
  const main = useRef<HTMLDivElement>(null);
  useFetchedAhead(now);
  useEffect(() => main.current?.focus({ preventScroll: true }), []);
  return (
    <div class="review-body" ref={main} tabIndex={-1} aria-label="The label in question" role="group">
      <figure class="suspect">
        <Picture id={id} side={kSide} alt={detail ? `Sample ${detail.name}` : "The next sample"} />
        <figcaption>
          <a href={formatRoute("data", { sample: id })}>{detail?.name ?? " "}</a>
        </figcaption>
      </figure>
      <div class="opinions">
        <h2 class="question">{facts.question}</h2>
        {detail && <Opinions detail={detail} />}
        <div class="decide" role="group" aria-label="Decide">
          {[...facts.classes, ...(facts.unsure ? [facts.unsure] : [])].map((name) => (
            <button key={name} type="button" class="button big" onClick={() => void act("decide", name)}>
              <ClassTag name={name} plain />
              <kbd>{keyOfClass(name, facts.classes, facts.unsure)}</kbd>
            </button>
          ))}
        </div>
        <div class="button-row">
          <Button icon="check" kind="primary" disabled={!detail} onClick={() => void accept()}>
            Label is right <kbd>Enter</kbd>
          </Button>
          <Button onClick={() => void act("skip")}>
            Skip <kbd>Space</kbd>
          </Button>
          <Button icon="undo" onClick={() => void undo()}>
            Undo <kbd>⌫</kbd>
          </Button>
        </div>
        <Bar share={now.length ? now.position / now.length : null} label="Reviewed" />
      </div>
    </div>
  );
}

function Opinions({ detail }: { detail: ReviewCurrent }): JSX.Element {
  const agree = detail.label === detail.classifier;
  return (
    <>
      <section>
        <h3>The label that stands</h3>
        <ScoreRow
          name={detail.label}
          score={detail.label_probability}
          text={percent(detail.label_probability, 0)}
          strong
        />
        {detail.reason && <p class="reason">{detail.reason}</p>}
        {detail.confidence !== null && <p class="muted">The teacher was sure to {percent(detail.confidence, 0)}.</p>}
      </section>
      <section>
        <h3>{agree ? "The classifier agrees" : "The classifier says"}</h3>
        <ScoreRow
          name={detail.classifier}
          score={detail.classifier_probability}
          text={percent(detail.classifier_probability, 0)}
          strong={!agree}
        />
        <p class="muted">It learned from the other labels and never saw this one. Both bars are its probabilities.</p>
      </section>
    </>
  );
}

/** Holds the pictures that come next, so that a key shows one at once. */
function useFetchedAhead(now: Review): void {
  const kept = useRef(new Map<number, HTMLImageElement>());
  const wanted = now.next.join(",");
  useEffect(() => {
    const next = new Map<number, HTMLImageElement>();
    for (const id of now.next) {
      const image = kept.current.get(id) ?? new Image();
      if (!image.src) {
        image.src = pictureAddress(id, kSide);
        void image.decode().catch(() => {}); // shown broken where it is broken
      }
      next.set(id, image);
    }
    kept.current = next;
  }, [wanted]);
}

function Ranking({ job }: { job: Job | undefined }): JSX.Element {
  return (
    <Empty title="Ranking the labels">
      <p>A classifier learns from the labels and says which of them it would not have given.</p>
      <Bar share={job ? shareDone(job) : null} label="Ranking" />
      {job && (
        <Button icon="stop" onClick={() => void stopJob(job)}>
          Stop
        </Button>
      )}
    </Empty>
  );
}

function Closed(props: { open: () => Promise<void>; loading: boolean }): JSX.Element {
  const now = project.value!;
  const labelled = now.samples - now.unlabelled;
  if (props.loading) return <p class="muted loading">Loading the review …</p>;
  if (labelled === 0)
    return (
      <Empty title="There are no labels to review yet">
        <p>Let a teacher label the pictures first, or label some in the grid.</p>
        <a class="button primary" href={formatRoute("teacher")}>
          To the teacher
        </a>
      </Empty>
    );
  const asked = ["teacher", "spread", "local"].some((origin) => now.by_origin[origin]);
  if (!asked) return <NothingToReview />;
  return (
    <Empty title="Find the wrong labels">
      <p>
        A classifier learns from {plural(labelled, "label")} and ranks them: those that it would not have given come
        first. A few minutes at the head of the queue find most mistakes.
      </p>
      <Button kind="primary" icon="play" onClick={() => void props.open()}>
        Start the review
      </Button>
    </Empty>
  );
}

/** `open`: ranks anew; there may be labels by now. */
function NothingToReview({ open }: { open?: () => Promise<void> }): JSX.Element {
  return (
    <Empty title="There is nothing to review">
      <p>
        All labels are by people, and what a person has decided stands: a review asks about labels that a teacher or a
        classifier gave.{open && " One whose picture cannot be read is not asked about."}
      </p>
      <div class="button-row">
        <a class="button primary" href={formatRoute("train")}>
          Train
        </a>
        <a class="button" href={formatRoute("data")}>
          Look at the labels
        </a>
        {open && <Button onClick={() => void open()}>Rank anew</Button>}
      </div>
    </Empty>
  );
}

function Through({ now, open }: { now: Review; open: () => Promise<void> }): JSX.Element {
  if (now.current) return <p class="muted loading">Storing your decisions …</p>;
  if (now.length === 0) return <NothingToReview open={open} />;
  return (
    <Empty title="The queue is through">
      <p>
        You decided about {plural(now.decided, "label")} and changed {count(now.changed)} of them; {count(now.skipped)}{" "}
        were skipped. Train again to see what that does.
      </p>
      <div class="button-row">
        <a class="button primary" href={formatRoute("train")}>
          Train
        </a>
        <Button icon="undo" onClick={() => void undo()}>
          Undo the last step
        </Button>
        <Button onClick={() => void open()}>Rank anew</Button>
      </div>
    </Empty>
  );
}
