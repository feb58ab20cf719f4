package workflow

// Persona is somebody who looks at a piece of software with a question of their own.
type Persona struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Summary string       `json:"summary"`
	Text    string       `json:"text"` // what this person looks for
	Source  PromptSource `json:"source"`
}

// Pack holds what a domain brings along: it fills variables of prompts.
type Pack struct {
	ID         string       `json:"id"`
	Title      string       `json:"title"`
	Summary    string       `json:"summary"`
	Feature    string       `json:"feature"`
	Volume     string       `json:"volume"`
	Standard   string       `json:"standard"`
	Dependency string       `json:"dependency"`
	Events     string       `json:"events"`
	Failures   []string     `json:"failures"`
	Compliance []string     `json:"compliance"`
	Text       string       `json:"text"`
	Source     PromptSource `json:"source"`
}
