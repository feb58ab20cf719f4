package foreign

import (
	"slices"
	"strconv"
	"strings"

	"plumbline/backend/prompt"
)

// pattern reads a pattern of fabric: a text, to which fabric appends the input.
// A README beside it is for people, which is what our title, summary and purpose are.
func (d *draft) pattern(beside map[string]string) {
	text := d.doc.body
	if user := strings.TrimSpace(beside["user.md"]); user != "" {
		text = strings.TrimRight(text, " \t\n") + "\n\n" + user
		d.lose("user.md and system.md become one text.")
	}
	d.conv = syntax{native: true}.read(text, 1)
	d.conv.appendInput()
	d.runs(pluginRE, text, 1, "fabric runs this.")
	if readme, ok := beside["README.md"]; ok {
		d.readme(readme)
	}
}

// maxPurpose is more of a README than anybody reads before using a prompt.
const maxPurpose = 4000

// readme takes title, summary and purpose from a README that has them in this order.
func (d *draft) readme(text string) {
	text = strings.TrimSpace(text)
	first, rest, _ := strings.Cut(text, "\n")
	m := headingRE.FindStringSubmatch(first)
	if m == nil {
		d.lose("README.md does not come in, since it does not begin with a title.")
		return
	}
	d.title = strings.Join(strings.Fields(m[1]), " ")
	summary, purpose, _ := strings.Cut(strings.TrimLeft(rest, "\n"), "\n\n")
	if strings.HasPrefix(summary, "#") {
		d.lose("Of README.md only the title comes in.")
		return
	}
	d.desc = strings.Join(strings.Fields(summary), " ")
	if purpose = strings.TrimSpace(purpose); len(purpose) > maxPurpose {
		d.lose("Of README.md only the title and the first paragraph come in.")
		purpose = ""
	}
	d.prompt.Purpose = purpose
}

// template reads a template of llm. Its prompt and its system prompt become one text.
func (d *draft) template() error {
	m, text, system := matter(nil), "", ""
	if isMapping(d.doc.body) {
		m = entries(d.doc.body, 1)
		text, _ = m.text("prompt")
		system, _ = m.text("system")
	} else if s, ok := (entry{key: "k", raw: "k: " + d.doc.body}).text(); ok {
		text = s
	}
	line := 1
	if e, ok := m.find("system", "prompt"); ok {
		line = e.line + 1
	}
	if strings.TrimSpace(text) == "" && strings.TrimSpace(system) == "" {
		return prompt.FileError(d.doc.file, 0, "it has neither a prompt nor a system prompt")
	}
	d.extra = m.without("prompt", "system", "name")
	d.extraDefaults(m)
	switch {
	case strings.TrimSpace(system) == "":
		system = text
	case strings.TrimSpace(text) != "":
		system = strings.TrimRight(system, " \t\n") + "\n\n" + text
		d.lose("The prompt and the system prompt become one text.")
	}
	d.conv = syntax{dollars: true}.read(system, line)
	d.conv.appendInput()
	d.defaults(m)
	return nil
}

// isMapping reports whether a YAML text begins with a key.
func isMapping(text string) bool {
	for line := range strings.Lines(text) {
		if s := strings.TrimSpace(line); s != "" && s[0] != '#' && s != "---" {
			_, _, ok := keyOf(line)
			return ok
		}
	}
	return false
}

// extraDefaults takes the temperature out of the options where it is all they say.
func (d *draft) extraDefaults(m matter) {
	e, ok := m.find("options")
	if !ok {
		return
	}
	all, ok := e.nested()
	s, found := all.text("temperature")
	t, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if !ok || !found || err != nil || !(t >= 0 && t <= 2) {
		return
	}
	d.prompt.Temperature = &t
	if len(all) == 1 {
		d.extra = d.extra.without("options")
	}
}

// defaults gives the variables the values that the template has for them.
func (d *draft) defaults(m matter) {
	e, ok := m.find("defaults")
	if !ok {
		return
	}
	all, ok := e.nested()
	if !ok {
		return
	}
	used := 0
	for i, v := range d.conv.variables {
		if s, ok := all.text(v.Name); ok {
			v.Default, v.Required = strings.TrimSpace(s), false
			if prompt.Fits(v, v.Default) {
				d.conv.variables[i] = v
				used++
			}
		}
	}
	if used == len(all) {
		d.extra = slices.DeleteFunc(slices.Clone(d.extra), func(e entry) bool { return e.key == "defaults" })
	}
}
