package engine

import (
	"plumbline/backend/markdown"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
	"plumbline/prompts"
)

// ReadFindings reads a text as the answer of an audit. Like the functions below
// it needs no data, so that scripts can use it without opening any.
func ReadFindings(text string) workflow.FindingsRead { return markdown.Findings(text) }

// ReadPlan reads a text as a plan and checks it.
func ReadPlan(text string) workflow.CheckedPlan {
	read := markdown.Plan(text)
	return workflow.CheckedPlan{PlanRead: read, Problems: workflow.CheckPlan(read, workflow.StepFiles)}
}

// ReadChecklist reads the boxes of a text.
func ReadChecklist(text string) workflow.ChecklistRead { return markdown.Checklist(text) }

// ReadRequest reads a text as a request.
func ReadRequest(text string) workflow.RequestRead { return markdown.Request(text) }

// ReadContract holds a text, without what a model thought aloud before it,
// against the contract of a built-in prompt. It
// returns NotFound when there is no such prompt.
func ReadContract(text, id string) (workflow.ContractRead, error) {
	p, ok := prompt.OpenLibrary(prompts.Files, nil).Prompt(id)
	if !ok {
		return workflow.ContractRead{}, workflow.Errorf(workflow.NotFound, "There is no built-in prompt “%s”.", id).
			WithHint("Name one by its id, for example “request”, “spec” or “plan”.")
	}
	_, text = markdown.SplitThinking(text)
	reading := markdown.Read(p.Contract, text)
	missing := workflow.CheckContract(p.Contract, reading)
	return workflow.ContractRead{Prompt: p.ID, Title: p.Title, Holds: len(missing) == 0, Missing: missing,
		Reads: p.Contract.Reads, Found: reading.Found(p.Contract.Reads), Whole: workflow.LooksWhole(text)}, nil
}
