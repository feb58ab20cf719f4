package engine

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// BenchmarkOverview measures where a large project stands and what to do in it: a plan
// of 300 steps, 10,000 runs, 500 documents.
func BenchmarkOverview(b *testing.B) {
	e, err := Open(b.Context(), Options{Dir: b.TempDir(), Version: "test", Door: "test"})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	p, err := e.CreateProject(b.Context(), workflow.NewProject{Name: "Large", Idea: "A large one."})
	if err != nil {
		b.Fatal(err)
	}
	fillDocuments(b, e, p)
	fillRuns(b, e, p)
	if _, err := e.Overview(b.Context(), p.ID); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Overview(b.Context(), p.ID); err != nil {
			b.Fatal(err)
		}
	}
}

func fillDocuments(b *testing.B, e *Engine, p workflow.Project) {
	b.Helper()
	var plan strings.Builder
	plan.WriteString("# Plan\n\n## Steps\n\n### Milestone 1: All\n")
	for i := 1; i <= 300; i++ {
		fmt.Fprintf(&plan, "- [ ] Step %d: Do %d\n  - **Depends:** %d\n  - **Covers:** AC-1\n", i, i, i-1)
	}
	for _, doc := range [][2]string{{"request", "# R\n"}, {"spec", "# S\n\n## Acceptance criteria\n- AC-1: x\n"}, {"plan", plan.String()}} {
		if _, err := e.Save(b.Context(), p.ID, workflow.SaveDocument{Path: doc[0] + ".md", Body: doc[1]}); err != nil {
			b.Fatal(err)
		}
		if _, err := e.Waive(b.Context(), p.ID, doc[0], "This is a project to measure with."); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 500 {
		if _, err := e.Save(b.Context(), p.ID, workflow.SaveDocument{Path: fmt.Sprintf("answers/a-%03d.md", i), Body: "# A\n"}); err != nil {
			b.Fatal(err)
		}
	}
}

func fillRuns(b *testing.B, e *Engine, p workflow.Project) {
	b.Helper()
	for from := 0; from < 10_000; from += 1000 {
		err := e.store.Update(func(tx *store.Tx) error {
			if err := tx.Describe(p.ID, e.person(), p.CreatedAt, "Fill"); err != nil {
				return err
			}
			for i := from; i < from+1000; i++ {
				step := fmt.Sprint(i%300 + 1)
				r := workflow.Run{ID: fmt.Sprintf("R%06d", i), ProjectID: p.ID, Phase: "build", Step: step, Kind: workflow.RunFirst, State: workflow.RunSucceeded,
					PromptID: "codegen", Output: workflow.StepOutput(step), CreatedAt: p.CreatedAt}
				if err := tx.PutRun(r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
