package engine

import (
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
	"plumbline/prompts"
)

// ReadFindings reads a text as the answer of an audit, without what a model thought
// aloud before it. Like the functions below it needs no data, so that scripts can use
// it without opening any.
func ReadFindings(text string) workflow.FindingsRead { return markdown.Findings(answerIn(text)) }

// answerIn blanks out what stands before the answer in a text, so that every byte
// and, as long as the answer begins a line, every line of it stays where it was.
func answerIn(text string) string {
	_, answer := markdown.SplitThinking(text)
	at := strings.LastIndex(text, answer)
	if at <= 0 {
		return text
	}
	lines := max(strings.Count(text[:at], "\n"), 1)
	return strings.Repeat(" ", at-lines) + strings.Repeat("\n", lines) + answer
}

// ReadPlan reads a text as a plan and checks it.
func ReadPlan(text string) workflow.CheckedPlan {
	read := markdown.Plan(answerIn(text))
	return workflow.CheckedPlan{PlanRead: read, Problems: workflow.CheckPlan(read, workflow.StepFiles)}
}

// ReadChecklist reads the boxes of a text.
func ReadChecklist(text string) workflow.ChecklistRead { return markdown.Checklist(answerIn(text)) }

// ReadRequest reads a text as a request.
func ReadRequest(text string) workflow.RequestRead { return markdown.Request(answerIn(text)) }

// ReadContract holds a text, without what a model thought aloud before it, against
// the contract of a built-in prompt. It returns NotFound when there is no such prompt.
func ReadContract(text, id string) (workflow.ContractRead, error) {
	p, ok := prompt.OpenLibrary(prompts.Files, nil).Prompt(id)
	if !ok {
		return workflow.ContractRead{}, workflow.Errorf(workflow.NotFound, "There is no built-in prompt “%s”.", id).
			WithHint("Name one by its id, for example “request”, “spec” or “plan”, or the file of one of yours.")
	}
	return readContract(text, p), nil
}

// ReadContractOf is ReadContract for the prompt in a file.
func ReadContractOf(text, file, source string) (workflow.ContractRead, error) {
	p, err := prompt.Parse(file, []byte(source))
	if err != nil {
		return workflow.ContractRead{}, err
	}
	return readContract(text, p), nil
}

func readContract(text string, p prompt.Prompt) workflow.ContractRead {
	_, text = markdown.SplitThinking(text)
	reading := markdown.Read(p.Contract, text)
	missing := workflow.CheckContract(p.Contract, reading)
	return workflow.ContractRead{Prompt: p.ID, Title: p.Title, Holds: len(missing) == 0, Missing: missing,
		Reads: p.Contract.Reads, Found: reading.Found(p.Contract.Reads), Whole: workflow.LooksWhole(text)}
}
