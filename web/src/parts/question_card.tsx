// The question as it is asked, and its change.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { post } from "../api/client";
import type { Project } from "../api/types";
import { attempt, tell } from "../state/notices";
import { loadProject, project } from "../state/studio";
import { Button, Card, ClassTag } from "./common";
import { TextField } from "./fields";

export function QuestionCard(): JSX.Element {
  const now = project.value!;
  const [editing, setEditing] = useState(false);
  return (
    <Card
      title="The question"
      aside={
        !editing && (
          <Button kind="quiet" onClick={() => setEditing(true)}>
            Change
          </Button>
        )
      }
    >
      {editing ? (
        <Edit now={now} close={() => setEditing(false)} />
      ) : (
        <>
          <blockquote class="question">{now.question}</blockquote>
          {now.instructions && <p class="prompt-more">{now.instructions}</p>}
        </>
      )}
      <p class="class-row">
        {[...now.classes, ...(now.unsure ? [now.unsure] : [])].map((name) => (
          <ClassTag key={name} name={name} />
        ))}
      </p>
      <p class="muted">
        {now.unsure && `“${now.unsure}” sets a picture aside. `}
        Classes stand in {now.folder}/dewdrop.toml.
      </p>
    </Card>
  );
}

function Edit({ now, close }: { now: Project; close: () => void }): JSX.Element {
  const [question, setQuestion] = useState(now.question);
  const [instructions, setInstructions] = useState(now.instructions);
  const store = async () => {
    const stored = await attempt(() => post<Project>("prompt", { question, instructions }));
    if (!stored) return;
    tell("The question is changed: answers to the old words stay, as another prompt's.", "prompt");
    await loadProject();
    close();
  };
  return (
    <>
      <TextField label="Question" name="question" rows={2} value={question} change={setQuestion} />
      <TextField
        label="Instructions: what counts, and what does not"
        name="instructions"
        rows={3}
        value={instructions}
        change={setInstructions}
      />
      <div class="button-row">
        <Button kind="primary" disabled={!question.trim()} onClick={() => void store()}>
          Store
        </Button>
        <Button onClick={close}>Leave it</Button>
      </div>
    </>
  );
}
