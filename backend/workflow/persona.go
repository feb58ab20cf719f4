package workflow

import "strings"

// Persona is somebody whose eyes a text can be looked at with: a security expert.
type Persona struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	// Text says what this person looks for, as it goes into a prompt.
	Text     string `json:"text"`
	Source   Source `json:"source"`
	Base     string `json:"base"` // the revision of the built-in one it was made from
	Revision string `json:"revision"`
	File     string `json:"file"`
}

// Fact returns what “persona.title” and “persona.text” stand for.
func (p Persona) Fact(key string) (string, bool) {
	switch key {
	case "title":
		return p.Title, true
	case "text":
		return p.Text, true
	}
	return "", false
}

// Pack is what prompts must know about a domain: payments, or a REST API.
type Pack struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	// Feature is what is built in this domain, Volume how much of it a day brings,
	// Standard what it is judged against, Dependency what it rests on, and Events
	// where its events come from.
	Feature    string `json:"feature"`
	Volume     string `json:"volume"`
	Standard   string `json:"standard"`
	Dependency string `json:"dependency"`
	Events     string `json:"events"`
	// Failures are the classes of failures of its own, Compliance the areas of rules.
	Failures   []string `json:"failures"`
	Compliance []string `json:"compliance"`
	// Text is for people.
	Text     string `json:"text"`
	Source   Source `json:"source"`
	Base     string `json:"base"` // the revision of the built-in one it was made from
	Revision string `json:"revision"`
	File     string `json:"file"`
}

// Fact returns what “pack.feature” and the like stand for; a list has one item a line.
func (p Pack) Fact(key string) (string, bool) {
	switch key {
	case "title":
		return p.Title, true
	case "feature":
		return p.Feature, true
	case "volume":
		return p.Volume, true
	case "standard":
		return p.Standard, true
	case "dependency":
		return p.Dependency, true
	case "events":
		return p.Events, true
	case "failures":
		return bullets(p.Failures), true
	case "compliance":
		return bullets(p.Compliance), true
	}
	return "", false
}

func bullets(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "- " + strings.Join(items, "\n- ")
}
