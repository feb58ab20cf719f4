package handoff

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// story is a user story of a feature with what shows that it works.
type story struct {
	number, title, priority string // number is empty for scenarios of no story
	text                    string
	scenarios               []string
}

// feature is what a spec.md of Spec Kit says.
type feature struct {
	input     string
	stories   []story
	outcomes  []string // SC-001 …
	questions []string
}

var (
	kindRE     = pattern.New(`(?i)^(?:feature specification|feature spec|specification|feature|spec|change proposal|change|proposal)\s*[:：–—-]\s*`)
	inputRE    = pattern.New(`(?im)^[ \t>-]*\*\*Input:?\*\*:?[ \t]*(.*)$`)
	describeRE = pattern.New(`(?i)^user description\s*:\s*`)
	storyRE    = pattern.New(`(?i)^(?:user )?story\s*(\d{1,3})\s*[-–—:.]*\s*(.*?)\s*(?:\(?priority:?\s*(P\d)\)?.*)?$`)
	asideRE    = pattern.New(`(?i)^(?:why this priority|independent test|acceptance scenarios?)\b`)
	outcomeRE  = pattern.New(`^SC-\d+`)
	unclearRE  = pattern.New(`\[NEEDS CLARIFICATION:?\s*([^\[\]]*)\]`)
)

// maxListed bounds how many points of a kind are written from a text.
const maxListed = 500

// readFeature makes a project of a feature of Spec Kit: its specification with the
// technical plan is ours, its tasks are the plan, and the request is written from
// what the specification says about people.
func (d *draft) readFeature(t *tree) {
	spec, specified := d.use("spec.md")
	technical, planned := d.use("plan.md")
	d.title = kindRE.ReplaceAllString(firstTitle(spec), "")
	if d.title == "" || placeholder(d.title) {
		d.title = humanise(d.dir)
	}
	f := readFeature(spec)
	d.idea(f.input)
	if specified {
		d.add(requestFile, "request", f.request(d.title))
		d.wrote("request.md, from the description, the user stories and the outcomes of spec.md.")
	} else {
		d.drop("There is no spec.md: the request is still to be written.")
	}
	criteria, covers := f.criteria(spec)
	d.specify(spec, technical, planned, f, criteria)
	d.plan(covers)
	d.rules(t.around(d.dir, ".specify/memory/"+constitutionName, "memory/"+constitutionName))
	d.rest()
}

func (d *draft) specify(spec, technical string, planned bool, f feature, criteria []string) {
	body := titled(deeper(spec, 0), d.title)
	if planned {
		body += "\n## Technical plan\n\n" + deeper(untitled(technical), 1)
		d.keep("plan.md, as the section “Technical plan” of spec.md.")
	}
	if len(criteria) > 0 {
		body += "\n## Acceptance criteria\n\n" + bullets(criteria)
		d.wrote("%s in spec.md, from its scenarios and outcomes.", workflow.Plural(len(criteria), "acceptance criterion", "acceptance criteria"))
	}
	questions := append(f.questions, unclear(technical)...)
	if _, there := workflow.FindSection(markdown.Sections(body), "Open questions"); len(questions) > 0 && !there {
		body += "\n## Open questions\n\n" + bullets(questions)
		d.wrote("%s in spec.md, from what needs clarification.", workflow.Plural(len(questions), "open question", "open questions"))
	}
	if strings.TrimSpace(spec+technical) != "" {
		d.add(specFile, "spec", body)
	}
}

func readFeature(spec string) feature {
	f := feature{input: input(spec), questions: unclear(spec)}
	at := -1 // the story that a section belongs to
	level := 0
	for _, s := range markdown.Sections(spec) {
		if s.Level <= level {
			at, level = -1, 0
		}
		if m := storyRE.FindStringSubmatch(s.Title); m != nil && m[2] != "" && len(f.stories) < maxListed {
			f.stories = append(f.stories, story{number: m[1], title: oneLine(m[2]), priority: strings.ToUpper(m[3])})
			at, level = len(f.stories)-1, s.Level
		} else if at < 0 && strings.HasPrefix(strings.ToLower(s.Title), "acceptance scenario") {
			f.stories = append(f.stories, story{title: "Acceptance scenarios"})
			at, level = len(f.stories)-1, s.Level
		}
		for _, p := range s.Points {
			f.point(at, p)
		}
	}
	return f
}

func (f *feature) point(at int, p workflow.Point) {
	text := oneLine(p.Text)
	switch {
	case p.Item && outcomeRE.MatchString(text) && len(f.outcomes) < maxListed:
		f.outcomes = append(f.outcomes, text)
	case at < 0 || text == "":
	case p.Item && strings.HasPrefix(strings.ToLower(text), "given") && len(f.stories[at].scenarios) < maxListed:
		f.stories[at].scenarios = append(f.stories[at].scenarios, text)
	case !p.Item && f.stories[at].text == "" && !asideRE.MatchString(text):
		f.stories[at].text = text
	}
}

// input returns the description that a feature was made from.
func input(spec string) string {
	m := inputRE.FindStringSubmatchIndex(spec)
	if m == nil {
		return ""
	}
	text := spec[m[2]:m[3]]
	for line := range strings.Lines(strings.TrimPrefix(spec[m[3]:], "\n")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "**") || strings.HasPrefix(line, "#") {
			break
		}
		text += "\n" + line
	}
	text = describeRE.ReplaceAllString(strings.TrimSpace(text), "")
	text = strings.TrimSpace(strings.Trim(text, `"“”`))
	if placeholder(text) {
		return ""
	}
	return text
}

// unclear returns what a text marks as needing clarification, each once.
func unclear(text string) []string {
	list, seen := []string{}, map[string]bool{}
	for _, m := range unclearRE.FindAllStringSubmatch(text, maxListed) {
		if q := oneLine(m[1]); q != "" && !seen[q] {
			seen[q] = true
			list = append(list, q)
		}
	}
	return list
}

// request writes what people need, as Plumbline's request says it.
func (f feature) request(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n## Description\n\n%s\n", title, cmp.Or(f.input, title+"."))
	if len(f.stories) > 0 {
		b.WriteString("\n## Features\n\n")
	}
	for _, s := range f.stories {
		line := s.title
		if s.priority != "" {
			line += " (" + s.priority + ")"
		}
		if s.text != "" {
			line += ": " + s.text
		}
		b.WriteString("- [ ] " + line + "\n")
		for _, scenario := range s.scenarios {
			b.WriteString("  - [ ] " + scenario + "\n")
		}
	}
	agreed := f.outcomes
	if len(agreed) == 0 {
		for _, s := range f.stories {
			agreed = append(agreed, s.title)
		}
	}
	if len(agreed) > 0 {
		b.WriteString("\n## Acceptance checklist\n\n")
	}
	for _, line := range agreed {
		b.WriteString("- [ ] " + line + "\n")
	}
	return b.String()
}

// criteria writes the scenarios and outcomes as numbered criteria, and names those of
// each story by the tag that its tasks have. A text that has criteria keeps them.
func (f feature) criteria(spec string) (list []string, covers map[string][]string) {
	covers = map[string][]string{}
	if len(workflow.Criteria(markdown.Sections(spec))) > 0 {
		return nil, covers
	}
	add := func(text string) string {
		number := strconv.Itoa(len(list) + 1)
		list = append(list, "AC-"+number+": "+text)
		return number
	}
	for _, s := range f.stories {
		for _, scenario := range s.scenarios {
			if number := add(scenario); s.number != "" {
				covers["US"+s.number] = append(covers["US"+s.number], number)
			}
		}
	}
	for _, outcome := range f.outcomes {
		add(outcome)
	}
	return list, covers
}

func bullets(list []string) string {
	return "- " + strings.Join(list, "\n- ") + "\n"
}
