package engine

import (
	"os"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestAWorkflowIsCopiedChangedAndUsed(t *testing.T) {
	b := newBench(t, specOrRequest)
	w := try(b.CopyWorkflow(b.ctx, "idea-to-production", "quick-way"))(t)
	if w.ID != "quick-way" || w.Title != "Quick way" || w.Source != workflow.Yours {
		t.Fatalf("%+v", w)
	}
	_, err := b.CopyWorkflow(b.ctx, "idea-to-production", "quick-way")
	wantCode(t, err, workflow.Conflict)
	_, err = b.CopyWorkflow(b.ctx, "idea-to-production", "No Id")
	wantCode(t, err, workflow.Invalid)
	_, err = b.CopyWorkflow(b.ctx, "nothing", "other")
	wantCode(t, err, workflow.NotFound)

	changed := strings.Replace(b.readFile("workflows/quick-way.md"), "title: Plan\n", "title: Way\n", 1)
	b.writeFile("workflows/quick-way.md", changed)
	try(b.Shelf(b.ctx))(t)
	p := try(b.CreateProject(b.ctx, workflow.NewProject{Name: "Fast", Idea: "A fast one.", WorkflowID: "quick-way"}))(t)
	titles := []string{}
	for _, phase := range try(b.Overview(b.ctx, p.ID))(t).Phases {
		titles = append(titles, phase.Title)
	}
	if !strings.Contains(strings.Join(titles, " "), "Spec Way") {
		t.Errorf("phases %v", titles)
	}

	b.writeFile("workflows/quick-way.md", strings.Replace(changed, "kind: document", "kind: odd", 1))
	shelf := try(b.Shelf(b.ctx))(t)
	if len(shelf.Problems) != 1 || shelf.Problems[0].Line == 0 || !strings.Contains(shelf.Problems[0].Message, "document") {
		t.Errorf("a mistake is told as %+v", shelf.Problems)
	}
	own := try(b.CopyWorkflow(b.ctx, "harden", ""))(t)
	if own.ID != "harden" || own.Source != workflow.Yours {
		t.Errorf("%+v", own)
	}
}

// A copy is never written over a file that somebody has changed.
func TestACopiedWorkflowIsNotWrittenOverAFile(t *testing.T) {
	b := newBench(t, specOrRequest)
	text := try(b.WorkflowText(b.ctx, "harden"))(t)
	files := map[string]string{
		"workflows/broken.md": strings.Replace(strings.Replace(text, "id: harden", "id: broken", 1), "kind: document", "kind: documint", 1),
		"workflows/other.md":  strings.Replace(text, "id: harden", "id: another", 1),
	}
	for path, content := range files {
		b.writeFile(path, content)
	}
	for _, id := range []string{"broken", "other"} {
		if _, err := b.CopyWorkflow(b.ctx, "harden", id); workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("%s: %v", id, err)
		}
	}
	for path, want := range files {
		if got := string(try(os.ReadFile(b.file(path)))(t)); got != want {
			t.Errorf("%s was written over", path)
		}
	}
}
