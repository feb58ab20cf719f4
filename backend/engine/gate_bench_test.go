package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// bigProject is a project with 500 documents that rest on runs, 2,000 findings and
// 10,000 runs, at its build.
func bigProject(b *testing.B) (*Engine, workflow.Project) {
	b.Helper()
	e, err := Open(b.Context(), Options{Dir: b.TempDir(), Version: "test", Door: "test"})
	check := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	check(err)
	b.Cleanup(func() { _ = e.Close() })
	p, err := e.CreateProject(b.Context(), workflow.NewProject{Name: "Crowded", Idea: "An idea."})
	check(err)
	c := crowd{e: e, p: p}
	for _, fill := range []func(w *write) error{c.documents, c.findings, c.runs(0), c.runs(1), c.runs(2), c.runs(3)} {
		check(e.change(p.ID, e.person(), "Fill", fill))
	}
	check(e.drainer.flush(b.Context()))
	e.news.settle()
	return e, p
}

type crowd struct {
	e *Engine
	p workflow.Project
}

// text is a document of a few pages.
func (c crowd) text(title string, n int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "# %s %d\n\n## Acceptance criteria\n", title, n)
	for i := range 30 {
		fmt.Fprintf(&s, "- [ ] AC-%d: what is asked for happens, and is seen to happen, within %d seconds.\n", i+1, n)
	}
	for i := range 10 {
		fmt.Fprintf(&s, "\n## Section %d\n\n%s\n", i, strings.Repeat("Some words of prose that nobody reads twice. ", 12))
	}
	return s.String()
}

func (c crowd) plan() string {
	var s strings.Builder
	s.WriteString("# Plan\n")
	for i := range 60 {
		if i%10 == 0 {
			fmt.Fprintf(&s, "\n### Milestone %d: Part %d\n", i/10+1, i/10+1)
		}
		fmt.Fprintf(&s, "- [ ] Step %d: Build piece %d\n  - **Task:** Do it.\n  - **Files:** `a%d.go`\n  - **Covers:** AC-%d\n", i+1, i+1, i+1, i%30+1)
	}
	return s.String()
}

func (c crowd) documents(w *write) error {
	t := c.e.reading(w.tx, c.p.ID)
	add := func(path, body string, inputs ...workflow.Input) error {
		r := c.run(w, len(path), inputs...)
		if err := w.tx.PutRun(r); err != nil {
			return err
		}
		_, err := c.e.addVersion(w, edition{path: path, body: body, kind: workflow.VersionAccepted, author: c.e.person(), basisID: r.ID})
		return err
	}
	use := func(path, part string) workflow.Input {
		in, _ := t.use("x", path, part)
		return in
	}
	if err := add("request.md", c.text("Request", 1), use(ideaPath, "")); err != nil {
		return err
	}
	if err := add("spec.md", c.text("Spec", 1), use("request.md", "")); err != nil {
		return err
	}
	if err := add("plan.md", c.plan(), use("spec.md", ""), use("request.md", "")); err != nil {
		return err
	}
	for i := range 490 {
		step := workflow.StepPart(fmt.Sprint(i%60 + 1))
		if err := add(fmt.Sprintf("steps/%03d.md", i), c.text("Step", i), use("plan.md", step), use("spec.md", "")); err != nil {
			return err
		}
	}
	return t.err
}

func (c crowd) run(w *write, n int, inputs ...workflow.Input) workflow.Run {
	return workflow.Run{ID: c.e.newID(), ProjectID: c.p.ID, Phase: "build", State: workflow.RunSucceeded, Inputs: inputs, CreatedAt: w.at,
		EndedAt: w.at.Add(time.Duration(n) * time.Second), Missing: []string{}, Context: workflow.ContextPlan{Parts: []workflow.ContextPart{}}}
}

func (c crowd) findings(w *write) error {
	for i := range 2000 {
		f := workflow.Finding{ID: c.e.newID(), ProjectID: c.p.ID, Number: workflow.FindingNumber(i + 1), Title: fmt.Sprint("Finding ", i),
			Severity: workflow.Severities()[i%4], State: workflow.FindingStates()[i%6], Problem: strings.Repeat("a problem ", 20),
			Sightings: []workflow.Sighting{{Phase: "review", Path: "audits/review-01.md", At: w.at}}, CreatedAt: w.at, ChangedAt: w.at}
		if err := w.tx.PutFinding(f); err != nil {
			return err
		}
	}
	return nil
}

func (c crowd) runs(part int) func(w *write) error {
	return func(w *write) error {
		for i := range 2375 {
			if err := w.tx.PutRun(c.run(w, part*10000+i)); err != nil {
				return err
			}
		}
		return nil
	}
}

// BenchmarkBoard computes where every phase stands, and judges a gate. The goal is at
// most 5 ms for both.
func BenchmarkBoard(b *testing.B) {
	e, p := bigProject(b)
	b.ReportAllocs()
	for b.Loop() {
		pic, err := e.look(p.ID)
		if err != nil {
			b.Fatal(err)
		}
		build, _ := pic.phase("build")
		if o := pic.overview(); len(o.Phases) != 10 || len(pic.gate(build).Conditions) == 0 {
			b.Fatal("the board is not whole")
		}
	}
}

// BenchmarkStaleAfterEdit finds everything that an edit of the specification makes
// stale. The goal is at most 2 ms, without the edit.
func BenchmarkStaleAfterEdit(b *testing.B) {
	e, p := bigProject(b)
	c := crowd{e: e, p: p}
	b.ReportAllocs()
	for n := 2; b.Loop(); n++ {
		b.StopTimer()
		if err := e.change(p.ID, e.person(), "Edit", func(w *write) error {
			_, err := e.addVersion(w, edition{path: "spec.md", body: c.text("Spec", n), kind: workflow.VersionSaved, author: e.person()})
			return err
		}); err != nil {
			b.Fatal(err)
		}
		e.news.settle()
		b.StartTimer()
		err := e.store.View(func(tx *store.Tx) error {
			t := e.reading(tx, p.ID)
			if err := t.load(); err != nil {
				return err
			}
			if behind := t.lineage(nil).Behind(); len(behind) < 490 {
				b.Fatalf("%d documents are stale", len(behind))
			}
			return t.err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
