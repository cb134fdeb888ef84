// Cascade: the tiny model watches, its events wake a large one.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { address, get } from "../api/client";
import type { CascadeEvent, EventLog, Job } from "../api/types";
import { Button, Card, ClassTag, Empty, Figures } from "../parts/common";
import { AmountField, CheckField, TextField, WordField } from "../parts/fields";
import { Report } from "../parts/report";
import { JobLines } from "../parts/shell";
import { answerWords, askedWords, sourcesIn, sourceWords, timeWords, tunedWords, withNewer } from "../state/events";
import { complainOf } from "../state/notices";
import { activeJobs, connections, newestJob, project, startJob, stopJob } from "../state/studio";
import { count, dollars, percent } from "../state/words";

const kAtOnce = 50;
const kMilliseconds = 3000; // between looks at the log, which the command line may write, too

export function CascadePage(): JSX.Element {
  const running = activeJobs.value.find((job) => job.verb === "cascade");
  const last = newestJob("cascade");
  const { log, events, older } = useEvents();
  const [pages, setPages] = useState<Record<string, boolean>>({});
  const made = newestJob("events");
  const tuned = newestJob("tune");
  useEffect(() => {
    get<Record<string, boolean>>("reports").then(setPages, complainOf);
  }, [connections.value, made?.state, tuned?.state]);
  return (
    <>
      <div class="page-head">
        <h1>Cascade</h1>
        <p class="muted grow">The tiny net watches; what it finds is an event, and wakes a large model.</p>
        {running && (
          <Button icon="stop" kind="danger" onClick={() => void stopJob(running)}>
            Stop watching
          </Button>
        )}
      </div>
      <div class="cards">
        {running ? <Watching job={running} /> : <Watch />}
        <Tune tuned={tuned} page={pages.tune === true} />
      </div>
      {!running && last?.error && (
        <Card title="The last watch">
          <JobLines job={last} />
        </Card>
      )}
      {log && log.total === 0 && (
        <Empty title="No events yet">
          <p>Watch a recording or a camera; what the net finds there appears here while it watches.</p>
        </Empty>
      )}
      {log && log.total > 0 && (
        <Card
          title="Events"
          aside={<Button onClick={() => void startJob({ verb: "events" })}>Make their page</Button>}
        >
          <Figures
            figures={[
              { name: "In the log", value: count(log.total) },
              { name: "Questions", value: count(log.questions) },
              { name: "Cost", value: dollars(log.usd) },
            ]}
          />
          {pages.events && <Report title="The newest events as a page" path="reports/events" written={made?.id} />}
          <ol class="events">
            {events.map((event) => (
              <EventRow key={event.event} event={event} />
            ))}
          </ol>
          {events.length < log.total && <Button onClick={older}>Show older ones</Button>}
        </Card>
      )}
    </>
  );
}

/** The log, looked at every few seconds while somebody sees the page. */
function useEvents(): { log: EventLog | undefined; events: CascadeEvent[]; older: () => void } {
  const [log, setLog] = useState<EventLog>();
  const [events, setEvents] = useState<CascadeEvent[]>([]);
  const look = () =>
    get<EventLog>("cascade/events", { count: kAtOnce }).then((found) => {
      setLog(found);
      setEvents((known) => withNewer(known, found.events));
    });
  useEffect(() => {
    look().catch(complainOf);
    const timer = setInterval(() => {
      if (!document.hidden) look().catch(() => undefined); // the connection's own line tells that it is lost
    }, kMilliseconds);
    return () => clearInterval(timer);
  }, [connections.value]);
  const older = () => {
    const before = events.at(-1)?.event;
    get<EventLog>("cascade/events", { before, count: kAtOnce }).then(
      (found) => setEvents((known) => withNewer(known, found.events)),
      complainOf,
    );
  };
  return { log, events, older };
}

function Watch(): JSX.Element {
  const [sources, setSources] = useState("");
  const [teacher, setTeacher] = useState("");
  const [budget, setBudget] = useState("");
  const start = () =>
    void startJob({
      verb: "cascade",
      sources: sourcesIn(sources),
      ...(teacher && { teacher }),
      ...(Number(budget) > 0 && { budget_usd: Number(budget) }),
    });
  return (
    <Card title="Watch">
      <div class="form">
        <TextField
          label="Sources, one a line"
          name="sources"
          rows={3}
          code
          placeholder={"yard.mp4\nrtsp://camera.local/stream\ncamera:0"}
          value={sources}
          change={setSources}
        />
        <WordField
          label="Who is asked about events"
          name="asked"
          choices={project.value?.teachers}
          placeholder="as in dewdrop.toml"
          value={teacher}
          change={setTeacher}
        />
        <AmountField
          label="Budget in US dollars"
          name="watch-budget"
          step={0.01}
          placeholder="no limit"
          value={budget}
          change={setBudget}
        />
      </div>
      <p class="muted">
        Files lie in {project.value?.folder}. An address with a password is written env:NAME, and stands in the
        environment of the server. What counts as an event stands in dewdrop.toml, under [cascade].
      </p>
      <div class="button-row">
        <Button icon="play" kind="primary" disabled={sourcesIn(sources).length === 0} onClick={start}>
          Watch
        </Button>
      </div>
    </Card>
  );
}

function Watching({ job }: { job: Job }): JSX.Element {
  return (
    <Card title="Watching">
      <JobLines job={job} />
      <p class="muted">Events are stored as they happen. A camera is watched until you stop it.</p>
    </Card>
  );
}

function Tune({ tuned, page }: { tuned: Job | undefined; page: boolean }): JSX.Element {
  const [sources, setSources] = useState("");
  const [write, setWrite] = useState(false);
  const busy = activeJobs.value.some((job) => job.verb === "tune");
  return (
    <Card title="Thresholds">
      <TextField
        label="Recordings whose events are known, one a line"
        name="recordings"
        rows={2}
        code
        placeholder="monday.mp4"
        value={sources}
        change={setSources}
      />
      <p class="muted">Beside monday.mp4 lies monday.truth.csv: start_s,end_s,class.</p>
      <CheckField label="put what is chosen into dewdrop.toml" value={write} change={setWrite} />
      <div class="button-row">
        <Button
          disabled={busy || sourcesIn(sources).length === 0}
          onClick={() => void startJob({ verb: "tune", sources: sourcesIn(sources), write })}
        >
          {busy ? "Choosing …" : "Choose thresholds"}
        </Button>
      </div>
      {tuned && <JobLines job={tuned} />}
      {tuned?.state === "done" && tunedWords(tuned.outcome).map((line) => <p key={line}>{line}</p>)}
      {page && (
        <Report
          title={`Recall against false events, and the scores${tuned?.state === "failed" ? " (of an earlier tuning)" : ""}`}
          path="reports/tune"
          written={tuned?.id}
        />
      )}
    </Card>
  );
}

function EventRow({ event }: { event: CascadeEvent }): JSX.Element {
  return (
    <li>
      <div class="strip" tabIndex={0} role="group" aria-label={`Pictures of the event, ${timeWords(event)}`}>
        {event.pictures.map((picture, number) => (
          <img
            key={number}
            src={address(`cascade/events/${event.event}/picture`, { number })}
            alt={`${event.class} ${picture.why}, ${percent(picture.score, 0)}`}
            title={`${picture.seconds.toFixed(1)} s, ${percent(picture.score, 0)}, ${picture.why}`}
            loading="lazy"
          />
        ))}
      </div>
      <p>
        <ClassTag name={event.class} /> <span class="figure">{percent(event.score, 0)}</span>{" "}
        <span class="muted">
          {timeWords(event)} · {sourceWords(event)}
          {event.state === "cut" && " · its end was not seen"}
        </span>
      </p>
      {event.answers.map((answer, index) => (
        <p key={index} class="reason">
          {answerWords(answer)} <span class="muted">{askedWords(answer)}</span>
        </p>
      ))}
    </li>
  );
}
