package engine

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// TestTheLastEventIsTheTruth ticks boxes from several sides at once: whatever
// comes last in the stream is how things are.
func TestTheLastEventIsTheTruth(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	path := "checklists/preflight.md"
	boxes := b.doc(p, path).Items
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for done := 0; done < 4; {
				number := b.doc(p, path).Version.Number
				if _, err := b.Tick(b.ctx, p.ID, path, boxes[i].Offset, number, done%2 == 0); err == nil {
					done++
				} else if workflow.CodeOf(err) != workflow.Conflict {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
	var artifact *workflow.Artifact
	var overview *workflow.Overview
	newest := 0
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		if ev.Artifact != nil && ev.Artifact.Path == path {
			if ev.Artifact.Current.Number < newest {
				t.Errorf("version %d is told after %d", ev.Artifact.Current.Number, newest)
			}
			newest, artifact = ev.Artifact.Current.Number, ev.Artifact
		}
		if ev.Overview != nil {
			overview = ev.Overview
		}
	}
	if got := b.doc(p, path); artifact == nil || artifact.Current != got.Version {
		t.Errorf("told %+v, is %+v", artifact, got.Version)
	}
	if now := try(b.Overview(b.ctx, p.ID))(t); fmt.Sprintf("%+v", *overview) != fmt.Sprintf("%+v", now) {
		t.Errorf("told %+v, is %+v", *overview, now)
	}
}

// TestGatesAreToldAsTheyAreAnswered: the gate of an event is the one of a call,
// also of a phase that the work is not at.
func TestGatesAreToldAsTheyAreAnswered(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	told := func(phase string) workflow.Gate {
		t.Helper()
		var last workflow.Gate
		for _, ev := range b.EventsSince(b.epoch, 0).Events {
			if ev.Gate != nil && ev.Gate.Phase == phase {
				last = *ev.Gate
			}
		}
		return last
	}
	same := func(phase string) {
		t.Helper()
		if got, want := fmt.Sprintf("%+v", told(phase)), fmt.Sprintf("%+v", b.gate(p, phase)); got != want {
			t.Errorf("told %s\nis   %s", got, want)
		}
	}
	same("request")
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Body: requestAnswer}))(t)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	same("spec")
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 1, Body: requestAnswer + "\n- and more\n"}))(t)
	if got := told("request"); got.Version != 2 {
		t.Errorf("the gate of a phase behind was told of at version %d", got.Version)
	}
}

// TestALookMeanwhileDoesNotLoseAFile looks at the files of the library between the
// mark that a version gets ahead of its file and the commit of that version, as the
// rhythm of the shelf may at any time.
func TestALookMeanwhileDoesNotLoseAFile(t *testing.T) {
	b := newBench(t, specOrRequest)
	path, text := "prompts/tidy.md", ownPrompt("tidy", "Tidy up.")
	b.cardFor("tidy") // the shelf has looked before
	err := b.change(workflow.LibraryID, b.person(), "Add a prompt", func(w *write) error {
		if _, err := b.addVersion(w, edition{path: path, body: text, kind: workflow.VersionCreated, author: b.person()}); err != nil {
			return err
		}
		return b.shelf.sync()
	})
	if err != nil {
		t.Fatal(err)
	}
	if card := b.cardFor("tidy"); card.Version != 1 || b.readFile(path) != text {
		t.Errorf("%+v, the file holds %q", card, b.readFile(path))
	}
}

// TestPromptsThatAreSavedWhileTheShelfIsLookedAtAreFiles saves and looks from
// several sides at once.
func TestPromptsThatAreSavedWhileTheShelfIsLookedAtAreFiles(t *testing.T) {
	b := newBench(t, specOrRequest)
	const hands, rounds = 4, 6
	saved, looks := sync.WaitGroup{}, sync.WaitGroup{}
	done := make(chan struct{})
	looks.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if err := b.shelf.sync(); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for hand := range hands {
		saved.Go(func() {
			for round := range rounds {
				id := fmt.Sprintf("tidy-%d-%d", hand, round)
				if _, err := b.NewPrompt(b.ctx, workflow.SavePrompt{Text: ownPrompt(id, "Tidy up.")}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	saved.Wait()
	close(done)
	looks.Wait()
	for hand := range hands {
		for round := range rounds {
			id := fmt.Sprintf("tidy-%d-%d", hand, round)
			if got := b.readFile("prompts/" + id + ".md"); got != ownPrompt(id, "Tidy up.") {
				t.Errorf("%s holds %q", id, got)
			}
		}
	}
}

// TestVariablesOfSeveralHandsAreAllKept fills two variables at once, again and again.
func TestVariablesOfSeveralHandsAreAllKept(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	for round := range 8 {
		var wg sync.WaitGroup
		start := make(chan struct{})
		value := fmt.Sprint("round ", round)
		for _, name := range []string{"answers", "wishes"} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				<-start
				if err := b.SetVariables(b.ctx, p.ID, "request", map[string]string{name: value}); err != nil {
					t.Error(err)
				}
			}()
		}
		close(start)
		wg.Wait()
		for _, v := range try(b.Prompt(b.ctx, p.ID, "request", ""))(t).Prompt.Variables {
			if (v.Variable.Name == "answers" || v.Variable.Name == "wishes") && v.Value != value {
				t.Fatalf("round %d: %s is %q", round, v.Variable.Name, v.Value)
			}
		}
	}
}

// TestWhatChangesNothingIsNoCommit does over again what is done.
func TestWhatChangesNothingIsNoCommit(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	path := "checklists/preflight.md"
	box := b.doc(p, path).Items[0].Offset
	try(b.Tick(b.ctx, p.ID, path, box, 1, true))(t)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Body: "# One\n"}))(t)
	if err := b.SetVariables(b.ctx, p.ID, "request", map[string]string{"wishes": "large figures"}); err != nil {
		t.Fatal(err)
	}
	draft := workflow.Draft{ProjectID: p.ID, Path: "request.md", Base: 1, Body: "# On"}
	if err := b.SaveDraft(b.ctx, draft); err != nil {
		t.Fatal(err)
	}
	before := b.head(p)
	if v := try(b.Tick(b.ctx, p.ID, path, box, 2, true))(t); v.Number != 2 {
		t.Errorf("ticking again made version %d", v.Number)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 1, Body: "# One\n"}))(t)
	if _, ok, err := b.Draft(b.ctx, p.ID, "request.md"); ok || err != nil {
		t.Errorf("saving the text that is there drops the draft all the same: %v", err)
	}
	if err := b.SetVariables(b.ctx, p.ID, "request", map[string]string{"wishes": "large figures"}); err != nil {
		t.Fatal(err)
	}
	try(b.RenameProject(b.ctx, p.ID, "Tide  table"))(t)
	if after := b.head(p); after != before {
		t.Error("there is a new commit")
	}
	draft.Body = "# One\n" // on its way while the same text was saved
	if err := b.SaveDraft(b.ctx, draft); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.Draft(b.ctx, p.ID, "request.md"); ok || err != nil {
		t.Errorf("what is saved is no draft: %v", err)
	}
}

// head is the newest commit of a project.
func (b *bench) head(p workflow.Project) string {
	b.t.Helper()
	if err := b.drainer.flush(b.ctx); err != nil {
		b.t.Fatal(err)
	}
	return try(b.store.GitHead(p.ID))(b.t)
}

// TestAProjectThatCannotBeReadHidesNoOther lists a project whose workflow has gone.
func TestAProjectThatCannotBeReadHidesNoOther(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.project("Another")
	err := b.store.Update(func(tx *store.Tx) error {
		broken, err := tx.Project(p.ID)
		if err != nil {
			return err
		}
		broken.WorkflowID = "gone"
		if err := tx.Describe(p.ID, b.person(), broken.UpdatedAt, "Break it"); err != nil {
			return err
		}
		return tx.PutProject(broken)
	})
	if err != nil {
		t.Fatal(err)
	}
	list := try(b.Projects(b.ctx))(t)
	if len(list) != 2 || !strings.Contains(list[0].Next+list[1].Next, "not in the library") {
		t.Errorf("%+v", list)
	}
	_, err = b.Overview(b.ctx, p.ID)
	wantCode(t, err, workflow.NotFound)
}

func TestNamesAndSlugsDoNotCross(t *testing.T) {
	b := newBench(t, specOrRequest)
	first := b.project("Alpha")
	second := b.project("Beta")
	_, err := b.RenameProject(b.ctx, first.ID, "BETA")
	wantCode(t, err, workflow.Conflict)
	try(b.RenameProject(b.ctx, second.ID, "Gamma"))(t) // its slug stays beta
	_, err = b.RenameProject(b.ctx, first.ID, "Beta")
	wantCode(t, err, workflow.Conflict)
	for ref, want := range map[string]string{"beta": second.ID, "gamma": second.ID, "alpha": first.ID, strings.ToLower(first.ID): first.ID} {
		if p := try(b.FindProject(b.ctx, ref))(t); p.ID != want {
			t.Errorf("%s is %s", ref, p.Name)
		}
	}
	_, err = b.FindProject(b.ctx, "")
	wantCode(t, err, workflow.Invalid)
}
