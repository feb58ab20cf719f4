package foreign

import (
	"slices"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// The lines between which the section of a README is ours.
const (
	readmeBegin = "<!-- plumbline prompts: begin -->"
	readmeEnd   = "<!-- plumbline prompts: end -->"
)

// Readme is the section of a README that says when each prompt is used: a table
// of the phases of each workflow, and one of the prompts that belong to no phase.
func Readme(prompts []prompt.Prompt, workflows []workflow.Workflow) string {
	t := &table{prompts: map[string]prompt.Prompt{}, told: map[string]bool{}}
	for _, p := range prompts {
		t.prompts[p.ID] = p
	}
	t.out.WriteString("## When each prompt is used\n")
	for _, w := range workflows {
		t.workflow(w, prompts)
	}
	t.others(prompts)
	if len(prompts) == 0 {
		t.out.WriteString("\nThere are no prompts yet.\n")
	}
	return t.out.String()
}

// table collects the tables of a section.
type table struct {
	out     strings.Builder
	prompts map[string]prompt.Prompt
	told    map[string]bool
	rows    int // of the table that is open
}

func (t *table) workflow(w workflow.Workflow, prompts []prompt.Prompt) {
	t.rows = 0
	for _, phase := range w.Phases {
		ids := append([]string{phase.Prompt}, phase.Prompts...)
		for _, p := range prompts {
			if p.Phase == phase.ID {
				ids = append(ids, p.ID)
			}
		}
		first := cell(phase.Title)
		for i, id := range ids {
			p, ok := t.prompts[id]
			if !ok || slices.Contains(ids[:i], id) {
				continue
			}
			t.open(w.Title, "Phase")
			t.row(first, p)
			first = ""
		}
	}
}

// others is the prompts that no workflow has, by the shelf that they stand on.
func (t *table) others(prompts []prompt.Prompt) {
	t.rows = 0
	rest := slices.DeleteFunc(slices.Clone(prompts), func(p prompt.Prompt) bool { return t.told[p.ID] })
	slices.SortStableFunc(rest, func(a, b prompt.Prompt) int { return strings.Compare(a.Group, b.Group) })
	last := ""
	for _, p := range rest {
		t.open("In any phase", "Group")
		first := ""
		if p.Group != last {
			last, first = p.Group, cell(human(p.Group))
		}
		t.row(first, p)
	}
}

func (t *table) open(title, first string) {
	if t.rows == 0 {
		t.out.WriteString("\n### " + cell(title) + "\n\n| " + first + " | Prompt | When |\n|---|---|---|\n")
	}
}

func (t *table) row(first string, p prompt.Prompt) {
	t.rows++
	t.told[p.ID] = true
	when := p.Purpose
	if strings.TrimSpace(when) == "" {
		when = p.Summary
	}
	t.out.WriteString("| " + first + " | **" + cell(p.Title) + "** (`" + p.ID + "`) | " + cell(when) + " |\n")
}

// cell makes a text one that stands in a cell of a table and nothing else.
func cell(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", `\<`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`).Replace(s)
}

// InsertReadme puts the section into the text of a README: between our two marker
// lines where they are, else at its end, with the markers around it. All else of
// the text stays as it is. Markers that do not pair are an error.
func InsertReadme(text, section string) (string, error) {
	newline := "\n"
	if strings.Contains(text, "\r\n") {
		newline = "\r\n"
	}
	block := readmeBegin + "\n" + strings.TrimRight(section, "\n") + "\n" + readmeEnd
	block = strings.ReplaceAll(block, "\n", newline)
	begins, ends := markerLines(text, readmeBegin), markerLines(text, readmeEnd)
	switch {
	case len(begins) == 1 && len(ends) == 1 && begins[0] < ends[0]:
		return text[:begins[0]] + block + text[ends[0]+len(readmeEnd):], nil
	case len(begins)+len(ends) > 0:
		return "", workflow.Errorf(workflow.Conflict, "The markers of Plumbline in the README do not pair.").
			WithHint("Keep one line “%s” and after it one line “%s”, or remove both.", readmeBegin, readmeEnd)
	case strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")) == "":
		return text + block + newline, nil
	}
	for !strings.HasSuffix(text, newline+newline) {
		text += newline
	}
	return text + block + newline, nil
}

// markerLines returns where a marker stands alone on a line that is not code.
func markerLines(text, marker string) []int {
	code := codeSpans(text)
	var all []int
	at := 0
	for line := range strings.Lines(text) {
		start := at
		at += len(line)
		for len(code) > 0 && code[0].end <= start {
			code = code[1:]
		}
		inCode := len(code) > 0 && code[0].start <= start
		if line = strings.TrimPrefix(strings.TrimRight(line, " \t\r\n"), "\ufeff"); line == marker && !inCode {
			all = append(all, at-len(text[start:at])+strings.Index(text[start:at], marker))
		}
	}
	return all
}
