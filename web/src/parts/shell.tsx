// What stands around every page: the navigation, the connection's state, what went wrong, the jobs.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { isActive, jobName, progressWords, shareDone } from "../state/jobs";
import { dismiss, notices } from "../state/notices";
import { formatRoute, kPages, route, type PageName } from "../state/route";
import { activeJobs, connection, jobs, project, shutOut, stopJob, unreadable } from "../state/studio";
import { choose, nextTheme, theme } from "../state/theme";
import { duration, percent } from "../state/words";
import type { Job } from "../api/types";
import { Bar, Button } from "./common";
import { Drop, Icon } from "./icons";

const kTitles: Record<PageName, string> = {
  data: "Data",
  teacher: "Teacher",
  review: "Review",
  train: "Train",
  model: "Model",
  device: "Device",
  cascade: "Cascade",
  compare: "Comparison",
};

export function titleOf(page: PageName): string {
  return kTitles[page];
}

export function Navigation(): JSX.Element {
  return (
    <header class="side">
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the page
      </a>
      <div class="brand">
        <Drop />
        <div>
          <strong>{project.value?.name ?? "Dewdrop"}</strong>
          <span class="muted">Dewdrop studio</span>
        </div>
      </div>
      <nav aria-label="Pages">
        {kPages.map((page) => (
          <a key={page} href={formatRoute(page)} aria-current={route.value.page === page ? "page" : undefined}>
            <Icon name={page} />
            <span>{kTitles[page]}</span>
          </a>
        ))}
      </nav>
      <ThemeSwitch />
    </header>
  );
}

/** The address's hash says which page is shown, so the link moves the focus itself. */
function skipToMain(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function ThemeSwitch(): JSX.Element {
  const icons = { system: "system", light: "sun", dark: "moon" } as const;
  return (
    <button
      type="button"
      class="theme"
      onClick={() => choose(nextTheme(theme.value))}
      aria-label={`Colours: ${theme.value}. Change`}
      title={`Colours: ${theme.value}`}
    >
      <Icon name={icons[theme.value]} />
      <span>{theme.value}</span>
    </button>
  );
}

export function Connection(): JSX.Element | null {
  if (shutOut.value)
    return (
      <div class="connection" role="alert">
        <Icon name="warn" />
        <span>
          {shutOut.value.what}: {shutOut.value.next}
        </span>
      </div>
    );
  if (connection.value !== "lost" && unreadable.value)
    return (
      <div class="connection" role="alert">
        <Icon name="warn" />
        <span>
          The project cannot be read, and what you see may be out of date:{" "}
          {[unreadable.value.what, unreadable.value.where, unreadable.value.next].filter(Boolean).join(" · ")}
        </span>
      </div>
    );
  if (connection.value !== "lost") return null;
  return (
    <div class="connection" role="alert">
      <Icon name="warn" />
      <span>The connection is lost, trying again. What you see may be out of date.</span>
    </div>
  );
}

export function Notices(): JSX.Element {
  return (
    <div class="notices" aria-live="polite">
      {notices.value.map((notice) => (
        <div key={notice.id} class={`notice ${notice.kind}`} role={notice.kind === "error" ? "alert" : "status"}>
          <Icon name={notice.kind === "error" ? "warn" : "check"} />
          <div>
            <strong>{notice.what}</strong>
            {notice.where && <p class="muted">{notice.where}</p>}
            {notice.next && <p>{notice.next}</p>}
          </div>
          <Button kind="quiet" icon="close" label="Dismiss" onClick={() => dismiss(notice.id)} />
        </div>
      ))}
    </div>
  );
}

export function JobBar(): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const active = activeJobs.value;
  const first = active.find((job) => job.state === "running") ?? active[0];
  const last = first ?? jobs.value.at(-1);
  if (!last) return null;
  const more = active.length > 1 ? ` and ${active.length - 1} more` : "";
  return (
    <footer class="jobs" aria-label="Jobs">
      {open && <JobList />}
      <div class="job-line">
        <button type="button" class="job-head" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span class={`light ${last.state}`} aria-hidden="true" />
          <strong>
            {jobName(last)}
            {more}
          </strong>
          <span class="muted job-words">{first ? progressWords(last) : last.state}</span>
        </button>
        {first && <Bar share={shareDone(last)} label={jobName(last)} />}
        {first && (
          <span class="figure job-share">
            {shareDone(last) === null ? duration(last.seconds) : percent(shareDone(last), 0)}
          </span>
        )}
        {first && <Button icon="stop" label={`Stop ${jobName(last)}`} onClick={() => void stopJob(last)} />}
      </div>
    </footer>
  );
}

function JobList(): JSX.Element {
  return (
    <ol class="job-list" tabIndex={0} aria-label="All jobs, the newest first">
      {[...jobs.value].reverse().map((job) => (
        <li key={job.id}>
          <JobLines job={job} />
        </li>
      ))}
    </ol>
  );
}

/** A job with all that it said. */
export function JobLines({ job }: { job: Job }): JSX.Element {
  return (
    <div class="job">
      <p>
        <span class={`light ${job.state}`} aria-hidden="true" />
        <strong>{jobName(job)}</strong>{" "}
        <span class="muted">
          {isActive(job) ? progressWords(job) : job.state} · {duration(job.seconds)}
        </span>
      </p>
      {isActive(job) && job.note && <p>{job.note}</p>}
      {job.error && (
        <p class="error-text">{[job.error.what, job.error.where, job.error.next].filter(Boolean).join(" · ")}</p>
      )}
      {job.messages.slice(-8).map((message, index) => (
        <p key={index} class={message.kind === "warn" ? "warn-text" : "muted"}>
          {message.text}
        </p>
      ))}
    </div>
  );
}
