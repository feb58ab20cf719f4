package cli

import (
	"fmt"
	"strings"

	"plumbline/backend/workflow"
)

// evidenceFlags say by what a box is done: at most one of a sentence, a command, a
// commit and a finding.
type evidenceFlags struct {
	Because  string   `help:"A sentence on what was seen." placeholder:"TEXT"`
	Command  string   `help:"The command that shows it. It is not run; say how it ended with --exit." placeholder:"COMMAND"`
	Exit     int      `help:"What the command ended with." default:"-1" placeholder:"CODE"`
	Output   string   `help:"A file with what the command printed; - is standard input." placeholder:"FILE"`
	Commit   string   `help:"The commit that does it." placeholder:"HASH"`
	Finding  string   `help:"The finding that is closed, such as F-001." placeholder:"NUMBER"`
	JudgedBy []string `help:"A text that it was judged by, or a part of one: spec.md, spec.md#AC-2, plan.md#step 4." placeholder:"PATH"`
}

// evidence returns what the flags say, or nil when they say nothing.
func (f evidenceFlags) evidence(s *session) (*workflow.Evidence, error) {
	ev := workflow.Evidence{Inputs: []workflow.Input{}}
	given := 0
	for kind, text := range map[workflow.EvidenceKind]string{workflow.EvidenceSentence: f.Because, workflow.EvidenceCommand: f.Command,
		workflow.EvidenceCommit: f.Commit, workflow.EvidenceFinding: f.Finding} {
		if text != "" {
			given++
			ev.Kind = kind
		}
	}
	switch {
	case given > 1:
		return nil, usageError{workflow.Errorf(workflow.Invalid, "A box is done by one thing: give one of --because, --command, --commit and --finding.").
			WithHint("See “plumbline help tick”.")}
	case f.Command == "" && (f.Output != "" || f.Exit != -1), f.Command != "" && f.Exit < 0:
		return nil, usageError{workflow.Errorf(workflow.Invalid, "--command and --exit go together, and --output with them.").
			WithHint("For example: --command \"go test ./...\" --exit 0.")}
	case given == 0 && len(f.JudgedBy) > 0:
		return nil, usageError{workflow.Errorf(workflow.Invalid, "--judged-by goes with evidence.").WithHint("Add --because, --command, --commit or --finding.")}
	case given == 0:
		return nil, nil
	}
	ev.Text, ev.Ref = f.Because+f.Command, f.Commit+f.Finding
	ev.Exit = max(f.Exit, 0)
	for _, text := range f.JudgedBy {
		path, part, _ := strings.Cut(text, "#")
		ev.Inputs = append(ev.Inputs, workflow.Input{Path: path, Part: part})
	}
	if f.Output == "" {
		return &ev, nil
	}
	var err error
	ev.Output, err = s.readAny(f.Output)
	return &ev, err
}

// whyDone says by what a box is done, in a line; nothing for a plain tick.
func whyDone(t *workflow.Tick) string {
	if t == nil {
		return ""
	}
	why := ""
	if e := t.Evidence; e != nil {
		switch e.Kind {
		case workflow.EvidenceCommand:
			why = fmt.Sprintf("%s ended with %d", e.Text, e.Exit)
		case workflow.EvidenceCommit:
			why = strings.TrimSpace("commit " + e.Ref + " " + e.Text)
		default:
			why = e.Text
		}
	}
	if t.Was != "" {
		why = strings.TrimSpace(why + " It was ticked as “" + t.Was + "”.")
	}
	return why
}
