package markdown

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// stepFields are the fields of a step as people name them.
var stepFields = names(
	"task: task, description, what, goal, objective, do, work, aufgabe, beschreibung, ziel, tâche, tarea, 任务, 描述",
	"files: files, file, file paths, paths, files touched, files to create, files to modify, files to change, files changed, affected files, dateien, datei, fichiers, archivos, 文件",
	"depends: depends, depends on, dependencies, dependency, step dependencies, prerequisites, prerequisite, requires, blocked by, after, abhängig von, abhängigkeiten, voraussetzungen, dépend de, depende de, 依赖",
	"effort: effort, size, estimate, estimated effort, aufwand, größe, 工作量",
	"complexity: complexity, difficulty, komplexität",
	"risk: risk, risk level, risks, risiko, 风险",
	"tags: tags, tag, labels, label, schlagworte, 标签",
	"tests: tests, test, testing, test cases, verification, verify, how to test, prüfung, 测试",
	"covers: covers, criteria, acceptance criteria, ac, acs, criterion, covers criteria, requirements, deckt ab, 覆盖",
	"user: user instructions, user instruction, user actions, user action, manual steps, manual, by hand, for the user, anweisungen, von hand",
	"parallel: parallel, can run in parallel, parallelizable, parallelisable",
	"priority: priority, priorität",
)

var (
	bracketsRE = pattern.New(`^\[([^\[\]]{1,24})\]\s*`)
	coversRE   = pattern.New(`(?i)\(?\bACs?\s*[:#]?\s*[-#]?\s*(\d{1,3}(?:\s*(?:,|and|&|/)\s*(?:AC)?[-#]?\d{1,3})*)\s*\)?`)
	tailDepRE  = pattern.New(`(?i)\s*\((?:depends? on|after|requires|needs|blocked by)\s*:?\s*([^()]+)\)`)
	fileRE     = pattern.New(`[\w@.~*{}$-]*(?:/[\w@.~*{}$\[\]-]+)+/?|[\w@~*-][\w@.~*-]*\.[A-Za-z]\w{0,9}\b|\.[a-z][\w.-]+|\b(?:Makefile|Dockerfile|LICENSE|README|Procfile|Caddyfile)\b`)
)

// inFileRE is the file that a task of Spec Kit ends with.
var inFileRE = pattern.New(`\bin (\.?[\w@~-][\w@.~-]*\.[A-Za-z]\w{0,9})$`)

// step reads the step that begins at portion i.
func (p *planner) step(i, end int, start stepStart) workflow.Step {
	c := p.portions[i]
	s := workflow.Step{Number: start.number, Milestone: p.milestone(), Box: -1, Mark: -1,
		Files: []string{}, Depends: []string{}, Tags: []string{}, Covers: []string{}, Details: []string{}}
	s.Start, s.End, s.Line = c.start, p.trim(c.start, end), p.doc.line(c.start)
	if c.mark != nil {
		s.Box, s.Mark, s.Marked = c.mark.Index, c.mark.Offset, c.mark.Marked
	}
	p.title(&s, start.title)
	s.Title = cmp.Or(s.Title, titleOf(c.first().text), s.Number)
	head := portion{kind: textPortion, depth: c.depth}
	if c.kind != headingPortion && len(c.lines) > 1 {
		head.lines = c.lines[1:]
	}
	fields, rest := stepFields.read(append([]portion{head}, p.portions[i+1:end]...))
	for _, f := range fields {
		p.field(&s, f)
	}
	var prose []string
	for _, r := range rest {
		switch r.kind {
		case itemPortion:
			s.Details = append(s.Details, r.first().text)
		case textPortion:
			prose = append(prose, r.first().text)
		}
	}
	if s.Task == "" {
		s.Task = strings.Join(prose, "\n")
	}
	if c.kind == rowPortion {
		p.rowFields(&s, i)
	}
	if len(s.Files) == 0 {
		s.Files = append(s.Files, placeRE.FindAllString(s.Title, -1)...)
	}
	if m := inFileRE.FindStringSubmatch(s.Title); m != nil && len(s.Files) == 0 && p.shape == codedSteps {
		s.Files = append(s.Files, m[1])
	}
	return s
}

// title takes the marks off a title that say more than it: “[P]”, “(AC: 1, 2)”.
func (p *planner) title(s *workflow.Step, title string) {
	title = strings.TrimSpace(title)
	for {
		m := bracketsRE.FindStringSubmatch(title)
		if m == nil {
			break
		}
		if m[1] == "P" || strings.EqualFold(m[1], "parallel") {
			s.Parallel = true
		} else if strings.Trim(m[1], " xX") != "" {
			s.Tags = append(s.Tags, m[1])
		}
		title = title[len(m[0]):]
	}
	if m := tailDepRE.FindStringSubmatch(title); m != nil {
		s.Depends = p.numbersIn(m[1], s.Depends)
		title = strings.Replace(title, m[0], "", 1)
	}
	if m := coversRE.FindStringSubmatch(title); m != nil && strings.HasPrefix(m[0], "(") {
		s.Covers = criteria(m[0], s.Covers)
		title = strings.Replace(title, m[0], "", 1)
	}
	if parallel := parallelTailRE.FindString(title); parallel != "" {
		s.Parallel = true
		title = strings.TrimSuffix(title, parallel)
	}
	s.Title = strings.TrimRight(strings.TrimSpace(title), " :：")
}

var parallelTailRE = pattern.New(`(?i)\s*[(\[](?:parallel|can run in parallel|in parallel)[)\]]\s*$`)

// field takes one field into a step.
func (p *planner) field(s *workflow.Step, f namedField) {
	value := f.text()
	none := nothing(value)
	switch f.name {
	case "task":
		s.Task = strings.TrimSpace(s.Task + "\n" + value)
	case "files":
		s.Files = append(s.Files, filesOf(f.lines)...)
	case "depends":
		if !none {
			p.depends(s, value)
		}
	case "effort", "complexity":
		if s.Effort == "" {
			s.Effort = effortOf(value, f.name == "complexity")
		}
	case "risk":
		s.Risk, s.RiskWhy = riskOf(value)
	case "tags":
		if !none {
			for _, tag := range listed(f.lines) {
				s.Tags = append(s.Tags, strings.TrimPrefix(tag, "#"))
			}
		}
	case "tests":
		if !none {
			s.Tests = strings.TrimSpace(s.Tests + "\n" + value)
		}
	case "covers":
		s.Covers = criteria(value, s.Covers)
	case "user":
		if !none {
			s.User = strings.TrimSpace(s.User + "\n" + value)
		}
	case "parallel":
		s.Parallel = !none && !strings.EqualFold(firstWord(value), "false")
	case "priority":
		if severity, label := severityOf(value); severity != "" {
			s.Tags = append(s.Tags, strings.ToLower(label)+"-priority")
		}
	}
}

// filesOf returns the paths of a value: of each entry the first thing that looks like one.
func filesOf(lines []string) []string {
	var files []string
	for _, line := range lines {
		line = strings.ReplaceAll(line, "`", "")
		if at := fileRE.FindStringIndex(line); at != nil {
			// What follows a path and a colon or a dash tells about it, and holds no further paths.
			if cut := strings.IndexAny(line[at[1]:], ":–—"); cut == 0 || cut == 1 {
				line = line[:at[1]]
			} else if cut := strings.Index(line[at[1]:], " - "); cut == 0 {
				line = line[:at[1]]
			}
		}
		for _, entry := range listed([]string{line}) {
			if path := fileRE.FindString(entry); path != "" {
				files = append(files, path)
			} else if !strings.ContainsAny(entry, " ()") && !nothing(entry) && len(files) > 0 {
				files = append(files, entry)
			}
		}
	}
	return files
}

// effortOf reads S, M or L. A complexity may also be low or high.
func effortOf(value string, complexity bool) string {
	word := strings.ToLower(firstWord(value))
	switch word {
	case "s", "xs", "small", "simple", "trivial", "easy", "tiny", "klein", "gering":
		return "S"
	case "m", "medium", "moderate", "mittel", "normal":
		return "M"
	case "l", "xl", "xxl", "large", "complex", "hard", "big", "groß", "hoch":
		return "L"
	}
	switch {
	case complexity && word == "low":
		return "S"
	case complexity && (word == "high" || word == "very"):
		return "L"
	}
	return ""
}

// riskOf reads low, medium or high, and the reason behind it.
func riskOf(value string) (risk, why string) {
	word := firstWord(value)
	switch strings.ToLower(word) {
	case "low", "none", "minimal", "niedrig", "gering", "l":
		risk = "low"
	case "medium", "moderate", "mittel", "med", "m":
		risk = "medium"
	case "high", "critical", "hoch", "h":
		risk = "high"
	default:
		return "", strings.TrimSpace(value)
	}
	_, why, _ = strings.Cut(value, word)
	return risk, strings.TrimLeft(why, " ,;:.–—-")
}

// criteriaRE is a criterion by its number.
var criteriaRE = pattern.New(`\d{1,3}`)

// criteria adds the criteria that a text names: “AC-1, AC-3”, “AC: 1, 3”.
func criteria(text string, to []string) []string {
	if nothing(text) {
		return to
	}
	for _, m := range coversRE.FindAllStringSubmatch(text, -1) {
		for _, number := range criteriaRE.FindAllString(m[1], -1) {
			name := "AC-" + strconv.Itoa(atoi(number))
			if !slices.Contains(to, name) {
				to = append(to, name)
			}
		}
	}
	return to
}

// milestone returns the index of the milestone that the nearest heading is, -1
// where it is none. A heading becomes one with its first step.
func (p *planner) milestone() int {
	for n := len(p.heads) - 1; n >= 0; n-- {
		h := &p.heads[n]
		if _, step := p.starts[h.portion]; step {
			continue
		}
		if h.level == 1 && !phaseRE.MatchString(h.title) || planGenericRE.MatchString(h.title) {
			continue
		}
		if h.milestone < 0 {
			m := workflow.Milestone{Title: h.title}
			if found := phaseRE.FindStringSubmatch(h.title); found != nil {
				m.Number, m.Title = found[1], cmp.Or(found[2], h.title)
			}
			c := p.portions[h.portion]
			m.Start, m.Line = c.start, p.doc.line(c.start)
			m.End = p.trim(c.start, p.milestoneEnd(h.portion, h.level))
			h.milestone = len(p.read.Milestones)
			p.read.Milestones = append(p.read.Milestones, m)
		}
		return h.milestone
	}
	return -1
}

// milestoneEnd returns the index of the heading that ends the milestone of portion i.
func (p *planner) milestoneEnd(i, level int) int {
	for j := i + 1; j < len(p.portions); j++ {
		if h := p.all[j]; h.level > 0 && (h.level <= level || blockRE.MatchString(h.title)) {
			return j
		}
	}
	return len(p.portions)
}

func itoa(n int) string { return strconv.Itoa(n) }
