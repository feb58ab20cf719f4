package markdown

import (
	"slices"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// seemsRE is a line that looks like a box to a person, and is none to Markdown
// where it stands or as it is written.
var seemsRE = pattern.New(`(?m)^[ \t>]*(?:[-*+•]|\d{1,9}[.)])?[ \t]*(?:\[[ xX]?\]|\[[✓✔✗✘☑]\]|[☐☑☒])[ \t]*\S`)

// Checklist reads the task boxes of a text, where Markdown has them: not in
// code, and not in HTML. Lines that only look like boxes are noted.
func Checklist(src string) workflow.ChecklistRead { return checklistIn(parse(src)) }

func checklistIn(d *document) workflow.ChecklistRead {
	read := workflow.ChecklistRead{Items: d.judged(), Notes: []string{}}
	lines := map[int]bool{}
	for _, it := range read.Items {
		lines[it.Line] = true
		if it.Marked {
			read.Marked++
		}
	}
	if heads := d.headings(); len(heads) > 0 {
		read.Title = d.plain(heads[0])
	}
	others := 0
	for _, at := range seemsRE.FindAllIndex(d.src, -1) {
		// The match begins where the line does, whose number counts from 1.
		if !lines[d.line(at[0])] {
			others++
		}
	}
	switch {
	case others == 1:
		read.Notes = append(read.Notes, "1 line looks like a box and is none where it stands: in code, in HTML, or not written as one. It is not counted.")
	case others > 1:
		read.Notes = append(read.Notes, itoa(others)+" lines look like boxes and are none where they stand: in code, in HTML, or not written as one. They are not counted.")
	}
	return read
}

var (
	featuresRE   = pattern.New(`(?i)\b(?:features?|functions?|functionality|capabilities|what it does|requirements|funktionen|fonctionnalités|funciones)\b|功能`)
	acceptanceRE = pattern.New(`(?i)\b(?:acceptance|abnahme|sign[- ]?off|definition of done|checklist)\b|验收`)
	questionsRE  = pattern.New(`(?i)\b(?:questions?|open points|unclear|fragen|preguntas)\b|问题`)
	nameRE       = pattern.New(`(?i)^[^\pL]*(?:name|product name|project name|working title|titel)\s*[:：–—-]\s*(.+)$`)
)

// Request reads a request: what people want as nested boxes under headings of
// categories, the boxes that judge the request itself, and the open questions.
// Without a heading about features every box that judges nothing is one.
func Request(src string) workflow.RequestRead { return requestIn(newSurvey(src)) }

func requestIn(v *survey) workflow.RequestRead {
	q := &requester{survey: v, parents: map[int]int{}}
	q.read = workflow.RequestRead{Features: []workflow.Feature{}, Acceptance: []workflow.Item{}, Questions: []string{}, Notes: []string{}}
	q.titled = slices.ContainsFunc(q.portions, func(p portion) bool { return p.kind == headingPortion && headOf(p).features })
	for i := range q.portions {
		q.take(i)
	}
	if !q.titled && len(q.read.Features) > 0 {
		q.read.Notes = append(q.read.Notes, "No heading says that these are features; the boxes were taken for them.")
	}
	if q.isCode() {
		q.read.Notes = append(q.read.Notes, onlyCode)
	}
	return q.read
}

// requester goes over a request.
type requester struct {
	*survey
	read    workflow.RequestRead
	heads   []head      // the headings above
	titled  bool        // the text has a heading about features
	parents map[int]int // the last feature at each depth
	group   string      // an entry without a box that features stand under
}

// head is a heading and what it is about. The title of the whole text is not asked.
type head struct {
	level                           int
	text                            string
	features, acceptance, questions bool
}

func headOf(p portion) head {
	h := head{level: p.level, text: p.text()}
	if h.level > 1 {
		h.features, h.acceptance, h.questions = featuresRE.MatchString(h.text), acceptanceRE.MatchString(h.text), questionsRE.MatchString(h.text)
	}
	return h
}

func (q *requester) take(i int) {
	p := q.portions[i]
	if p.kind == headingPortion {
		for n := len(q.heads); n > 0 && q.heads[n-1].level >= p.level; n-- {
			q.heads = q.heads[:n-1]
		}
		q.heads, q.parents, q.group = append(q.heads, headOf(p)), map[int]int{}, ""
		if _, name, ok := strings.Cut(p.text(), ":"); ok && p.level == 1 && q.read.Name == "" {
			q.read.Name = strings.TrimSpace(name)
		}
		return
	}
	inFeatures := q.under(func(h head) bool { return h.features })
	if p.mark == nil && p.kind != codePortion && !inFeatures {
		q.name(p)
	}
	switch {
	case p.kind == itemPortion && p.mark != nil && q.under(func(h head) bool { return h.acceptance }):
		q.read.Acceptance = append(q.read.Acceptance, *p.mark)
	case q.under(func(h head) bool { return h.questions }):
		q.question(p)
	case p.kind != itemPortion:
	case p.mark != nil && (!q.titled || inFeatures):
		q.feature(i)
	case p.mark == nil && p.depth == 0:
		q.parents, q.group = map[int]int{}, strings.TrimRight(p.first().text, ":： ")
	}
}

// under reports whether a heading above is about something.
func (q *requester) under(about func(head) bool) bool { return slices.ContainsFunc(q.heads, about) }

// name takes the name of the product from a line that says it.
func (q *requester) name(p portion) {
	for _, line := range p.lines {
		if m := nameRE.FindStringSubmatch(line.text); m != nil {
			q.read.Name = strings.TrimSpace(m[1])
		}
	}
}

// feature takes a box.
func (q *requester) feature(i int) {
	p := q.portions[i]
	f := workflow.Feature{Text: p.text(), Category: q.category(), Parent: -1, Marked: p.mark.Marked, Box: p.mark.Index, Mark: p.mark.Offset, Line: p.mark.Line}
	f.Start, f.End = p.start+q.doc.skip, q.end(i)+q.doc.skip
	for depth := p.depth - 1; depth >= 0; depth-- {
		if parent, ok := q.parents[depth]; ok {
			f.Parent, f.Depth = parent, q.read.Features[parent].Depth+1
			break
		}
	}
	if f.Parent < 0 && p.depth > 0 && q.group != "" {
		f.Category = q.group
	}
	for depth := range q.parents {
		if depth >= p.depth {
			delete(q.parents, depth)
		}
	}
	if p.depth == 0 {
		q.group = ""
	}
	q.parents[p.depth] = len(q.read.Features)
	q.read.Features = append(q.read.Features, f)
}

// category is the nearest heading that is not the one about features.
func (q *requester) category() string {
	last := len(q.heads) - 1
	if last < 0 || q.heads[last].level == 1 {
		return ""
	}
	// Under a heading about features, a further one like it is a category.
	if q.heads[last].features && (last == 0 || !q.heads[last-1].features) {
		return ""
	}
	return titleOf(q.heads[last].text)
}

// question takes an entry, or a paragraph that asks.
func (q *requester) question(p portion) {
	text := p.text()
	switch {
	case p.depth > 0 || text == "" || nothing(text) || denies(text) || p.mark != nil && p.mark.Marked:
	case p.kind == itemPortion, p.kind == textPortion && strings.ContainsAny(text, "?？"):
		q.read.Questions = append(q.read.Questions, text)
	}
}
