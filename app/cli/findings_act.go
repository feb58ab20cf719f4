package cli

import (
	"context"

	"plumbline/backend/workflow"
)

// settleArgs name findings that something is done with.
type settleArgs struct {
	Project  string   `arg:"" help:"The project."`
	Findings []string `arg:"" help:"The findings, such as F-003 F-007."`
}

// act does something with all of them, or with none, and lists those that changed.
func (c settleArgs) act(ctx context.Context, s *session, act workflow.FindingAct) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	act.IDs = c.Findings
	var changed []workflow.Finding
	if err := cl.do(ctx, "POST", ofFindings(o.Project.ID, "act"), act, &changed); err != nil {
		return err
	}
	return s.print(changed, func(out *printer) { printLedger(out, changed) })
}

type findingsFixCmd struct {
	settleArgs
	Commit string `help:"The commit that fixed them." placeholder:"NAME"`
	Reason string `help:"How they were fixed." placeholder:"TEXT"`
}

func (c *findingsFixCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, workflow.FindingAct{Verb: workflow.VerbFix, Commit: c.Commit, Reason: c.Reason})
}

type findingsAcceptCmd struct {
	settleArgs
	Reason string `help:"Why they may stay; a P0, a P1 and one without a severity need at least 20 characters." placeholder:"TEXT"`
}

func (findingsAcceptCmd) examples() []string {
	return []string{`plumbline findings accept book-club F-003 --reason "Only the two of us can reach that page"`}
}

func (c *findingsAcceptCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, workflow.FindingAct{Verb: workflow.VerbAccept, Reason: c.Reason})
}

type findingsScheduleCmd struct {
	settleArgs
	Step   string `help:"The number of a step of the plan." placeholder:"N"`
	Date   string `help:"A day." placeholder:"2006-01-02"`
	Reason string `help:"Why not now; a P0, a P1 and one without a severity need at least 20 characters." placeholder:"TEXT"`
}

func (findingsScheduleCmd) examples() []string {
	return []string{`plumbline findings schedule book-club F-003 F-004 --step 7 --reason "Step 7 rewrites that page anyway"`}
}

func (c *findingsScheduleCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, workflow.FindingAct{Verb: workflow.VerbSchedule, Step: c.Step, Date: c.Date, Reason: c.Reason})
}

type findingsJudgeCmd struct {
	Project  string   `arg:"" help:"The project."`
	Severity string   `arg:"" help:"P0 (critical), P1 (high), P2 (medium) or P3 (low)." enum:"P0,P1,P2,P3"`
	Findings []string `arg:"" help:"The findings, such as F-003 F-007."`
	Reason   string   `help:"Why an accepted or scheduled one stays so, if it is worse now." placeholder:"TEXT"`
}

func (c *findingsJudgeCmd) Run(ctx context.Context, s *session) error {
	return settleArgs{c.Project, c.Findings}.act(ctx, s,
		workflow.FindingAct{Verb: workflow.VerbJudge, Severity: workflow.Severity(c.Severity), Reason: c.Reason})
}

type findingsReopenCmd struct {
	settleArgs
	Reason string `help:"Why." placeholder:"TEXT"`
}

func (c *findingsReopenCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, workflow.FindingAct{Verb: workflow.VerbReopen, Reason: c.Reason})
}

type findingsDuplicateCmd struct {
	settleArgs
	Of     string `required:"" help:"The finding that counts in their place." placeholder:"FINDING"`
	Reason string `help:"Why." placeholder:"TEXT"`
}

func (findingsDuplicateCmd) examples() []string {
	return []string{"plumbline findings duplicate book-club F-012 --of F-003"}
}

func (c *findingsDuplicateCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, workflow.FindingAct{Verb: workflow.VerbMerge, Into: c.Of, Reason: c.Reason})
}

type findingsDistinctCmd struct{ settleArgs }

func (c *findingsDistinctCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, workflow.FindingAct{Verb: workflow.VerbDistinct})
}

type findingsSplitCmd struct {
	findingArgs
	Report []int  `help:"Reports that are about something else, by the numbers that “findings show” gives them." placeholder:"N,…"`
	Title  string `help:"What the new finding is called; without it, as its first report." placeholder:"TEXT"`
}

func (findingsSplitCmd) examples() []string {
	return []string{"plumbline findings split book-club F-003 --report 1,2", `plumbline findings split book-club F-003 --title "The token is logged, too"`}
}

func (c *findingsSplitCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var parts []workflow.Finding
	split := workflow.FindingSplit{ID: c.Finding, Sightings: c.Report, Title: c.Title}
	if err := cl.do(ctx, "POST", ofFindings(o.Project.ID, "split"), split, &parts); err != nil {
		return err
	}
	return s.print(parts, func(out *printer) { printLedger(out, parts) })
}
