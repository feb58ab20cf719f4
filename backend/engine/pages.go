package engine

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// pages notes the pages that people read in the history repository: project.md
// and gates.md, written anew from their records.
func (e *Engine) pages(tx *store.Tx, p workflow.Project) error {
	records, err := tx.GateRecords(p.ID)
	if err != nil {
		return err
	}
	facts, err := tx.Variables(p.ID, factsKey)
	if err != nil {
		return err
	}
	if err := tx.File(p.ID, "project.md", projectPage(p, facts)); err != nil {
		return err
	}
	return tx.File(p.ID, "gates.md", gatesPage(p, records))
}

// projectPages returns all pages of a project that are no documents.
func projectPages(tx *store.Tx, p workflow.Project) ([]workflow.File, error) {
	records, err := tx.GateRecords(p.ID)
	if err != nil {
		return nil, err
	}
	facts, err := tx.Variables(p.ID, factsKey)
	if err != nil {
		return nil, err
	}
	pages := []workflow.File{
		{Path: "project.md", Content: []byte(projectPage(p, facts))}, {Path: "gates.md", Content: []byte(gatesPage(p, records))},
	}
	runs, err := tx.Runs(p.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if !r.State.Ended() {
			continue
		}
		texts := map[string]string{}
		for _, part := range []string{"prompt", "thinking", "answer"} {
			if texts[part], err = tx.RunText(r.ID, part); err != nil {
				return nil, err
			}
		}
		pages = append(pages, workflow.File{Path: runPagePath(r), Content: []byte(runPage(r, texts["prompt"], texts["thinking"], texts["answer"]))})
	}
	return pages, nil
}

func projectPage(p workflow.Project, facts map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n- Workflow: %s\n- Started: %s\n- Id: %s\n", p.Name, p.Summary, p.WorkflowID, day(p.CreatedAt), p.ID)
	for _, name := range factNames() {
		if facts[name] != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", workflow.Title(name), facts[name])
		}
	}
	return b.String()
}

func gatesPage(p workflow.Project, records []workflow.GateRecord) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Gates of %s\n", p.Name)
	if len(records) == 0 {
		b.WriteString("\nNo gate has been passed yet.\n")
	}
	for _, r := range records {
		fmt.Fprintf(&b, "\n## %s: %s\n\n%s, %s\n", r.Phase, actName(r.Action), r.By.Name, moment(r.At))
		if r.Reason != "" {
			fmt.Fprintf(&b, "\n> %s\n", strings.ReplaceAll(r.Reason, "\n", "\n> "))
		}
		if len(r.Waived) > 0 {
			b.WriteString("\nMissing at that moment:\n\n")
			for _, w := range r.Waived {
				fmt.Fprintf(&b, "- %s\n", w)
			}
		}
		if len(r.Causes) > 0 {
			b.WriteString("\nIn spite of:\n\n")
			for _, c := range r.Causes {
				fmt.Fprintf(&b, "- %s\n", c.Sentence())
			}
		}
		if r.Action == workflow.ActChange {
			fmt.Fprintf(&b, "\nThe request: %s\n", r.Path)
		}
		if c := r.Check; c != nil {
			fmt.Fprintf(&b, "\n%s: %s v%d\n", checkSentence(*c), c.Path, c.Version)
		}
		b.WriteString("\nSeen: " + seen(r.Seen) + "\n")
	}
	return b.String()
}

// checkSentence says what was checked, with what, and how it ended.
func checkSentence(c workflow.CheckResult) string {
	what := "The whole project"
	if c.Step != "" {
		what = "Step " + c.Step
	}
	return fmt.Sprintf("%s: “%s” ended with %d", what, strings.ReplaceAll(c.Command, "`", "'"), c.Exit)
}

func actName(a workflow.GateAction) string {
	switch a {
	case workflow.ActPass:
		return "passed"
	case workflow.ActWaive:
		return "overridden"
	case workflow.ActReopen:
		return "reopened"
	case workflow.ActSign:
		return "signed"
	case workflow.ActUnsign:
		return "sign-off withdrawn"
	case workflow.ActUnfreeze:
		return "unfrozen"
	case workflow.ActRound:
		return "next round"
	case workflow.ActOverride:
		return "refined past the limit"
	case workflow.ActRestart:
		return "started over"
	case workflow.ActCheck:
		return "checked"
	case workflow.ActApprove:
		return "approved"
	case workflow.ActPromote:
		return "promoted"
	case workflow.ActHealthy:
		return "figures healthy"
	case workflow.ActRollback:
		return "rolled back"
	case workflow.ActLooked:
		return "count looked at"
	case workflow.ActChange:
		return "opened for a change request"
	}
	return "still valid"
}

func seen(versions map[string]int) string {
	list := make([]string, 0, len(versions))
	for path, n := range versions {
		list = append(list, fmt.Sprintf("%s v%d", path, n))
	}
	sort.Strings(list)
	return strings.Join(list, ", ")
}

// runPage is a run as people read it in the history repository.
func runPage(r workflow.Run, prompt, thinking, answer string) string {
	var b strings.Builder
	b.WriteString("---\n")
	line := func(key, format string, args ...any) { fmt.Fprintf(&b, "%s: %s\n", key, fmt.Sprintf(format, args...)) }
	line("id", "%s", r.ID)
	line("phase", "%s", r.Phase)
	line("state", "%s", r.State)
	line("provider", "%s", r.Provider)
	if r.Model != "" {
		line("model", "%q", r.Model)
	}
	line("prompt", "%s", r.PromptID)
	line("prompt-revision", "%s", r.PromptRevision)
	line("prompt-sha256", "%s", r.PromptHash)
	for i, in := range r.Inputs {
		if i == 0 {
			b.WriteString("inputs:\n")
		}
		fmt.Fprintf(&b, "  - {path: %q, version: %d, hash: %s}\n", in.Path, in.Version, in.Hash)
	}
	line("created", "%s", r.CreatedAt.Format(time.RFC3339))
	line("ended", "%s", r.EndedAt.Format(time.RFC3339))
	line("prompt-tokens", "%d", r.PromptTokens)
	line("answer-tokens", "%d", r.AnswerTokens)
	if r.Error != nil {
		line("error", "%q", r.Error.Message)
	}
	b.WriteString("---\n\n# Prompt as sent\n\n" + fence(prompt))
	if thinking != "" {
		b.WriteString("\n# Thinking\n\n" + fence(thinking))
	}
	b.WriteString("\n# Answer\n\n" + fence(answer))
	return b.String()
}

// fence puts a text between fences longer than any it holds, so that the page
// shows it as it is.
func fence(text string) string {
	longest, run := 0, 0
	for _, c := range text {
		if c == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	marks := strings.Repeat("`", max(3, longest+1))
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return marks + "text\n" + text + marks + "\n"
}

func runPagePath(r workflow.Run) string {
	return fmt.Sprintf("runs/%s/%s.md", r.CreatedAt.UTC().Format("2006-01"), r.ID)
}

func day(t time.Time) string    { return t.UTC().Format("2 January 2006") }
func moment(t time.Time) string { return t.UTC().Format("2 January 2006 15:04 UTC") }
