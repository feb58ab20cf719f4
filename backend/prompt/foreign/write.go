package foreign

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// Write writes prompts in a format, and says what it cannot hold. Reading the
// files gives the same prompts again, save for what is said to be lost.
func Write(f Format, prompts []prompt.Prompt) workflow.Exported {
	x := workflow.Exported{Format: string(f), Files: []workflow.ExportedFile{}, Lost: []string{}}
	for _, p := range prompts {
		w := &writing{format: f, prompt: p}
		files := w.files()
		x.Files = append(x.Files, files...)
		x.Lost = append(x.Lost, lost(f, p, files)...)
	}
	return x
}

// writing is one prompt on its way out.
type writing struct {
	format Format
	prompt prompt.Prompt
	pieces []prompt.Piece
	extra  matter // only that of this format
}

func (w *writing) files() []workflow.ExportedFile {
	p := w.prompt
	if w.format == Plumbline {
		return one("library/"+cmp.Or(p.Group, Group)+"/"+p.ID+".md", string(prompt.Write(p)))
	}
	pieces, err := prompt.Pieces(p.Body)
	if err != nil { // a body that no parser of ours let through is written as the text that it is
		pieces = []prompt.Piece{{Text: p.Body}}
	}
	w.pieces = pieces
	if p.Origin.Format == string(w.format) {
		w.extra = entries(p.Extra+"\n", 1)
	}
	switch w.format {
	case Skill:
		return one(p.ID+"/SKILL.md", w.skill())
	case Claude:
		return one(".claude/commands/"+p.ID+".md", w.command())
	case VSCode:
		return one(".github/prompts/"+p.ID+".prompt.md", w.file(yamlLine("description", p.Summary), w.inputs()))
	case CursorRule:
		front := yamlLine("description", p.Summary)
		if _, ok := w.extra.find("alwaysApply"); !ok {
			front += notAlways
		}
		return one(".cursor/rules/"+p.ID+".mdc", w.file(front, w.plain()))
	case Fabric:
		return w.pattern()
	case LLM:
		return one(p.ID+".yaml", w.template())
	case Cursor:
		return one(".cursor/commands/"+p.ID+".md", w.file("", w.plain()))
	}
	return one("prompts/"+p.ID+".md", w.file("", w.plain()))
}

func one(path, content string) []workflow.ExportedFile {
	return []workflow.ExportedFile{{Path: path, Content: content}}
}

// file puts front matter, ours and what was kept, before a text. Where there is
// none it is left out, unless the text would be taken for it.
func (w *writing) file(front, body string) string {
	var out strings.Builder
	out.WriteString(front)
	for _, e := range w.extra {
		out.WriteString(e.raw)
	}
	if out.Len() == 0 && !strings.HasPrefix(body, "---") && !strings.HasPrefix(body, "\ufeff") {
		return body + "\n"
	}
	return "---\n" + out.String() + "---\n\n" + body + "\n"
}

// braces spells a variable as we do.
func braces(p prompt.Piece) string {
	if p.Kind != prompt.PieceValue {
		return section(p)
	}
	return "{{" + p.Name + "}}"
}

// plain is the text in formats that have no notation of their own.
func (w *writing) plain() string {
	return syntax{native: true}.write(w.pieces, func(p prompt.Piece, _ bool, _ string) string { return braces(p) })
}

// inputs is the text for VS Code, which asks for variables by name, with a hint.
func (w *writing) inputs() string {
	return syntax{inputs: true}.write(w.pieces, func(p prompt.Piece, first bool, _ string) string {
		switch {
		case p.Kind != prompt.PieceValue:
			return section(p)
		case slices.Contains([]string{"selection", "selectedText", "file"}, p.Name):
			return "${" + p.Name + "}"
		}
		hint := ""
		if v := w.variable(p.Name); first && v.Help != "" && !strings.ContainsAny(v.Help, "}\n`") && len(v.Help) <= 500 {
			hint = ":" + v.Help
		}
		return "${input:" + p.Name + hint + "}"
	})
}

func (w *writing) variable(name string) workflow.Variable {
	for _, v := range w.prompt.Variables {
		if v.Name == name {
			return v
		}
	}
	return workflow.Variable{Name: name}
}

// used returns the variables whose values stand in the text, in their order.
func (w *writing) used() []string {
	in := map[string]bool{}
	for _, p := range w.pieces {
		if p.Kind == prompt.PieceValue {
			in[p.Name] = true
		}
	}
	all := []string{}
	for _, v := range w.prompt.Variables {
		if in[v.Name] {
			all = append(all, v.Name)
		}
	}
	return all
}

// rename gives the variables names that a program can have, where theirs have a
// hyphen or are in use by the format.
func (w *writing) rename(reserved ...string) {
	names := map[string]string{}
	taken := map[string]bool{}
	for _, v := range w.prompt.Variables {
		taken[v.Name] = true
	}
	for i, p := range w.pieces {
		if p.Kind == prompt.PieceText {
			continue
		}
		if names[p.Name] == "" {
			names[p.Name] = p.Name
			if to := strings.ReplaceAll(p.Name, "-", "_"); to != p.Name || slices.Contains(reserved, to) {
				for n := 2; taken[to] || slices.Contains(reserved, to); n++ {
					to = strings.ReplaceAll(p.Name, "-", "_") + "_" + strconv.Itoa(n)
				}
				names[p.Name], taken[to] = to, true
			}
		}
		w.pieces[i].Name = names[p.Name]
	}
	w.prompt.Variables = slices.Clone(w.prompt.Variables)
	for i, v := range w.prompt.Variables {
		w.prompt.Variables[i].Name = cmp.Or(names[v.Name], v.Name)
	}
}

// command is the file of a command of Claude Code. Arguments that have names are
// listed; a single one is all that is typed, blanks and all.
func (w *writing) command() string {
	w.rename("ARGUMENTS")
	front := yamlLine("description", w.prompt.Summary)
	used := w.used()
	_, listed := w.extra.find("arguments")
	native := !slices.ContainsFunc(used, func(name string) bool { return !argumentRE.MatchString(name) })
	if !listed && !native {
		if _, ok := w.extra.find("argument-hint"); !ok {
			front += "argument-hint: " + quoted(argumentHint(used)) + "\n"
		}
		quotedNames := make([]string, len(used))
		for i, name := range used {
			quotedNames[i] = strings.TrimSpace(strings.TrimPrefix(yamlLine("", name), ":"))
		}
		front += "arguments: [" + strings.Join(quotedNames, ", ") + "]\n"
	}
	s := commandSyntax(Claude, append(entries(front, 1), w.extra...))
	return w.file(front, s.write(w.pieces, s.argumentSpelling))
}

// argumentSpelling spells a variable of a command or a skill.
func (s syntax) argumentSpelling(p prompt.Piece, _ bool, next string) string {
	word := wordAt(next, 0)
	joined := word || strings.HasPrefix(next, "[")
	fraction := len(next) > 1 && (next[0] == '.' || next[0] == ',') && isDigit(next[1])
	at := slices.Index(s.named, p.Name)
	switch {
	case p.Kind != prompt.PieceValue:
		return section(p)
	case len(s.named) == 1 && at == 0 && !joined, len(s.named) != 1 && p.Name == "arguments" && at < 0 && !joined:
		return "$ARGUMENTS"
	case len(s.named) > 1 && at >= 0 && !word:
		return "$" + p.Name
	case at >= 0 || !argumentRE.MatchString(p.Name) || len(s.named) > 0:
		return braces(p)
	case strings.HasPrefix(p.Name, "arguments_") && !word:
		return "$ARGUMENTS[" + strings.TrimPrefix(p.Name, "arguments_") + "]"
	case s.positional && strings.HasPrefix(p.Name, "arg") && len(p.Name) == 4 && !word && !fraction:
		return "$" + p.Name[3:]
	}
	return braces(p)
}

// skill is the file of a skill, whose metadata may hold more of ours.
func (w *writing) skill() string {
	p := w.prompt
	front := yamlLine("name", p.ID) + yamlLine("description", p.Summary)
	ours := ""
	if p.Title != titleOf(p.Body, p.ID) {
		ours += yamlLine("title", p.Title)
	}
	if p.Purpose != "" {
		ours += yamlText("purpose", p.Purpose)
	}
	if p.Phase != "" {
		ours += yamlLine("phase", p.Phase)
	}
	if len(p.Tags) > 0 {
		ours += yamlLine("tags", strings.Join(p.Tags, ", "))
	}
	if p.Version != 1 {
		ours += "version: " + quoted(strconv.Itoa(p.Version)) + "\n"
	}
	all := entries(ours, 1)
	if e, ok := w.extra.find("metadata"); ok {
		if kept, ok := e.nested(); ok {
			w.extra = slices.Clone(w.extra)
			at := slices.IndexFunc(w.extra, func(x entry) bool { return x.key == "metadata" })
			w.extra[at].raw = "metadata:\n" + append(all, kept...).indented()
		}
	} else if len(all) > 0 {
		front += "metadata:\n" + all.indented()
	}
	s := commandSyntax(Skill, w.extra)
	return w.file(front, s.write(w.pieces, s.argumentSpelling))
}

// endInput cuts off the input where it ends the text and stands nowhere else,
// since the tool puts it there.
func (w *writing) endInput() bool {
	count := 0
	for _, p := range w.pieces {
		if p.Kind != prompt.PieceText && p.Name == "input" {
			count++
		}
	}
	pieces := slices.DeleteFunc(slices.Clone(w.pieces), func(p prompt.Piece) bool { return p.Kind == prompt.PieceText && p.Text == "" })
	last := len(pieces) - 1
	if count != 1 || last < 1 || pieces[last].Name != "input" || pieces[last].Kind != prompt.PieceValue {
		return false
	}
	before := pieces[last-1]
	text, ok := strings.CutSuffix(before.Text, "\n\n")
	if before.Kind != prompt.PieceText || !ok || strings.TrimRight(text, " \t\r\n") != text || text == "" && last == 1 {
		return false
	}
	w.pieces = append(pieces[:last-1], prompt.Piece{Text: text})
	return true
}

// pattern is the folder of a pattern. What people are to know stands in its README.
func (w *writing) pattern() []workflow.ExportedFile {
	p := w.prompt
	w.endInput()
	readme := "# " + p.Title + "\n\n" + p.Summary + "\n"
	if p.Purpose != "" {
		readme += "\n" + p.Purpose + "\n"
	}
	dir := "patterns/" + strings.ReplaceAll(p.ID, "-", "_") + "/"
	return []workflow.ExportedFile{{Path: dir + "README.md", Content: readme}, {Path: dir + "system.md", Content: w.plain() + "\n"}}
}

// template is a template of llm. Where the input only follows the instructions,
// they are the system prompt.
func (w *writing) template() string {
	w.rename()
	key := "prompt"
	if w.endInput() {
		key = "system"
	}
	text := syntax{dollars: true}.write(w.pieces, func(p prompt.Piece, _ bool, next string) string {
		switch {
		case p.Kind != prompt.PieceValue:
			return section(p)
		case wordAt(next, 0):
			return "${" + p.Name + "}"
		}
		return "$" + p.Name
	})
	out := yamlText(key, text)
	defaults := ""
	for _, v := range w.prompt.Variables {
		if v.Default != "" && slices.Contains(w.used(), v.Name) {
			defaults += yamlText(v.Name, v.Default)
		}
	}
	if _, ok := w.extra.find("defaults"); !ok && defaults != "" {
		out += "defaults:\n" + entries(defaults, 1).indented()
	}
	if _, ok := w.extra.find("options"); !ok && w.prompt.Temperature != nil {
		out += "options:\n  temperature: " + strconv.FormatFloat(*w.prompt.Temperature, 'f', -1, 64) + "\n"
	}
	for _, e := range w.extra {
		out += e.raw
	}
	return out
}
