package workflow

// Contract is what the answer to a prompt must hold, so that the next phase can
// read it. It is written in the front matter of the prompt.
type Contract struct {
	// Sections are the headings that must be there, in any order and level.
	Sections []ContractSection `json:"sections" yaml:"sections"`
	// Phrase must stand alone on a line, if it is set and no section is missing it.
	Phrase string `json:"phrase" yaml:"phrase"`
}

// ContractSection is one heading that an answer must have.
type ContractSection struct {
	Title string `json:"title" yaml:"title"`
	// Also are other titles that are accepted.
	Also []string `json:"also" yaml:"also"`
	// Tasks is the least number of task boxes under it.
	Tasks int `json:"tasks" yaml:"tasks"`
	// Items is the least number of list items under it.
	Items int `json:"items" yaml:"items"`
	// Prefix is what numbered items begin with, for example "AC-"; at least Items of them must.
	Prefix string `json:"prefix" yaml:"prefix"`
}
