// Package prompt owns the files of the library: it reads prompts, workflows,
// checklists, personas and packs strictly, lays the user's over the built-in
// ones, writes and finds prompts, and fills a prompt's variables exactly once.
package prompt

import (
	"slices"

	"plumbline/backend/workflow"
)

// Prompt is a Markdown file with front matter and a body that holds variables.
type Prompt struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	// Purpose says when to use the prompt, and what its answer is for.
	Purpose string `json:"purpose"`
	Phase   string `json:"phase"`
	// Group is the shelf of the library that it stands on: "audits".
	Group     string              `json:"group"`
	Tags      []string            `json:"tags"`
	Variables []workflow.Variable `json:"variables"`
	// Contract is what an answer must hold.
	Contract workflow.Contract `json:"contract"`
	// Takes and Follows are of a prompt that turns a text into the next prompt: the
	// kinds of text it is for, and the ids of prompts whose answers it takes by default.
	Takes   []workflow.TextKind `json:"takes"`
	Follows []string            `json:"follows"`
	// Due says when a practice prompt is due.
	Due workflow.Due `json:"due"`
	// Temperature is nil where the model's own is to be used.
	Temperature *float64 `json:"temperature"`
	// Reserve is how many tokens are kept for the answer.
	Reserve int `json:"reserve"`
	Version int `json:"version"`
	// Source says whose file it is.
	Source workflow.Source `json:"source"`
	// Base is the revision of the built-in prompt that this one was made from;
	// empty for one that was made from none.
	Base string `json:"base"`
	// Body is the template, with LF line ends and without blank lines around it.
	Body string `json:"body"`
	// Revision is the SHA-256 of the file as it was read, in hexadecimal.
	Revision string `json:"revision"`
	// Origin is where an imported prompt comes from; empty for another.
	Origin Origin `json:"origin"`
	// Extra is what its format says and ours does not, as YAML. It is kept as it
	// is, and means nothing here.
	Extra string `json:"extra"`
	// File is the name the prompt was read under, for messages.
	File string `json:"file"`

	under *Prompt // the built-in one that this one takes the place of
	lines []int   // of the declarations of the variables
}

// Origin is where an imported prompt comes from.
type Origin struct {
	Format string `json:"format"` // of the file it was: "fabric"
	From   string `json:"from"`   // a path or an address
}

// Under returns the built-in prompt that this one of the user's takes the place of.
func (p Prompt) Under() (Prompt, bool) {
	if p.under == nil {
		return Prompt{}, false
	}
	return *p.under, true
}

// Behind reports whether the built-in prompt under this one has changed since
// this one was made from it.
func (p Prompt) Behind() bool {
	return p.under != nil && p.Base != "" && p.Base != p.under.Revision
}

// defaultReserve is kept for the answer of a prompt that does not say how much it needs.
const defaultReserve = 2048

// maxReserve keeps a slip of the finger from asking for more than any window holds.
const maxReserve = 1 << 20

// Parse reads a prompt file. The file is only a name for messages; a fault is a
// workflow.Invalid (or workflow.Limit, when the file is too large) that names
// the line and what was expected there.
func Parse(file string, data []byte) (Prompt, error) {
	p, _, err := parsePrompt(file, data)
	return p, err
}

// parsePrompt reads a prompt file, and notes what else it says.
func parsePrompt(file string, data []byte) (Prompt, side, error) {
	doc, err := split(file, data)
	if err != nil {
		return Prompt{}, side{}, err
	}
	rest, extra, err := cutExtra(file, doc.front)
	if err != nil {
		return Prompt{}, side{}, err
	}
	doc.front = rest
	f, root, err := parseFront(file, doc)
	if err != nil {
		return Prompt{}, side{}, err
	}
	p := Prompt{
		File: file, Revision: revisionOf(data), Body: doc.body, Extra: extra,
		Tags: []string{}, Variables: []workflow.Variable{},
		Takes: []workflow.TextKind{}, Follows: []string{}, Source: workflow.BuiltIn,
		Contract: emptyContract(),
		Reserve:  defaultReserve, Version: 1,
	}
	f.prompt(root, &p)
	f.body(doc, p.Variables)
	if err := f.end(); err != nil {
		return Prompt{}, side{}, err
	}
	return p, f.side, nil
}

// body looks through the text of a prompt.
func (f *front) body(doc document, declared []workflow.Variable) {
	if doc.body == "" {
		f.failAt(doc.bodyLine, "the prompt has no text after its front matter")
		return
	}
	nodes, err := parseTemplate(f.file, doc.body, doc.bodyLine)
	switch {
	case err != nil:
		f.note(workflow.Describe(err))
	case f.failed == 0: // else a variable may be declared in what could not be read
		for _, err := range undeclared(f.file, nodes, declared) {
			f.note(err)
		}
	}
}

// prompt reads the front matter of a prompt.
func (f *front) prompt(root yamlNode, p *Prompt) {
	f.mapping(root, "a prompt", []string{"id", "title", "summary"}, fields{
		"id":      func(n yamlNode) { p.ID = f.own(n) },
		"title":   func(n yamlNode) { p.Title = f.line(n) },
		"summary": func(n yamlNode) { p.Summary = f.line(n) },
		"purpose": func(n yamlNode) { p.Purpose = f.text(n) },
		"phase":   func(n yamlNode) { p.Phase = f.id(n) },
		"group":   func(n yamlNode) { p.Group = f.id(n) },
		"tags":    func(n yamlNode) { p.Tags = f.texts(n) },
		"variables": func(n yamlNode) {
			f.sequence(n, func(n yamlNode) {
				p.Variables, p.lines = append(p.Variables, f.variable(n, p.Variables)), append(p.lines, f.lineOf(n))
			})
		},
		"takes": func(n yamlNode) {
			f.sequence(n, func(n yamlNode) { p.Takes = append(p.Takes, workflow.TextKind(f.oneOf(n, textKinds))) })
		},
		"follows":     func(n yamlNode) { f.sequence(n, func(n yamlNode) { p.Follows = append(p.Follows, f.id(n)) }) },
		"due":         func(n yamlNode) { p.Due = f.due(n) },
		"contract":    func(n yamlNode) { p.Contract = f.contract(n) },
		"temperature": func(n yamlNode) { t := f.number(n, 0, 2); p.Temperature = &t },
		"reserve":     func(n yamlNode) { p.Reserve = f.whole(n, 1, maxReserve) },
		"origin":      func(n yamlNode) { p.Origin = f.origin(n) },
		"extra":       func(yamlNode) {}, // cut out before, see cutExtra
		"base":        func(n yamlNode) { p.Base = f.madeFrom(n) },
		"version":     func(n yamlNode) { p.Version = f.whole(n, 1, maxReserve) },
	})
}

// origin reads where an imported prompt comes from.
func (f *front) origin(n yamlNode) Origin {
	var o Origin
	f.mapping(n, "an origin", []string{"format"}, fields{
		"format": func(n yamlNode) { o.Format = f.id(n) },
		"from":   func(n yamlNode) { o.From = f.line(n) },
	})
	return o
}

var variableTypes = []string{
	string(workflow.VarText), string(workflow.VarLongText), string(workflow.VarChoice), string(workflow.VarMulti),
	string(workflow.VarNumber), string(workflow.VarYesNo), string(workflow.VarDate), string(workflow.VarArtifact),
	string(workflow.VarFiles),
}

var textKinds = []string{
	string(workflow.TextFindings), string(workflow.TextReadiness), string(workflow.TextSuggestions),
	string(workflow.TextTasks), string(workflow.TextDocument), string(workflow.TextAny),
}

// farthest is how many days from the launch a prompt can be due.
const farthest = 3650

// due reads when a practice prompt is due: every day or week, or days from the launch.
func (f *front) due(n yamlNode) workflow.Due {
	var d workflow.Due
	sound := f.mapping(n, "a due date", nil, fields{
		"every":  func(n yamlNode) { d.Every = f.oneOf(n, []string{"day", "week"}) },
		"launch": func(n yamlNode) { d.Launch = f.whole(n, -farthest, farthest) },
	})
	if sound && (d.Every == "") == (d.Launch == 0) {
		f.fail(n, "either “every” or “launch” is expected")
	}
	return d
}

// variable reads one variable, which may not have the name of one before it.
func (f *front) variable(n yamlNode, before []workflow.Variable) workflow.Variable {
	v := workflow.Variable{Options: []string{}}
	var fallback yamlNode
	sound := f.mapping(n, "a variable", []string{"name", "type", "label"}, fields{
		"name": func(n yamlNode) {
			v.Name = f.line(n)
			if !nameRE.MatchString(v.Name) {
				f.fail(n, "“%s” is not a name for a variable; letters, digits, “-” and “_” are expected, beginning with a letter", v.Name)
			}
			if slices.ContainsFunc(before, func(b workflow.Variable) bool { return b.Name == v.Name }) {
				f.fail(n, "the variable “%s” is declared twice", v.Name)
			}
		},
		"type":     func(n yamlNode) { v.Type = workflow.VariableType(f.oneOf(n, variableTypes)) },
		"label":    func(n yamlNode) { v.Label = f.line(n) },
		"help":     func(n yamlNode) { v.Help = f.text(n) },
		"required": func(n yamlNode) { v.Required = f.yes(n) },
		"default":  func(n yamlNode) { v.Default, fallback = f.scalar(n), n },
		"options":  func(n yamlNode) { v.Options = f.texts(n) },
		"source":   func(n yamlNode) { v.Source = f.source(n) },
		"example":  func(n yamlNode) { v.Example = f.scalar(n) },
	})
	if !sound {
		return v
	}
	choice := v.Type == workflow.VarChoice || v.Type == workflow.VarMulti
	switch {
	case choice && len(v.Options) == 0:
		f.fail(n, "the %s “%s” needs “options”", v.Type, v.Name)
	case !choice && len(v.Options) > 0:
		f.fail(n, "“options” belong to a choice or a multi-choice, and “%s” is a %s", v.Name, v.Type)
	case v.Default != "":
		if expected := checkValue(v, v.Default); expected != "" {
			f.fail(fallback, "the default “%s” does not fit; %s is expected", v.Default, expected)
		}
	}
	return v
}

var contractReads = []string{
	string(workflow.ReadsText), string(workflow.ReadsFindings), string(workflow.ReadsPlan),
	string(workflow.ReadsChecklist), string(workflow.ReadsRequest),
}

func emptyContract() workflow.Contract {
	return workflow.Contract{Reads: workflow.ReadsText, Sections: []workflow.ContractSection{}}
}

// contract reads what an answer must hold.
func (f *front) contract(n yamlNode) workflow.Contract {
	c := emptyContract()
	sound := f.mapping(n, "a contract", nil, fields{
		"reads":  func(n yamlNode) { c.Reads = workflow.ContractReads(f.oneOf(n, contractReads)) },
		"none":   func(n yamlNode) { c.None = f.line(n) },
		"phrase": func(n yamlNode) { c.Phrase = f.line(n) },
		"sections": func(n yamlNode) {
			f.sequence(n, func(n yamlNode) { c.Sections = append(c.Sections, f.contractSection(n)) })
		},
	})
	if sound && c.None != "" && c.Reads != workflow.ReadsFindings {
		f.fail(n, "“none” belongs to a contract that reads findings")
	}
	return c
}

func (f *front) contractSection(n yamlNode) workflow.ContractSection {
	s := workflow.ContractSection{Also: []string{}}
	sound := f.mapping(n, "a section of the contract", []string{"title"}, fields{
		"title":  func(n yamlNode) { s.Title = f.line(n) },
		"also":   func(n yamlNode) { s.Also = f.texts(n) },
		"tasks":  func(n yamlNode) { s.Tasks = f.whole(n, 1, 1000) },
		"items":  func(n yamlNode) { s.Items = f.whole(n, 1, 1000) },
		"prefix": func(n yamlNode) { s.Prefix = f.line(n) },
	})
	if sound && s.Prefix != "" && s.Items == 0 {
		f.fail(n, "“prefix” needs “items”: how many must begin with “%s”", s.Prefix)
	}
	return s
}
