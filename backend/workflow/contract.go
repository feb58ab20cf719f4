package workflow

// Contract is what the answer to a prompt must hold, so that the next phase can
// read it. It is written in the front matter of the prompt.
type Contract struct {
	// Reads names what must be found in it besides the sections.
	Reads ContractReads `json:"reads"`
	// None is the phrase that, alone on a line, says that there are no findings. Such
	// an answer needs no sections.
	None string `json:"none"`
	// Sections are the headings that must be there, in any order and level.
	Sections []ContractSection `json:"sections" yaml:"sections"`
	// Phrase must stand alone on a line, if it is set and no section is missing it.
	Phrase string `json:"phrase" yaml:"phrase"`
}

// Total is how many things the contract asks for.
func (c Contract) Total() int {
	total := len(c.Sections)
	if c.Reads != "" && c.Reads != ReadsText {
		total++
	}
	return total
}

// ContractReads names the parser that must be able to read an answer.
type ContractReads string

// What a contract can ask to be read.
const (
	ReadsText      ContractReads = "text" // nothing but the sections
	ReadsFindings  ContractReads = "findings"
	ReadsPlan      ContractReads = "plan"
	ReadsChecklist ContractReads = "checklist"
	ReadsRequest   ContractReads = "request"
)

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
