package markdown

import (
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// planShape is how a plan writes its steps.
type planShape int

const (
	noSteps     planShape = iota
	namedSteps            // “Step 3: title”, “Task 3: title”, as items, headings or paragraphs
	codedSteps            // “T003 [P] title”
	dottedSteps           // “2.1 title” behind a box
	tableSteps            // rows of a table with a number each
	boxSteps              // boxes without numbers, under a heading that says that steps follow
	listSteps             // entries of a numbered list under such a heading
	anyBoxes              // boxes under other headings
	anyList               // entries of any numbered list
)

var (
	namedRE      = pattern.New(`^(?i:step|task|schritt|aufgabe|étape|tâche|paso|tarea|步骤|任务)\s*[#№]?\s*(\d{1,4}(?:\.\d{1,3})*[a-z]?)\s*(?:[:：.)\]]+|\s[-–—]|[-–—]\s|$)[\s–—-]*(.*)$`)
	looseNamedRE = pattern.New(`^(?i:step|task|schritt|aufgabe)\s*[#№]?\s*(\d{1,4}(?:\.\d{1,3})*)\s+(\S.*)$`)
	codedRE      = pattern.New(`^(T\d{2,4})\b[:.]?\s*(\S.*)$`)
	dottedRE     = pattern.New(`^(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)[.):]?\s+(\S.*)$`)
	tabledRE     = pattern.New(`^(?:(?i:step|task)\s*)?#?([A-Z]?\d{1,3}(?:\.\d{1,3})*)(?:\s*[.):：·|]\s*|\s+[-–—]\s+|\s+|$)(.*)$`)
	// phaseRE is a heading that names a part of a plan by its number.
	phaseRE = pattern.New(`^(?i:phase|milestone|stage|sprint|part|group|epic|iteration|meilenstein|abschnitt|jalon|hito|阶段|里程碑)\s*(\d{1,3}|[A-Z]|[IVX]{1,5})\b\s*[:：.)–—-]*\s*(.*)$`)
	// planGenericRE is a heading that only says that steps follow.
	planGenericRE = pattern.New(`(?i)^(?:(?:the |implementation |build |development |detailed |ordered )*(?:steps|tasks|plan|task list|to-?dos?|work items|schritte|aufgaben)|tasks? ?/ ?subtasks?|steps and milestones|milestones)$`)
	// stepsRE is a heading under which a list is one of steps.
	stepsRE = pattern.New(`(?i)\b(?:steps?|tasks?|plan|phase|milestone|stage|sprint|implementation|to-?do|schritte?|aufgaben|meilenstein|work items)\b|步骤|任务|阶段`)
	// besideRE is a heading under which no steps stand, only words about them.
	besideRE = pattern.New(`(?i)\b(?:dependenc\w*|critical path|coverage|risks?|assumptions?|high[- ]priority|priorit\w*|complexity|estimates?|summary|overview|timeline|parallel\w*|success criteria|acceptance|questions?|notes?|rollback|definition of done|checklist|change log|results?|abhängigkeiten|risiken|zusammenfassung)\b`)
	elidedRE = pattern.New(`(?i)^[\s\[(*_<>-]*(?:(?:\.\.\.|…)\s*(?:\(?(?:continue[sd]?|continuing|and so on|etc|the rest|remaining|more|similar|same|additional|omitted|further|other|steps?|tasks?|usw|weitere)\b.*|[\])]?\s*$)|(?:remaining|further|other|additional|rest of(?: the)?) (?:steps|tasks|phases)\b.{0,60}(?:omitted|similar|same (?:pattern|way)|follow)|(?:steps|tasks|phases) \d+\s*(?:-|–|to)\s*\d+\s*(?:omitted|continue|follow the same|:?\s*(?:\.\.\.|…)|similar))`)
)

// planner goes over a plan and collects its steps.
type planner struct {
	*survey
	doubtful
	shape   planShape
	starts  map[int]stepStart // by the index of a portion
	read    workflow.PlanRead
	all     []planHead       // the heading that each portion is; of level 0 where it is none
	heads   []planHead       // those above the place that is read
	columns map[int][]string // what the columns of each table hold
	taken   map[int]bool     // portions inside steps
}

// planHead is a heading above the place that is read.
type planHead struct {
	title     string
	level     int
	beside    bool
	steps     bool
	milestone int // its index, -1 before it has any step
	portion   int
}

// stepStart is where a step begins.
type stepStart struct {
	number string
	title  string
}

// Plan reads the steps of an implementation plan in the shapes that models and
// people write: our own, “Step N” and “Task N” as items or headings, Spec Kit's
// “T001 [P]”, OpenSpec's “1.1”, tables, and numbered lists under phases. Of
// several shapes in one text the most explicit one counts.
func Plan(src string) workflow.PlanRead { return planIn(newSurvey(src), src) }

func planIn(v *survey, src string) workflow.PlanRead {
	p := &planner{survey: v, taken: map[int]bool{}, columns: map[int][]string{}}
	p.read = workflow.PlanRead{Milestones: []workflow.Milestone{}, Steps: []workflow.Step{}}
	p.choose()
	for i := 0; i < len(p.portions); {
		i = p.take(i)
	}
	p.number()
	p.order()
	p.finish(src)
	return p.read
}

// choose finds the most explicit shape that the text has, and where its steps begin.
func (p *planner) choose() {
	p.readHeads()
	for shape := namedSteps; shape <= anyList; shape++ {
		p.shape, p.starts, p.heads = shape, map[int]stepStart{}, nil
		for i := range p.portions {
			p.follow(i)
			if start, ok := p.startAt(i); ok {
				p.starts[i] = start
			}
		}
		if len(p.starts) > 0 {
			break
		}
		p.shape = noSteps
	}
	p.heads = nil
	p.promote()
}

// follow keeps the headings above portion i.
func (p *planner) follow(i int) {
	h := p.all[i]
	if h.level == 0 {
		return
	}
	for n := len(p.heads); n > 0 && p.heads[n-1].level >= h.level; n-- {
		p.heads = p.heads[:n-1]
	}
	p.heads = append(p.heads, h)
}

// readHeads finds the headings of the text, once for all shapes that are tried.
func (p *planner) readHeads() {
	p.all = make([]planHead, len(p.portions))
	for i := range p.portions {
		title, level, ok := p.headAt(i)
		if !ok {
			continue
		}
		phase := phaseRE.MatchString(title)
		p.all[i] = planHead{title: title, level: level, milestone: -1, portion: i,
			beside: level > 1 && !phase && besideRE.MatchString(title), steps: phase || stepsRE.MatchString(title)}
	}
}

// headAt returns the heading that portion i is, or serves as.
func (p *planner) headAt(i int) (title string, level int, ok bool) {
	c := p.portions[i]
	line := c.first()
	switch {
	case c.kind == headingPortion:
		return titleOf(c.text()), c.level, true
	case c.kind != textPortion || c.depth > 0 || len(c.lines) != 1 || len(line.text) > 120:
		return "", 0, false
	}
	title = titleOf(line.text)
	if phaseRE.MatchString(title) && !strings.HasSuffix(line.text, ".") || blockRE.MatchString(line.text) || line.strong == line.text && besideRE.MatchString(title) {
		if _, field := stepFields.find(line); field && strings.Contains(line.text, " ") && !strings.HasSuffix(line.text, ":") {
			return "", 0, false
		}
		return title, labelLevel, true
	}
	return "", 0, false
}

func (p *planner) beside() bool {
	for _, h := range p.heads {
		if h.beside {
			return true
		}
	}
	return false
}

// among reports whether a heading above says that steps follow.
func (p *planner) among() bool {
	for _, h := range p.heads {
		if h.steps {
			return true
		}
	}
	return false
}

// startAt returns the step that portion i begins in the shape that is tried.
func (p *planner) startAt(i int) (stepStart, bool) {
	c := p.portions[i]
	if p.beside() || c.kind == codePortion || c.kind == otherPortion || c.kind == headPortion {
		return stepStart{}, false
	}
	text := signsRE.ReplaceAllString(c.first().text, "")
	if c.kind == headingPortion {
		text = strings.TrimSpace(signsRE.ReplaceAllString(c.text(), ""))
	}
	text = strings.TrimPrefix(text, "[ ] ")
	match := func(re *pattern.Pattern) (stepStart, bool) {
		if m := re.FindStringSubmatch(text); m != nil {
			return stepStart{number: m[1], title: m[2]}, true
		}
		return stepStart{}, false
	}
	item := c.kind == itemPortion
	switch p.shape {
	case namedSteps:
		return p.namedAt(c, match)
	case codedSteps:
		if item {
			return match(codedRE)
		}
	case dottedSteps:
		if item && c.mark != nil {
			return match(dottedRE)
		}
	case tableSteps:
		return p.rowAt(i)
	case listSteps, anyList:
		if item && c.depth == 0 && c.number >= 0 && (p.among() || p.shape == anyList) && text != "" {
			return stepStart{number: itoa(c.number), title: text}, true
		}
	case boxSteps, anyBoxes:
		if item && c.depth == 0 && c.mark != nil && (p.among() || p.shape == anyBoxes) {
			return stepStart{title: text}, true
		}
	}
	return stepStart{}, false
}

func (p *planner) namedAt(c portion, match func(*pattern.Pattern) (stepStart, bool)) (stepStart, bool) {
	switch {
	case c.kind == rowPortion, c.kind == textPortion && (c.depth > 0 || c.first().strong == ""):
		return stepStart{}, false
	}
	start, ok := match(namedRE)
	if !ok && (c.kind == headingPortion || c.first().strong != "") {
		start, ok = match(looseNamedRE)
	}
	return start, ok && (start.title != "" || c.kind != textPortion)
}

// promote decides about headings that are named like steps and hold entries that
// are too. Where these have boxes, and numbers of their own through the whole
// plan, the headings are milestones; else the entries are details.
func (p *planner) promote() {
	inner := map[int][]int{} // the starts inside each heading that is a start
	numbers, anew := map[string]bool{}, false
	for i := range p.starts {
		if p.portions[i].kind != headingPortion {
			continue
		}
		for j := i + 1; j < p.next(i); j++ {
			if start, ok := p.starts[j]; ok {
				inner[i] = append(inner[i], j)
				anew = anew || numbers[start.number] && p.portions[j].kind == itemPortion
				numbers[start.number] = true
			}
		}
	}
	for i, entries := range inner {
		boxes := true
		for _, j := range entries {
			boxes = boxes && (p.portions[j].mark != nil || p.portions[j].kind == headingPortion)
		}
		if boxes && !anew {
			delete(p.starts, i)
			continue
		}
		for _, j := range entries {
			delete(p.starts, j)
		}
	}
}

// take reads portion i and returns the index of the next one to read.
func (p *planner) take(i int) int {
	p.follow(i)
	c := p.portions[i]
	if c.kind == headingPortion && c.level == 1 && p.read.Title == "" {
		p.read.Title = planTitle(c.text())
	}
	start, ok := p.starts[i]
	if !ok {
		return i + 1
	}
	end := p.until(i)
	for j := i; j < end; j++ {
		p.taken[j] = true
	}
	p.read.Steps = append(p.read.Steps, p.step(i, end, start))
	return end
}

// planTitle takes “Plan:” off a title.
func planTitle(title string) string {
	before, after, ok := strings.Cut(title, ":")
	if ok && strings.TrimSpace(after) != "" && len(strings.Fields(before)) < 4 {
		return strings.TrimSpace(after)
	}
	return title
}

// until returns the index of the first portion behind the step that begins at portion i.
func (p *planner) until(i int) int {
	c := p.portions[i]
	end := i + 1
	if c.kind == itemPortion {
		end = p.next(i)
	}
	for ; end < len(p.portions); end++ {
		next := p.portions[end]
		if _, ok := p.starts[end]; ok {
			break
		}
		if next.kind == headingPortion && (c.kind != headingPortion || next.level <= c.level) {
			break
		}
		if p.all[end].level > 0 && next.kind != headingPortion || c.kind == rowPortion || elidedRE.MatchString(next.first().text) {
			break
		}
		if c.kind != itemPortion {
			continue
		}
		_, field := stepFields.find(next.first())
		bullet := c.number >= 0 && next.kind == itemPortion && next.number < 0
		if !field && !bullet && next.depth <= c.depth {
			break
		}
	}
	return end
}
