package prompt

import (
	"path"
	"strings"

	"plumbline/backend/workflow"
)

// Checklist is a Markdown file of boxes. Its id is the name of the file.
type Checklist struct {
	ID     string
	Text   string
	Source workflow.Source
}

// parse reads what the file of a sheet holds.
func (c *sheet) parse(kind Kind, data []byte, source workflow.Source) (err error) {
	switch kind {
	case KindPrompt:
		err = c.prompt(data, source)
	case KindWorkflow:
		var w workflow.Workflow
		w, c.side, err = parseWorkflow(c.file, data)
		w.Source = source
		c.id, c.value = w.ID, w
	case KindChecklist:
		var list Checklist
		list, err = parseChecklist(c.file, data)
		list.Source = source
		c.id, c.value = list.ID, list
	case KindPersona:
		var p workflow.Persona
		p, c.side, err = parsePersona(c.file, data)
		p.Source = source
		c.id, c.value = p.ID, p
	case KindPack:
		var p workflow.Pack
		p, c.side, err = parsePack(c.file, data)
		p.Source = source
		c.id, c.value = p.ID, p
	}
	return err
}

func (c *sheet) prompt(data []byte, source workflow.Source) error {
	p, side, err := parsePrompt(c.file, data)
	if err != nil {
		return err
	}
	p.Source = source
	if source == workflow.Yours && p.Origin.Format != "" {
		p.Source = workflow.Imported
	}
	c.id, c.value, c.side, c.doubts = p.ID, p, side, p.Lint()
	return nil
}

func parseChecklist(file string, data []byte) (Checklist, error) {
	text, err := plain(file, data)
	if err != nil {
		return Checklist{}, err
	}
	name := strings.TrimSuffix(path.Base(file), ".md")
	if path.Dir(file) != checklistsDir || !idRE.MatchString(name) {
		return Checklist{}, errorIn(workflow.Invalid, file, "this is not a checklist; a file directly in “%s” is expected, named in lower-case words joined by “-”", checklistsDir)
	}
	if strings.TrimSpace(text) == "" {
		return Checklist{}, errorAt(file, 1, "the file is empty; a title and boxes are expected")
	}
	return Checklist{ID: name, Text: text}, nil
}
