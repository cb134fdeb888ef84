// One page at a time, in its frame.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Connection, JobBar, Navigation, Notices, titleOf } from "./parts/shell";
import { CascadePage } from "./pages/cascade";
import { ComparePage } from "./pages/compare";
import { DataPage } from "./pages/data";
import { DevicePage } from "./pages/device";
import { ModelPage } from "./pages/model";
import { ReviewPage } from "./pages/review";
import { TeacherPage } from "./pages/teacher";
import { TrainPage } from "./pages/train";
import { route, type PageName } from "./state/route";
import { project } from "./state/studio";

const kPages: Record<PageName, () => JSX.Element> = {
  data: DataPage,
  teacher: TeacherPage,
  review: ReviewPage,
  train: TrainPage,
  model: ModelPage,
  device: DevicePage,
  cascade: CascadePage,
  compare: ComparePage,
};

export function App(): JSX.Element {
  const page = route.value.page;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const name = project.value?.name;
  useEffect(() => {
    document.title = `${titleOf(page)} – ${name ?? "Dewdrop studio"}`;
  }, [page, name]);
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [page]);
  const Page = kPages[page];
  return (
    <div class="frame">
      <Navigation />
      <div class="body">
        <Connection />
        <main id="main" ref={main} tabIndex={-1} class={`page ${page}`}>
          {project.value ? <Page key={page} /> : <p class="muted loading">Loading the project …</p>}
        </main>
        <JobBar />
      </div>
      <Notices />
    </div>
  );
}
