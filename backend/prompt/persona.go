package prompt

import (
	"crypto/sha256"
	"encoding/hex"

	"plumbline/backend/workflow"
)

// revisionOf is the SHA-256 of a file as it was read, in hexadecimal.
func revisionOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// ParsePersona reads the file of a persona: the body is what this person looks
// for. A fault is a workflow.Invalid that names the line.
func ParsePersona(file string, data []byte) (workflow.Persona, error) {
	p, _, err := parsePersona(file, data)
	return p, err
}

func parsePersona(file string, data []byte) (workflow.Persona, side, error) {
	p := workflow.Persona{File: file, Revision: revisionOf(data), Source: workflow.BuiltIn}
	doc, f, root, err := readFront(file, data)
	if err != nil {
		return workflow.Persona{}, side{}, err
	}
	f.mapping(root, "a persona", []string{"id", "title", "summary"}, fields{
		"id":      func(n yamlNode) { p.ID = f.own(n) },
		"title":   func(n yamlNode) { p.Title = f.line(n) },
		"summary": func(n yamlNode) { p.Summary = f.line(n) },
		"base":    func(n yamlNode) { p.Base = f.madeFrom(n) },
	})
	if p.Text = doc.body; p.Text == "" {
		f.failAt(doc.bodyLine, "the persona has no text after its front matter; what this person looks for is expected")
	}
	if err := f.end(); err != nil {
		return workflow.Persona{}, side{}, err
	}
	return p, f.side, nil
}

// ParsePack reads the file of a domain pack. Its body is for people and may be
// empty. A fault is a workflow.Invalid that names the line.
func ParsePack(file string, data []byte) (workflow.Pack, error) {
	p, _, err := parsePack(file, data)
	return p, err
}

func parsePack(file string, data []byte) (workflow.Pack, side, error) {
	p := workflow.Pack{
		File: file, Revision: revisionOf(data), Source: workflow.BuiltIn,
		Failures: []string{}, Compliance: []string{},
	}
	doc, f, root, err := readFront(file, data)
	if err != nil {
		return workflow.Pack{}, side{}, err
	}
	f.mapping(root, "a pack", []string{"id", "title", "summary", "feature"}, fields{
		"id":      func(n yamlNode) { p.ID = f.own(n) },
		"title":   func(n yamlNode) { p.Title = f.line(n) },
		"summary": func(n yamlNode) { p.Summary = f.line(n) },
		"feature": func(n yamlNode) {
			if p.Feature = f.text(n); p.Feature == "" {
				f.fail(n, "what is built is expected")
			}
		},
		"volume":     func(n yamlNode) { p.Volume = f.scalar(n) },
		"standard":   func(n yamlNode) { p.Standard = f.text(n) },
		"dependency": func(n yamlNode) { p.Dependency = f.text(n) },
		"events":     func(n yamlNode) { p.Events = f.text(n) },
		"failures":   func(n yamlNode) { p.Failures = f.texts(n) },
		"compliance": func(n yamlNode) { p.Compliance = f.texts(n) },
		"base":       func(n yamlNode) { p.Base = f.madeFrom(n) },
	})
	if err := f.end(); err != nil {
		return workflow.Pack{}, side{}, err
	}
	p.Text = doc.body
	return p, f.side, nil
}

// readFront takes a file apart and parses its front matter.
func readFront(file string, data []byte) (document, *front, yamlNode, error) {
	doc, err := split(file, data)
	if err != nil {
		return document{}, nil, nil, err
	}
	f, root, err := parseFront(file, doc)
	return doc, f, root, err
}
