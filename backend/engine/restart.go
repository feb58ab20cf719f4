package engine

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// maxTold is how much of each answer of a thread is told to the prompt that learns
// from it, in bytes: what went wrong shows at the beginning and at the end.
const maxTold = 6 << 10

// Restart asks what a thread has taught: the sentences that its task lacked, and a
// better task. Its answer waits to be taken by [Engine.StartOver].
func (e *Engine) Restart(ctx context.Context, runID string, r workflow.Restart) (workflow.Run, error) {
	return e.begin(ctx, func() (order, error) { return e.restartOrder(runID, r) }, e.modelFor(runID, r.Model), r.Copy)
}

func (e *Engine) restartOrder(runID string, r workflow.Restart) (order, error) {
	out := order{kind: workflow.RunRestart}
	err := e.store.View(func(tx *store.Tx) error {
		pic, t, last, err := e.openThread(tx, runID)
		if err != nil {
			return err
		}
		out.pic, out.parent, out.step = pic, last.ID, t.Step
		if out.phase, err = pic.phase(t.Phase); err != nil {
			return err
		}
		if err := pic.idle(out.phase); err != nil {
			return err
		}
		out.output = workflow.RestartOutput(t.Runs[0].Output, pic.restarts(t)+1)
		task, part, err := e.taskOf(tx, pic, t)
		if err != nil {
			return err
		}
		story, err := e.story(tx, pic, t, r.Notes)
		if err != nil {
			return err
		}
		given := &workflow.Given{Text: story, Title: "The thread so far"}
		computed := map[string]string{"task": task, "reason": r.Why}
		if out.prompt, err = e.assembleWith(tx, pic, restartPrompt, nil, computed, given); err == nil {
			out.prompt.ofPart(part)
			out.prompt.typed["reason"] = r.Why // kept, as the thread ends with it
		}
		return err
	})
	return out.ready(), err
}

// restarts counts how often the place of a thread was started over.
func (pic picture) restarts(t workflow.Thread) int {
	n := 0
	for _, r := range pic.acts {
		if r.Action == workflow.ActRestart && strings.HasPrefix(r.Path, restartPrefix(t.Runs[0].Output)) {
			n++
		}
	}
	return n
}

// story tells what happened in a thread, for somebody who learns from it.
func (e *Engine) story(tx *store.Tx, pic picture, t workflow.Thread, notes string) (string, error) {
	var b strings.Builder
	n := 0
	for _, r := range counted(t) {
		answer, err := tx.RunText(r.ID, "answer")
		if err != nil {
			return "", err
		}
		if r.Kind == workflow.RunRefine {
			n++
			fmt.Fprintf(&b, "## Refinement %d\n\n", n)
		} else {
			b.WriteString("## First answer\n\n")
		}
		b.WriteString(shortened(strings.TrimSpace(answer), maxTold) + "\n\n")
	}
	for _, c := range pic.checks(t.Step) {
		if !c.Green() && c.At.After(t.Runs[0].CreatedAt) {
			fmt.Fprintf(&b, "## Failed check\n\n$ %s\n%s\n\n", c.Command, shortened(c.Output, maxTold))
		}
	}
	if open := pic.unresolved(); len(open) > 0 {
		b.WriteString("## Unresolved findings\n\n- " + strings.Join(open, "\n- ") + "\n\n")
	}
	if !blank(notes) {
		b.WriteString("## Notes\n\n" + strings.TrimSpace(notes) + "\n")
	}
	return b.String(), nil
}

// shortened leaves the middle of a long text out, and says so.
func shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	from, to := most/2, len(text)-most/2
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	return fmt.Sprintf("%s\n[… %s left out …]\n%s", text[:from], size(to-from), text[to:])
}

// StartOver takes what a restart prompt has answered into the document that the thread
// was made from, and ends the thread. The next run is the first of a fresh one. What
// was built, and the chat, stay as evidence.
func (e *Engine) StartOver(_ context.Context, runID string) (workflow.Version, error) {
	r, err := e.decidable(runID)
	if err != nil {
		return workflow.Version{}, err
	}
	if r.Kind != workflow.RunRestart {
		return workflow.Version{}, workflow.Errorf(workflow.Invalid, "That is no answer to the prompt “%s”.", restartPrompt).
			WithHint("Ask first what the thread has taught: plumbline restart.")
	}
	var v workflow.Version
	err = e.change(r.ProjectID, e.person(), "Start over with a better specification", func(w *write) error {
		pic, t, _, err := e.openThread(w.tx, runID)
		if err != nil {
			return err
		}
		answer, err := w.tx.RunText(runID, "answer")
		if err != nil {
			return err
		}
		lesson, err := readLesson(answer)
		if err != nil {
			return err
		}
		if err := e.keepTaught(w, r, answer); err != nil {
			return err
		}
		if v, err = e.teach(w, pic, t, r, lesson); err != nil {
			return err
		}
		return e.endThread(w, pic, t, r)
	})
	return v, err
}

// taught is what a restart prompt has answered.
type taught struct {
	lessons []string
	task    string
}

func readLesson(answer string) (taught, error) {
	sections := markdown.Sections(answer)
	lesson := taught{}
	if s, ok := workflow.FindSection(sections, "Lessons"); ok {
		for _, p := range s.Points {
			if p.Depth == 0 {
				lesson.lessons = append(lesson.lessons, strings.Join(strings.Fields(p.Text), " "))
			}
		}
	}
	if s, ok := workflow.FindSection(sections, "New task"); ok {
		lesson.task = strings.TrimSpace(answer[s.Body:s.End])
	}
	if len(lesson.lessons) == 0 && lesson.task == "" {
		return lesson, workflow.Errorf(workflow.Invalid, "The answer holds neither lessons nor a new task.").
			WithHint("Ask for what is missing, or change the specification by hand and run its prompt again.")
	}
	return lesson, nil
}

// keepTaught makes the answer a document, and its candidate an accepted one.
func (e *Engine) keepTaught(w *write, r workflow.Run, answer string) error {
	c, err := openCandidate(w.tx, r.ID)
	if err != nil {
		return err
	}
	current, _, err := w.tx.Head(w.project, c.Path)
	if err != nil {
		return err
	}
	v, err := e.replace(w, current, edition{path: c.Path, body: answer, message: "What the thread has taught",
		kind: workflow.VersionAccepted, author: modelAuthor(r), runID: r.ID, basisID: r.ID})
	if err != nil {
		return err
	}
	c.State, c.Version, c.DecidedAt = workflow.CandidateAccepted, v.Number, w.at
	w.tell(workflow.Event{ProjectID: w.project, Candidate: &c})
	return w.tx.PutCandidate(c)
}

// teach writes the lessons into the step of the plan, or the better task into the
// document that the thread was made from.
func (e *Engine) teach(w *write, pic picture, t workflow.Thread, r workflow.Run, lesson taught) (workflow.Version, error) {
	path := workflow.PlanPath
	if t.Step == "" {
		path = ""
		for _, in := range t.Runs[0].Inputs {
			if _, ok := pic.workflow.Producer(in.Path); ok && path == "" {
				path = in.Path
			}
		}
	}
	current, err := head(w.tx, w.project, path)
	if err != nil {
		return current, err
	}
	if current, err = pic.editable(w.tx, path, current.Number); err != nil {
		return current, err
	}
	body, err := headBody(w.tx, current)
	if err != nil {
		return current, err
	}
	d := edition{path: path, message: "Start over: what was learnt", kind: workflow.VersionSaved, author: modelAuthor(r), basisID: current.BasisID}
	if t.Step == "" {
		d.body, d.basisID = lesson.document(body), r.ID
		return e.replace(w, current, d)
	}
	s, _, err := pic.stepOf(t.Step)
	if err != nil {
		return current, err
	}
	if d.body = workflow.AddToStep(body, s.Step, "Lessons", strings.Join(lesson.lessons, " ")); d.body == body {
		return current, nil
	}
	return e.replace(w, current, d)
}

// document writes the better task, under the title that the old one had.
func (l taught) document(old string) string {
	var b strings.Builder
	title := "Task"
	if sections := markdown.Sections(old); len(sections) > 0 && sections[0].Level == 1 {
		title = sections[0].Title
	}
	fmt.Fprintf(&b, "# %s\n\n", title)
	if l.task == "" {
		b.Reset()
		b.WriteString(strings.TrimRight(old, "\n"))
		b.WriteString("\n")
	} else {
		b.WriteString(l.task + "\n")
	}
	if len(l.lessons) > 0 {
		b.WriteString("\n## Lessons\n\n- " + strings.Join(l.lessons, "\n- ") + "\n")
	}
	return b.String()
}

// endThread keeps that a thread was started over. Where the phase of the thread was
// passed, it is open again, and what goes round after it goes round anew.
func (e *Engine) endThread(w *write, pic picture, t workflow.Thread, r workflow.Run) error {
	why := cmp.Or(r.Variables["reason"], "started over")
	if workflow.Standing(pic.records, t.Phase) != nil {
		record := workflow.GateRecord{Phase: t.Phase, Action: workflow.ActReopen, Reason: "Started over: " + why}
		if err := e.keep(w, pic, record); err != nil {
			return err
		}
	}
	loop := pic.workflow.Loop.Phases
	if len(loop) > 0 && t.Step == "" && pic.roundsAfter(t.Phase) {
		first, _ := pic.workflow.Phase(loop[0])
		if err := e.beginRound(w, pic, first, "Started over: "+why); err != nil {
			return err
		}
	}
	return e.keep(w, pic, workflow.GateRecord{Phase: t.Phase, Action: workflow.ActRestart, Reason: why, Thread: t.ID, Path: r.Output})
}

// roundsAfter reports whether a loop follows a phase, and has written something in its round.
func (pic picture) roundsAfter(phase string) bool {
	after, written := false, false
	for _, p := range pic.workflow.Phases {
		in := false
		for _, id := range pic.workflow.Loop.Phases {
			in = in || id == p.ID
		}
		after = after || p.ID == phase
		written = written || after && in && p.ID != phase && pic.roundWritten(p.ID)
	}
	return written
}
