package engine

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestHandoffHoldsWhatIsThereNow(t *testing.T) {
	b, p := lived(t)
	made := try(b.Handoff(b.ctx, p.ID, workflow.HandoffAsk{Format: workflow.HandoffZip}))(t)
	bodies, size := map[string]string{}, 0
	for _, f := range made.Files {
		bodies[f.Path] = f.Content
		size += f.Size
	}
	if got := bodies[p.Slug+"/documents/request.md"]; got != b.doc(p, "request.md").Markdown {
		t.Errorf("the request is %q", got)
	}
	prompt := try(b.Prompt(b.ctx, p.ID, "request", ""))(t)
	if bodies[p.Slug+"/prompts/02-request.md"] != prompt.Text || prompt.Text == "" {
		t.Error("the prompt is not the one that would be copied")
	}
	if size != made.Size || made.Path != "" || made.Name != p.Slug+"-handoff.zip" {
		t.Errorf("%+v", made)
	}
	if _, err := b.Handoff(b.ctx, p.ID, workflow.HandoffAsk{Format: "pdf"}); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("an unknown format: %v", err)
	}
	if _, err := b.Handoff(b.ctx, "nobody", workflow.HandoffAsk{Format: workflow.HandoffZip}); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("an unknown project: %v", err)
	}
}

func TestHandoffOfOnePhaseHoldsThatPhase(t *testing.T) {
	b, p := lived(t)
	made := try(b.Handoff(b.ctx, p.ID, workflow.HandoffAsk{Format: workflow.HandoffZip, Phase: "spec"}))(t)
	prompts := 0
	for _, f := range made.Files {
		if strings.Contains(f.Path, "/prompts/") {
			prompts++
		}
	}
	if prompts != 1 || !strings.HasPrefix(made.Files[0].Path, p.Slug+"-spec/") {
		t.Errorf("%d prompts, %s", prompts, made.Files[0].Path)
	}
}

func TestHandoffGoesWhereItIsWanted(t *testing.T) {
	b, p := lived(t)
	dir := t.TempDir()
	ask := workflow.HandoffAsk{Format: workflow.HandoffSpecKit, To: filepath.Join(dir, "new", "place"), Dry: true}
	for _, f := range try(b.Handoff(b.ctx, p.ID, ask))(t).Files {
		if f.State != workflow.HandoffNew {
			t.Errorf("%s is %q", f.Path, f.State)
		}
	}
	if list := try(os.ReadDir(dir))(t); len(list) != 0 {
		t.Errorf("trying it has written %v", list)
	}
	ask.Dry = false
	made := try(b.Handoff(b.ctx, p.ID, ask))(t)
	for _, f := range made.Files {
		if text := try(os.ReadFile(filepath.Join(made.Path, f.Path)))(t); string(text) != f.Content {
			t.Errorf("%s is %q", f.Path, text)
		}
	}
	for _, f := range try(b.Handoff(b.ctx, p.ID, ask))(t).Files {
		if f.State != workflow.HandoffSame {
			t.Errorf("a second time %s is %q", f.Path, f.State)
		}
	}
	if _, err := b.Handoff(b.ctx, p.ID, workflow.HandoffAsk{Format: workflow.HandoffMarkdown, To: "here.md"}); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("a path that does not begin at the root: %v", err)
	}
	page := filepath.Join(dir, "page.md")
	ask = workflow.HandoffAsk{Format: workflow.HandoffMarkdown, To: page}
	if made := try(b.Handoff(b.ctx, p.ID, ask))(t); made.Path != page {
		t.Errorf("it is in %s", made.Path)
	}
	if err := os.WriteFile(page, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Handoff(b.ctx, p.ID, ask); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("over another file: %v", err)
	}
	ask.Over = true
	try(b.Handoff(b.ctx, p.ID, ask))(t)
	left := try(filepath.Glob(filepath.Join(dir, ".plumbline-*")))(t)
	if text := try(os.ReadFile(page))(t); string(text) == "mine" || len(left) != 0 {
		t.Errorf("%q, beside %v", text, left)
	}
}
