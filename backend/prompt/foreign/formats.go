package foreign

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// source is a prompt in its file, with the files that belong to it.
type source struct {
	format Format
	file   string // path
	name   string // that the prompt goes by
	text   string
	folder []string          // folders of a command, as its tags
	beside map[string]string // user.md and README.md of a pattern
	bundle []string          // other files that belong to it
}

// read makes a draft of a source. An error is about the file as a whole.
func (s source) read() (*draft, error) {
	doc := split(s.file, s.text)
	switch s.format {
	case Fabric, LLM:
		doc = document{file: s.file, body: s.text, bodyLine: 1}
	}
	d := newDraft(s.format, doc, s.name)
	d.extra = doc.matter
	d.desc, _ = doc.matter.oneLine("description")
	switch s.format {
	case Skill:
		d.skill()
	case Claude:
		d.command()
	case VSCode:
		d.extra = d.extra.without("description")
		d.conv = syntax{inputs: true}.read(doc.body, doc.bodyLine)
		d.watch(vscodeRE, "is filled in by VS Code, and stays as text.")
	case CursorRule:
		d.extra = d.extra.without("description")
		if e, ok := d.extra.find("alwaysApply"); ok && e.raw == notAlways {
			d.extra = d.extra.without("alwaysApply") // what goes without saying
		}
		d.conv = syntax{native: true}.read(doc.body, doc.bodyLine)
	case Fabric:
		d.pattern(s.beside)
	case LLM:
		if err := d.template(); err != nil {
			return nil, err
		}
	default:
		d.conv = syntax{native: true}.read(doc.body, doc.bodyLine)
	}
	d.bundled(s.bundle)
	for _, folder := range s.folder {
		if !slices.Contains(d.prompt.Tags, folder) {
			d.prompt.Tags = append(d.prompt.Tags, folder)
		}
	}
	d.keep()
	return d, nil
}

// runningKeys are front matter that runs something where it comes from.
var runningKeys = map[string]string{
	"hooks":      "its commands ran when something happened.",
	"functions":  "it is a program that the model could call.",
	"mcpServers": "its servers were started.",
}

// notAlways is what we write into rules.
const notAlways = "alwaysApply: false\n"

// keep says what of the front matter stays with the prompt as it is.
func (d *draft) keep() {
	var extra strings.Builder
	for _, e := range d.extra {
		extra.WriteString(e.raw)
		d.found.Extra = append(d.found.Extra, "“"+e.key+"” is kept as it is, and means nothing here.")
		if why, ok := runningKeys[e.key]; ok {
			d.inert(e.line, e.key, why)
		}
	}
	d.prompt.Extra = strings.TrimRight(extra.String(), "\n")
}

// bundled notes the files that belong to a prompt.
func (d *draft) bundled(files []string) {
	d.found.Bundled = append([]string{}, files...)
	for i, file := range files {
		if i == 10 {
			d.lose("%d more files that belong to it do not come in.", len(files)-i)
			return
		}
		d.lose("%s belongs to it and does not come in.", file)
	}
}

// Texts that run something, or are filled in by a tool.
var (
	shellRE    = pattern.New("(?:^|[\\s(])!`[^`\n]+`")
	shellFence = pattern.New("(?m)^[ \t>]*(?:```+|~~~+)!")
	fenceEnd   = pattern.New("\n[ \t>]*(?:```+|~~~+)")
	mentionRE  = pattern.New(`(?:^|[\s(])@[A-Za-z0-9_.~-]*[/.][A-Za-z0-9_./-]*[A-Za-z0-9_/-]`)
	vscodeRE   = pattern.New(`\$\{[a-zA-Z]+(?::[^}\n]{0,100})?\}|(?:^|\s)#(?:file|tool):[^\s]{1,200}`)
	pluginRE   = pattern.New(`\{\{[ \t]*(?:plugin|ext):[^{}\n]{0,500}\}\}`)
)

// maxWatched is how many stretches of one kind are told.
const maxWatched = 10

// watch tells of texts that a tool fills in and that stay as they are.
func (d *draft) watch(re *pattern.Pattern, what string) {
	seen := map[string]bool{}
	for _, p := range d.conv.pieces {
		for _, at := range re.FindAllStringIndex(p.Text, -1) {
			s := shorten(p.Text[at[0]:at[1]], 80)
			if len(seen) < maxWatched && !seen[s] {
				seen[s] = true
				d.lose("“%s” %s", s, what)
			}
		}
	}
}

// runs marks what would run something where it comes from.
func (d *draft) runs(re *pattern.Pattern, text string, firstLine int, why string) {
	line, from := firstLine, 0
	for _, at := range re.FindAllStringIndex(text, -1) {
		start := at[1] - len(strings.TrimLeft(text[at[0]:at[1]], " \t\n(>"))
		line += strings.Count(text[from:start], "\n")
		from = start
		end := at[1]
		if re == shellFence {
			end = min(len(text), at[1]+200)
			if block := fenceEnd.FindStringIndex(text[at[1]:end]); block != nil {
				end = at[1] + block[1]
			}
		}
		d.inert(line, text[start:end], why)
		if len(d.found.Inert) > maxInert {
			return
		}
	}
}

// shell marks the commands that Claude Code runs before it reads a prompt.
func (d *draft) shell() {
	d.runs(shellRE, d.doc.body, d.doc.bodyLine, "Claude Code runs this command.")
	d.runs(shellFence, d.doc.body, d.doc.bodyLine, "Claude Code runs the commands of this block.")
	d.watch(mentionRE, "names a file that Claude Code reads; here it is text.")
}

// commandSyntax is what a front matter makes of the text of a command or a skill.
func commandSyntax(f Format, m matter) syntax {
	s := syntax{arguments: true, native: f == Skill, positional: f == Claude}
	if _, ok := m.find("arguments", "argument-hint"); ok {
		s.positional = true
	}
	for _, name := range argumentNames(m) {
		if wordNameRE.MatchString(name) && !slices.Contains(s.named, name) && len(s.named) < maxVariables {
			s.named = append(s.named, name)
		}
	}
	return s
}

var wordNameRE = pattern.New(`^[A-Za-z][A-Za-z0-9_]*$`)

// argumentNames are listed in YAML, or in one line with blanks or commas.
func argumentNames(m matter) []string {
	var all []string
	for _, one := range m.list("arguments") {
		all = append(all, strings.Fields(one)...)
	}
	return all
}

func (d *draft) command() {
	s := commandSyntax(Claude, d.doc.matter)
	d.conv = s.read(d.doc.body, d.doc.bodyLine)
	d.extra = d.extra.without("description")
	d.hint(s.named)
	if have := names(d.conv.variables); len(s.named) > 0 && contains(have, s.named) {
		d.conv.order(s.named)
		d.extra = d.extra.without("arguments")
	}
	d.shell()
}

// hintRE is one argument of a hint such as “[issue] [priority]”.
var hintRE = pattern.New(`[\[<]([^\[\]<>]{1,40})[\]>]`)

// hint uses what a command says about its arguments to people.
func (d *draft) hint(named []string) {
	hint, ok := d.doc.matter.oneLine("argument-hint")
	switch {
	case !ok:
	case len(named) > 0 && hint == argumentHint(named):
		d.extra = d.extra.without("argument-hint")
	default:
		words := hintRE.FindAllStringSubmatch(hint, maxVariables)
		for i := range d.conv.variables {
			v := &d.conv.variables[i]
			if v.Name == "arguments" {
				v.Help = hint
			}
			number := strings.TrimPrefix(v.Name, "arg")
			if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(words) && human(words[n-1][1]) != "" {
				v.Label = human(strings.TrimSpace(words[n-1][1]))
			}
		}
	}
}

// order puts the variables with the given names first, in the order of these.
func (c *conversion) order(names []string) {
	place := func(v workflow.Variable) int {
		if at := slices.Index(names, v.Name); at >= 0 {
			return at
		}
		return len(names)
	}
	slices.SortStableFunc(c.variables, func(a, b workflow.Variable) int { return place(a) - place(b) })
}

// contains reports whether all have every one of some.
func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

func names(variables []workflow.Variable) []string {
	all := make([]string, len(variables))
	for i, v := range variables {
		all[i] = v.Name
	}
	return all
}

// argumentHint is what we write for the arguments of a command.
func argumentHint(names []string) string {
	return "[" + strings.Join(names, "] [") + "]"
}

func (d *draft) skill() {
	if name, ok := d.doc.matter.oneLine("name"); ok {
		d.name = name
	}
	d.extra = d.extra.without("name", "description")
	d.conv = commandSyntax(Skill, d.doc.matter).read(d.doc.body, d.doc.bodyLine)
	if e, ok := d.extra.find("metadata"); ok {
		if all, ok := e.nested(); ok {
			d.metadata(e, all)
		}
	}
	d.shell()
}

// metadata takes what is ours out of the metadata of a skill.
func (d *draft) metadata(e entry, all matter) {
	rest := matter{}
	for _, m := range all {
		value, ok := m.text()
		value = strings.TrimSpace(value)
		line := ok && value != "" && !strings.Contains(value, "\n")
		version, err := strconv.Atoi(value)
		switch {
		case m.key == "title" && line:
			d.title = value
		case m.key == "purpose" && ok && value != "":
			d.prompt.Purpose = value
		case m.key == "phase" && idOf(value) == value:
			d.prompt.Phase = value
		case m.key == "tags" && line:
			for _, tag := range splitList(value) {
				if !slices.Contains(d.prompt.Tags, tag) {
					d.prompt.Tags = append(d.prompt.Tags, tag)
				}
			}
		case m.key == "version" && err == nil && version >= 1 && version < 1<<20 && strconv.Itoa(version) == value:
			d.prompt.Version = version
		default:
			rest = append(rest, m)
		}
	}
	at := slices.IndexFunc(d.extra, func(x entry) bool { return x.key == e.key })
	if len(rest) == 0 {
		d.extra = d.extra.without("metadata")
		return
	}
	d.extra = slices.Clone(d.extra)
	d.extra[at].raw = "metadata:\n" + rest.indented()
}

// indented writes the entries two blanks deeper.
func (m matter) indented() string {
	var out strings.Builder
	for _, e := range m {
		for line := range strings.Lines(e.raw) {
			if strings.TrimSpace(line) != "" {
				out.WriteString("  ")
			}
			out.WriteString(line)
		}
	}
	return out.String()
}

// hasValue reports whether a variable stands in the text.
func (c *conversion) hasValue(name string) bool {
	return slices.ContainsFunc(c.pieces, func(p prompt.Piece) bool { return p.Kind == prompt.PieceValue && p.Name == name })
}

// appendInput adds the input that a tool appends of itself.
func (c *conversion) appendInput() {
	if c.hasValue("input") {
		return
	}
	if last := len(c.pieces) - 1; last >= 0 && c.pieces[last].Kind == prompt.PieceText {
		c.pieces[last].Text = strings.TrimRight(c.pieces[last].Text, " \t\n")
	}
	c.text("\n\n")
	c.tag(prompt.PieceValue, "input")
	at := slices.IndexFunc(c.variables, func(v workflow.Variable) bool { return v.Name == "input" })
	if at < 0 {
		c.variables = append(c.variables, declare("input"))
		return
	}
	c.variables[at].Type = declare("input").Type // and no longer one that only a section asks for
}
