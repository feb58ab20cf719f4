package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

const stepsPlan = "# Plan\n\n### Milestone 1: All\n- [ ] Step 1: Show the tide\n  - **Covers:** AC-1\n- [ ] Step 2: Say no\n  - **Covers:** AC-2, AC-3\n"

// madeFrom writes a document that rests on a run with the given inputs: "spec.md",
// "spec.md#AC-1", "plan.md#step 2".
func (b *bench) madeFrom(p workflow.Project, path string, inputs ...string) {
	b.t.Helper()
	must(b.t, b.change(p.ID, b.person(), "Write "+path, func(w *write) error {
		r := workflow.Run{ID: b.newID(), ProjectID: p.ID, State: workflow.RunSucceeded, Missing: []string{}, CreatedAt: w.at, EndedAt: w.at}
		t := b.reading(w.tx, p.ID)
		for _, in := range inputs {
			name, part, _ := strings.Cut(in, "#")
			used, err := t.use("text", name, part)
			if err != nil {
				return err
			}
			r.Inputs = append(r.Inputs, used)
		}
		if err := w.tx.PutRun(r); err != nil {
			return err
		}
		_, err := b.addVersion(w, edition{path: path, body: "# " + path + "\n\nMade by " + r.ID + ".\n", kind: workflow.VersionAccepted, author: b.person(), basisID: r.ID})
		return err
	}))
}

// stale lists the documents that are behind, with how many changes.
func (b *bench) stale(p workflow.Project) string {
	b.t.Helper()
	list := []string{}
	for _, a := range try(b.Artifacts(b.ctx, p.ID))(b.t) {
		if a.Stale != (a.Behind > 0) {
			b.t.Errorf("%+v", a)
		}
		if a.Stale {
			list = append(list, fmt.Sprintf("%s %d", a.Path, a.Behind))
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func TestAStalePhaseSaysWhy(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	b.madeFrom(p, "plan.md", "spec.md")
	b.rewriteDoc(p, "spec.md", specAnswer+"- A chart, too?\n")
	for _, phase := range try(b.Overview(b.ctx, p.ID))(t).Phases {
		want := ""
		if phase.ID == "plan" {
			want = "Spec is at v2; v1 was used."
		}
		if phase.Cause != want || phase.Stale != (want != "") {
			t.Errorf("%s is behind because of %q, want %q", phase.ID, phase.Cause, want)
		}
	}
}

func TestStalenessGoesFromDocumentToDocument(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	b.madeFrom(p, "answers/a.md", "spec.md")
	b.madeFrom(p, "answers/b.md", "answers/a.md", "plan.md#step 2")
	b.madeFrom(p, "answers/c.md", "answers/b.md")
	b.rewriteDoc(p, "spec.md", specAnswer+"- A chart, too?\n")
	if got := b.stale(p); got != "answers/a.md 1, answers/b.md 1, answers/c.md 1" {
		t.Errorf("stale: %s", got)
	}
	b.rewriteDoc(p, "plan.md", strings.Replace(stepsPlan, "Say no", "Say no twice", 1))
	if got := b.stale(p); got != "answers/a.md 1, answers/b.md 2, answers/c.md 2" {
		t.Errorf("stale: %s", got)
	}
	s := try(b.Behind(b.ctx, p.ID, "answers/c.md"))(t)
	sentences := []string{}
	for _, c := range s.Causes {
		sentences = append(sentences, c.Sentence)
	}
	slices.Sort(sentences)
	want := []string{"Spec is at v2; v1 was used for B.", "“step 2” of Plan has changed: v2 is current, v1 was used for B."}
	if !slices.Equal(sentences, want) || s.Causes[0].Diff.Added+s.Causes[1].Diff.Added != 2 || s.RunID == "" {
		t.Errorf("%+v", s)
	}
	_, err := b.KeepValid(b.ctx, p.ID, "answers/b.md", "short")
	wantCode(t, err, workflow.Invalid)
	try(b.KeepValid(b.ctx, p.ID, "answers/b.md", "Neither change touches what is said here."))(t)
	if got := b.stale(p); got != "answers/a.md 1" {
		t.Errorf("what is valid passes nothing on: %s", got)
	}
	_, err = b.KeepValid(b.ctx, p.ID, "answers/c.md", "It is as valid as the other one.")
	wantCode(t, err, workflow.Conflict)
	b.rewriteDoc(p, "spec.md", specAnswer)
	if got := b.stale(p); got != "" {
		t.Errorf("the old text is back: %s", got)
	}
}

// TestChangesOfOneTextAreToldOfTheOthers edits a text and looks for what is told of
// those made from it, which nobody has touched.
func TestChangesOfOneTextAreToldOfTheOthers(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	b.madeFrom(p, "answers/a.md", "spec.md")
	b.madeFrom(p, "answers/b.md", "answers/a.md")
	b.news.settle()
	told := func() string {
		b.news.settle()
		behind := map[string]int{}
		for _, ev := range b.EventsSince(b.epoch, 0).Events {
			if ev.Artifact != nil {
				behind[ev.Artifact.Path] = ev.Artifact.Behind
			}
		}
		return fmt.Sprint(behind["answers/a.md"], behind["answers/b.md"])
	}
	b.rewriteDoc(p, "spec.md", specAnswer+"- A chart?\n")
	if got := told(); got != "1 1" {
		t.Errorf("after the edit: %s", got)
	}
	b.rewriteDoc(p, "spec.md", specAnswer)
	if got := told(); got != "0 0" {
		t.Errorf("after it was taken back: %s", got)
	}
}

// TestOnlyThePartThatWasUsedCounts changes a plan in every way that leaves a step as
// it is, and then the step.
func TestOnlyThePartThatWasUsedCounts(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	b.madeFrom(p, "answers/two.md", "plan.md#step 2", "spec.md#AC-2", "spec.md#Errors")
	it := b.itemOf(p, "plan.md", "Step 2")
	try(b.Tick(b.ctx, p.ID, "plan.md", it.Offset, 1, true))(t)
	for what, body := range map[string]string{
		"a step after it":         stepsPlan + "- [ ] Step 3: Sing\n",
		"a step before it":        strings.Replace(stepsPlan, "- [ ] Step 1", "- [ ] Step 0: Begin\n- [ ] Step 1", 1),
		"one that renumbers it":   strings.NewReplacer("Step 1", "Step 2", "Step 2", "Step 3", "- [ ] Step 1:", "- [ ] Step 1: Begin\n- [ ] Step 2:").Replace(stepsPlan),
		"another step":            strings.Replace(stepsPlan, "Show the tide", "Show the next tide", 1),
		"a milestone and a blank": strings.Replace(stepsPlan, "- [ ] Step 2", "\n### Milestone 2: More\n\n- [ ] Step 2", 1),
		"a mark":                  strings.Replace(stepsPlan, "- [ ] Step 2", "- [x] Step 2", 1),
	} {
		b.rewriteDoc(p, "plan.md", body)
		if got := b.stale(p); got != "" {
			t.Errorf("%s makes it stale: %s\n%s", what, got, body)
		}
	}
	b.rewriteDoc(p, "spec.md", strings.Replace(specAnswer, "AC-1: the next", "AC-1: the very next", 1))
	if got := b.stale(p); got != "" {
		t.Errorf("another criterion makes it stale: %s", got)
	}
	for what, edit := range map[string][2]string{
		"plan.md": {stepsPlan, strings.Replace(stepsPlan, "AC-2, AC-3", "AC-2", 1)},
		"spec.md": {specAnswer, strings.Replace(specAnswer, "Unknown station: exit", "An unknown station: exit", 1)},
	} {
		b.rewriteDoc(p, what, edit[1])
		if got := b.stale(p); got != "answers/two.md 1" {
			t.Errorf("a change of the part in %s: %s", what, got)
		}
		b.rewriteDoc(p, what, edit[0])
	}
	b.rewriteDoc(p, "plan.md", strings.Replace(stepsPlan, "- [ ] Step 2: Say no\n  - **Covers:** AC-2, AC-3\n", "", 1))
	if s := try(b.Behind(b.ctx, p.ID, "answers/two.md"))(t); len(s.Causes) != 1 || s.Causes[0].Sentence != "“step 2” of Plan is gone." {
		t.Errorf("%+v", s)
	}
}

// TestTicksAndStepsElsewhereMakeNothingStale does both at random.
func TestTicksAndStepsElsewhereMakeNothingStale(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	b.madeFrom(p, "answers/one.md", "plan.md#step 1")
	b.madeFrom(p, "answers/two.md", "plan.md#step 2", "answers/one.md")
	rapid.Check(t, func(rt *rapid.T) {
		var plan strings.Builder
		plan.WriteString("# Plan\n\n### Milestone 1: All\n")
		mark := func() string { return rapid.SampledFrom([]string{"- [ ] ", "- [x] "}).Draw(rt, "mark") }
		others := func() {
			for range rapid.IntRange(0, 3).Draw(rt, "others") {
				fmt.Fprintf(&plan, "%sStep 1%d: %s\n", mark(), rapid.IntRange(0, 99).Draw(rt, "number"), rapid.SampledFrom([]string{"Sing", "Dance\n  - **Task:** Twice."}).Draw(rt, "title"))
			}
		}
		others()
		plan.WriteString(mark() + "Step 1: Show the tide\n  - **Covers:** AC-1\n")
		others()
		two := rapid.SampledFrom([]string{"Say no", "Say no at once"}).Draw(rt, "two")
		plan.WriteString(mark() + "Step 2: " + two + "\n  - **Covers:** AC-2, AC-3\n")
		others()
		b.rewriteDoc(p, "plan.md", plan.String())
		want := ""
		if two != "Say no" {
			want = "answers/two.md 1"
		}
		if got := b.stale(p); got != want {
			rt.Fatalf("stale: %q, want %q\n%s", got, want, plan.String())
		}
	})
}

func TestAPromptThatChangedIsToldAndMakesNothingStale(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	if s := try(b.Behind(b.ctx, p.ID, "request.md"))(t); s.Prompt != "" || len(s.Causes) > 0 {
		t.Errorf("%+v", s)
	}
	try(b.Customise(b.ctx, "request"))(t)
	own := try(b.PromptDetail(b.ctx, "request"))(t)
	try(b.SavePrompt(b.ctx, "request", workflow.SavePrompt{Text: own.Text + "\nBe brief.\n"}))(t)
	if s := try(b.Behind(b.ctx, p.ID, "request.md"))(t); !strings.Contains(s.Prompt, "has changed since") || len(s.Causes) > 0 {
		t.Errorf("%+v", s)
	}
}
