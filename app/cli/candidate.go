package cli

import (
	"context"
	"fmt"
	"slices"

	"plumbline/backend/workflow"
)

// candidateArgs name the open answer of a phase.
type candidateArgs struct {
	Project string `arg:"" help:"The project."`
	Phase   string `arg:"" optional:"" help:"The phase; not needed with --run."`
	RunID   string `name:"run" help:"The run whose answer is meant, instead of the newest that waits." placeholder:"ID"`
}

// find returns the id of the run whose answer is meant.
func (c candidateArgs) find(ctx context.Context, s *session) (*client, workflow.Overview, string, error) {
	if c.Phase == "" && c.RunID != "" { // an answer outside of phases
		cl, o, err := s.project(ctx, c.Project)
		return cl, o, c.RunID, err
	}
	if c.Phase == "" {
		return nil, workflow.Overview{}, "", usageError{workflow.Errorf(workflow.Invalid, "The phase is missing.").WithHint("Name it, or the run with --run.")}
	}
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	switch {
	case err != nil:
		return nil, o, "", err
	case c.RunID != "":
		return cl, o, c.RunID, nil
	case ph.CandidateID == "":
		return nil, o, "", workflow.Errorf(workflow.NotFound, "No answer waits in %s of %s.", ph.Title, o.Project.Name).
			WithHint("Run the phase first: plumbline run %s %s", o.Project.Slug, ph.ID)
	}
	return cl, o, ph.CandidateID, nil
}

// named is how a command names an answer again.
func (c candidateArgs) named(o workflow.Overview, of workflow.Candidate) string {
	if c.RunID != "" || of.Phase == "" {
		return fmt.Sprintf("%s --run %s", o.Project.Slug, of.RunID)
	}
	return o.Project.Slug + " " + of.Phase
}

type reviewCmd struct{ candidateArgs }

func (c *reviewCmd) Run(ctx context.Context, s *session) error {
	cl, o, id, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	var review workflow.CandidateReview
	if err := cl.get(ctx, ofRun(id, "review"), &review); err != nil {
		return err
	}
	return s.print(review, func(out *printer) {
		printReview(out, review)
		if review.Moved {
			s.say("%s the document has changed since the run began.", s.err.yellow("warning:"))
		}
		s.say("%s plumbline accept %s, or take sections with --section N", s.err.dim("next:"), c.named(o, review.Candidate))
	})
}

func printReview(out *printer, r workflow.CandidateReview) {
	against := "nothing written yet"
	if r.Current.Number > 0 {
		against = fmt.Sprintf("v%d", r.Current.Number)
	}
	out.line("%s from %s against %s: +%d −%d lines", out.bold(r.Candidate.Path), clean(origin(r.Run)), against, r.Added, r.Removed)
	for _, sec := range r.Sections {
		title := clean(sec.Title)
		if title == "" {
			title = "(before the first heading)"
		}
		out.line("%s", out.dim(fmt.Sprintf("── %d  %s  %s", sec.ID, title, sec.Kind)))
		if sec.Kind != "same" {
			printDiff(out, sec.Diff)
		}
	}
}

func origin(r workflow.Run) string {
	if r.Model == "" {
		return "a pasted answer"
	}
	return r.Model
}

type acceptCmd struct {
	candidateArgs
	Section []int  `help:"Take only this section, by its number in the review; may be repeated." placeholder:"N"`
	Edit    string `help:"Save this file instead, edited from the answer; - is standard input." placeholder:"FILE" xor:"what"`
	Message string `short:"m" help:"Describe the version." placeholder:"TEXT"`
}

func (acceptCmd) examples() []string {
	return []string{
		"plumbline accept book-club spec",
		"plumbline accept book-club spec --section 3 --section 5",
		"plumbline answer RUN > spec.md && $EDITOR spec.md && plumbline accept book-club spec --edit spec.md",
	}
}

func (c *acceptCmd) Run(ctx context.Context, s *session) error {
	if c.Edit != "" && len(c.Section) > 0 {
		return usageError{workflow.Errorf(workflow.Invalid, "--section and --edit cannot be used together.").
			WithHint("An edited text is saved as a whole.")}
	}
	choice := workflow.AcceptCandidate{All: len(c.Section) == 0, Sections: c.Section, Message: c.Message}
	if c.Edit != "" {
		var err error
		if choice.Body, err = s.readFile(c.Edit); err != nil {
			return err
		}
	}
	cl, o, id, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	var review workflow.CandidateReview
	if err := cl.get(ctx, ofRun(id, "review"), &review); err != nil {
		return err
	}
	if err := checkSections(c.Section, review.Sections); err != nil {
		return err
	}
	choice.Base = review.Current.Number
	var v workflow.Version
	if err := cl.do(ctx, "POST", ofRun(id, "accept"), choice, &v); err != nil {
		return err
	}
	return s.print(v, func(out *printer) {
		printVersion(out, v)
		if review.Candidate.Phase == "" {
			s.say("%s plumbline artifact show %s %s", s.err.dim("next:"), o.Project.Slug, v.Path)
			return
		}
		s.say("%s plumbline gate %s %s", s.err.dim("next:"), o.Project.Slug, review.Candidate.Phase)
	})
}

func checkSections(wanted []int, sections []workflow.SectionChange) error {
	for _, id := range wanted {
		if !slices.ContainsFunc(sections, func(c workflow.SectionChange) bool { return c.ID == id }) {
			return workflow.Errorf(workflow.Invalid, "The answer has no section %d.", id).
				WithHint("See the numbers with “plumbline review”.")
		}
	}
	return nil
}

type discardCmd struct{ candidateArgs }

func (c *discardCmd) Run(ctx context.Context, s *session) error {
	cl, _, id, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	var candidate workflow.Candidate
	if err := cl.call(ctx, "Candidates/Discard", &candidate, id); err != nil {
		return err
	}
	return s.print(candidate, func(out *printer) {
		out.line("The answer is closed. It is kept with its run: plumbline answer %s", id)
	})
}
