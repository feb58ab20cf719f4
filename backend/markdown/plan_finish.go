package markdown

import (
	"cmp"
	"strings"

	"plumbline/backend/workflow"
)

// stepColumns say what a column of a table of steps holds.
var stepColumns = names(
	"step: step, task, item, #, id, no, no., nr, number, schritt, aufgabe",
	"task: what, description, title, details, name, summary, beschreibung",
	"files: where, files, file, paths, dateien",
	"depends: depends, depends on, dependencies, after, requires, prerequisites",
	"effort: effort, size, estimate, aufwand",
	"complexity: complexity",
	"risk: risk, risiko",
	"tags: tags, tag",
	"tests: tests, test, verification",
	"covers: covers, criteria, ac",
	"user: user instructions, manual",
)

// head returns the head of the table that a row is in.
func (p *planner) head(i int) (portion, bool) {
	for j := i - 1; j >= 0 && p.portions[j].list == p.portions[i].list; j-- {
		if p.portions[j].kind == headPortion {
			return p.portions[j], true
		}
	}
	return portion{}, false
}

// roles finds what the columns of each table hold, once.
func (p *planner) roles(i int) []string {
	row := p.portions[i]
	if roles, ok := p.columns[row.list]; ok {
		return roles
	}
	var roles []string
	if head, ok := p.head(i); ok {
		for _, cell := range head.cells {
			roles = append(roles, stepColumns[strings.ToLower(cell.text)])
		}
	}
	p.columns[row.list] = roles
	return roles
}

// rowAt reads a row that begins with the number of a step.
func (p *planner) rowAt(i int) (stepStart, bool) {
	row := p.portions[i]
	if row.kind != rowPortion {
		return stepStart{}, false
	}
	roles := p.roles(i)
	if len(roles) < 2 || roles[0] != "step" || len(row.cells) == 0 || !known(roles, "task", "depends", "files") {
		return stepStart{}, false
	}
	m := tabledRE.FindStringSubmatch(row.cells[0].text)
	if m == nil {
		return stepStart{}, false
	}
	title := m[2]
	for n, role := range roles {
		if n > 0 && n < len(row.cells) && title == "" && (role == "task" || role == "step") {
			title = row.cells[n].text
		}
	}
	return stepStart{number: m[1], title: title}, title != ""
}

func known(roles []string, wanted ...string) bool {
	for _, role := range roles {
		for _, want := range wanted {
			if role == want {
				return true
			}
		}
	}
	return false
}

// rowFields takes the other cells of a row.
func (p *planner) rowFields(s *workflow.Step, i int) {
	row := p.portions[i]
	for n, role := range p.roles(i) {
		if n == 0 || n >= len(row.cells) || role == "" || role == "step" {
			continue
		}
		text := row.cells[n].text
		if text == "" || role == "task" && text == s.Title {
			continue
		}
		p.field(s, namedField{name: role, lines: []string{text}})
	}
}

// number numbers steps that have no numbers, and those whose numbers begin anew in each phase.
func (p *planner) number() {
	if p.shape == anyBoxes || p.shape == anyList {
		p.read.Guessed = len(p.read.Steps) > 0
		p.note("No heading says that these are the steps of a plan; they were taken for them.")
	}
	if p.shape == boxSteps || p.shape == anyBoxes {
		for i := range p.read.Steps {
			p.read.Steps[i].Number = itoa(i + 1)
		}
		p.note("The steps have no numbers; they are counted in their order.")
		return
	}
	if p.shape != listSteps && p.shape != anyList {
		return
	}
	seen := map[string]int{}
	anew := false
	for _, s := range p.read.Steps {
		if other, ok := seen[s.Number]; ok && other != s.Milestone {
			anew = true
		}
		seen[s.Number] = s.Milestone
	}
	if !anew {
		return
	}
	for i := range p.read.Steps {
		if s := &p.read.Steps[i]; s.Milestone >= 0 {
			s.Number = cmp.Or(p.read.Milestones[s.Milestone].Number, itoa(s.Milestone+1)) + "." + s.Number
		}
	}
	p.note("The numbers begin anew in each part of the plan. Step 1 of the second part is called 2.1.")
}

// finish notes what is doubtful and makes offsets those of the text as it was given.
func (p *planner) finish(src string) {
	if p.read.Elided {
		p.note("The text says that it leaves something out.")
	}
	if len(p.read.Steps) > 0 && !workflow.LooksWhole(src) {
		p.note("The text breaks off.")
	}
	if p.isCode() {
		p.note(onlyCode)
	}
	for i := range p.read.Steps {
		p.read.Steps[i].Start += p.doc.skip
		p.read.Steps[i].End += p.doc.skip
	}
	for i := range p.read.Milestones {
		p.read.Milestones[i].Start += p.doc.skip
		p.read.Milestones[i].End += p.doc.skip
	}
	p.read.Notes = append([]string{}, p.doubtful...)
}
