//go:build bindings

package api

import "plumbline/backend/workflow"

// Shapes exists only while the TypeScript bindings are generated: it names the
// types that travel over /data, so that the front end has them from the same source.
type Shapes struct{}

// DataShapes holds one of each.
type DataShapes struct {
	Document   workflow.Document        `json:"document"`
	Draft      workflow.Draft           `json:"draft"`
	Diff       workflow.VersionDiff     `json:"diff"`
	Log        workflow.Log             `json:"log"`
	Blame      workflow.Blame           `json:"blame"`
	Heading    workflow.Heading         `json:"heading"`
	Moment     workflow.Moment          `json:"moment"`
	ProjectAt  workflow.ProjectAt       `json:"projectAt"`
	Search     workflow.SearchUpdate    `json:"search"`
	Verify     workflow.VerifyUpdate    `json:"verify"`
	Prompt     workflow.PromptText      `json:"prompt"`
	RunDetail  workflow.RunDetail       `json:"runDetail"`
	RunBlocks  workflow.RunBlocks       `json:"runBlocks"`
	Review     workflow.CandidateReview `json:"review"`
	Accept     workflow.AcceptCandidate `json:"accept"`
	Paste      workflow.PastedAnswer    `json:"paste"`
	Save       workflow.SaveDocument    `json:"save"`
	NewProject workflow.NewProject      `json:"newProject"`
	Owner      workflow.OwnerInfo       `json:"owner"`

	Shelf        workflow.Shelf          `json:"shelf"`
	PromptDetail workflow.PromptDetail   `json:"promptDetail"`
	SavePrompt   workflow.SavePrompt     `json:"savePrompt"`
	PromptOrder  workflow.PromptOrder    `json:"promptOrder"`
	Filled       workflow.FilledPrompt   `json:"filled"`
	Hit          workflow.PromptHit      `json:"hit"`
	Given        workflow.Given          `json:"given"`
	Next         workflow.NextPrompt     `json:"next"`
	PromptBatch  workflow.PromptBatch    `json:"promptBatch"`
	Upgrade      workflow.Upgrade        `json:"upgrade"`
	ImportFile   workflow.ImportFile     `json:"importFile"`
	Import       workflow.ImportPreview  `json:"import"`
	Findings     workflow.FindingList    `json:"findings"`
	FindingQuery workflow.FindingQuery   `json:"findingQuery"`
	Finding      workflow.FindingDetail  `json:"finding"`
	FindingAct   workflow.FindingAct     `json:"findingAct"`
	FindingSplit workflow.FindingSplit   `json:"findingSplit"`
	Ledger       workflow.Ledger         `json:"ledger"`
	FindingFile  workflow.FindingExport  `json:"findingFile"`
	ExportAsk    workflow.ExportPrompts  `json:"exportAsk"`
	OwnChecklist workflow.OwnChecklist   `json:"ownChecklist"`
	TickOwn      workflow.TickOwn        `json:"tickOwn"`
	Export       workflow.Exported       `json:"export"`
	Handoff      workflow.Handoff        `json:"handoff"`
	HandoffAsk   workflow.HandoffAsk     `json:"handoffAsk"`
	HandoffFrom  workflow.HandoffSource  `json:"handoffFrom"`
	HandoffFound workflow.HandoffPreview `json:"handoffFound"`
	Plan         workflow.PlanView       `json:"plan"`
	Step         workflow.StepDetail     `json:"step"`
	StepOrder    workflow.StepOrder      `json:"stepOrder"`
	NewSteps     workflow.NewSteps       `json:"newSteps"`
	Threads      workflow.Thread         `json:"threads"`
	Refinement   workflow.Refinement     `json:"refinement"`
	Restart      workflow.Restart        `json:"restart"`
	Check        workflow.CheckResult    `json:"check"`
	Effort       workflow.EffortRow      `json:"effort"`

	Proof     workflow.Proof     `json:"proof"`
	Staleness workflow.Staleness `json:"staleness"`
}

// All returns nothing of use.
func (Shapes) All() DataShapes { return DataShapes{} }

func shapes() []any { return []any{&Shapes{}} }
