package engine

import (
	"context"
	"slices"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/pattern"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// objectName is the name of a commit, or the beginning of one.
var objectName = pattern.New(`^[0-9a-f]{7,64}$`)

// Prove ticks the box at an offset by evidence. Where the evidence names no texts that
// it was judged by, those that the box is plainly about count: the criterion that it
// begins with, or the step that it belongs to.
func (e *Engine) Prove(_ context.Context, projectID string, p workflow.Proof) (workflow.Version, error) {
	ev := p.Evidence
	if err := checkEvidence(&ev); err != nil {
		return workflow.Version{}, err
	}
	item, err := e.box(projectID, p.Path, p.Offset, p.Version)
	if err != nil {
		return workflow.Version{}, err
	}
	err = e.store.View(func(tx *store.Tx) error {
		if err := settleFinding(tx, projectID, &ev); err != nil {
			return err
		}
		return e.settleInputs(tx, projectID, p.Path, item, &ev)
	})
	if err != nil {
		return workflow.Version{}, err
	}
	return e.mark(projectID, p.Path, p.Offset, p.Version, "Prove", workflow.Tick{State: workflow.ItemDone, Evidence: &ev})
}

// checkEvidence brings evidence into the form it is kept in, or says why it proves nothing.
func checkEvidence(ev *workflow.Evidence) error {
	ev.Text, ev.Ref = strings.TrimSpace(ev.Text), strings.ToLower(strings.TrimSpace(ev.Ref))
	if err := checkText("The evidence", ev.Text, workflow.MaxReason, "Say it shorter, and put the details into a document."); err != nil {
		return err
	}
	if err := checkText("The output", ev.Output, MaxDocument, "Keep its end alone."); err != nil {
		return err
	}
	switch ev.Kind {
	case workflow.EvidenceCommand:
		if ev.Exit != 0 {
			return workflow.Errorf(workflow.Conflict, "The command ended with %d. That proves that the box is not done.", ev.Exit).
				WithHint("Mend what it found, and run it again.")
		}
		ev.Output = tail(ev.Output, maxOutput)
	case workflow.EvidenceCommit:
		if !objectName.MatchString(ev.Ref) {
			return workflow.Errorf(workflow.Invalid, "“%s” is not the name of a commit.", ev.Ref).WithHint("It has 7 to 64 digits from 0 to f: “git log --oneline” shows them.")
		}
		return nil
	case workflow.EvidenceFinding:
		ev.Ref = strings.ToUpper(ev.Ref)
		return nil
	case workflow.EvidenceSentence:
	default:
		return workflow.Errorf(workflow.Invalid, "Evidence cannot be of the kind “%s”.", ev.Kind).
			WithHint("It is a command, a commit, a finding or a sentence.")
	}
	if ev.Text == "" {
		return workflow.Errorf(workflow.Invalid, "The evidence says nothing.").WithHint("Name the command, or say in a sentence what you have seen.")
	}
	return nil
}

// settleFinding looks up the finding that is evidence: by its id or its number.
func settleFinding(tx *store.Tx, projectID string, ev *workflow.Evidence) error {
	if ev.Kind != workflow.EvidenceFinding {
		return nil
	}
	findings, err := tx.Findings(projectID)
	if err != nil {
		return err
	}
	order := workflow.FindingOrder(ev.Ref)
	at := slices.IndexFunc(findings, func(f workflow.Finding) bool {
		return f.ID == ev.Ref || order > 0 && workflow.FindingOrder(f.Number) == order
	})
	switch {
	case at < 0:
		return workflow.Errorf(workflow.NotFound, "There is no finding %s.", ev.Ref).WithHint("“plumbline findings list” shows them.")
	case findings[at].Open():
		return workflow.Errorf(workflow.Conflict, "%s is not closed: it is %s.", findings[at].Number, findings[at].State).
			WithHint("Fix it, or accept it with a reason, first.")
	}
	ev.Ref, ev.Text = findings[at].ID, findings[at].Number+": "+findings[at].Title
	return nil
}

// settleInputs notes in what state the texts are that the evidence was judged by.
func (e *Engine) settleInputs(tx *store.Tx, projectID, path string, item workflow.Item, ev *workflow.Evidence) error {
	t := e.reading(tx, projectID)
	inputs := []workflow.Input{}
	for _, in := range ev.Inputs {
		used, err := t.use(in.Name, in.Path, in.Part)
		if err != nil {
			return err
		}
		inputs = append(inputs, used)
	}
	if len(ev.Inputs) == 0 {
		if about, ok := t.about(path, item); ok {
			inputs = append(inputs, about)
		}
	}
	ev.Inputs = inputs
	return t.err
}

// criterionAt is the number of a criterion at the beginning of a box.
var criterionAt = pattern.New(`(?i)^\W*(AC-?\s?\d+)\b`)

// about returns the text that a box is plainly about, if there is one.
func (t *reading) about(path string, item workflow.Item) (workflow.Input, bool) {
	if m := criterionAt.FindStringSubmatch(item.Text); m != nil && path != specPath {
		if in, err := t.use("", specPath, workflow.CriterionID(m[1])); err == nil {
			return in, true
		}
	}
	n, ok := t.note(path)
	if path != workflow.PlanPath || !ok {
		return workflow.Input{}, false
	}
	body, err := t.body(n.version())
	t.fail(err)
	for _, s := range t.engine.docs.plan(n.hash, body).Steps {
		if s.Box == item.Index {
			in, err := t.use("", path, workflow.StepPart(s.Number))
			return in, err == nil
		}
	}
	return workflow.Input{}, false
}

// requestTitle is what a change request calls itself.
func requestTitle(body, path string) string {
	for _, s := range markdown.Sections(body) {
		if s.Level == 1 {
			return markdown.Plain(s.Title, 200)
		}
	}
	return workflow.Title(path)
}
