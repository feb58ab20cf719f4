package workflow

import "fmt"

// Severity says how bad a finding is. It is empty where the text names none:
// none is ever made up.
type Severity string

// The severities.
const (
	P0 Severity = "P0" // critical
	P1 Severity = "P1" // high
	P2 Severity = "P2" // medium
	P3 Severity = "P3" // low; also what a text calls informational
)

// Severities lists them, the worst first.
func Severities() []Severity { return []Severity{P0, P1, P2, P3} }

// Word returns the word people use for a severity; nothing for none.
func (s Severity) Word() string {
	switch s {
	case P0:
		return "critical"
	case P1:
		return "high"
	case P2:
		return "medium"
	case P3:
		return "low"
	}
	return ""
}

// Worse reports whether s is worse than other; any severity is worse than none.
func (s Severity) Worse(other Severity) bool { return s != "" && (other == "" || s < other) }

// ReportedFinding is one defect as a text reports it, before it is known whether
// the ledger has it already. All texts are without markup.
type ReportedFinding struct {
	// Number is what the text calls it: "3", "V-01", "P0-2"; empty without one.
	Number   string   `json:"number"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`
	// Label is the word that the severity was read from, for example "Important".
	Label    string `json:"label"`
	Category string `json:"category"`
	Location string `json:"location"`
	Problem  string `json:"problem"`
	Fix      string `json:"fix"`
	Verify   string `json:"verify"`
	// Status is what the text says has become of it, for example "Fixed".
	Status string `json:"status"`
	// Marked says that its box is marked; Box is the index of that box, -1 without one,
	// and Mark the byte of the mark, -1 without one.
	Marked bool `json:"marked"`
	Box    int  `json:"box"`
	Mark   int  `json:"mark"`
	// Start and End are the bytes of the text it was read from, in whole lines.
	Start int `json:"start"`
	End   int `json:"end"`
	Line  int `json:"line"` // from 1
}

// FindingClaim is a number of findings that a text says it reports.
type FindingClaim struct {
	// Total is -1 where only numbers by severity are claimed.
	Total      int              `json:"total"`
	BySeverity map[Severity]int `json:"bySeverity"`
	Text       string           `json:"text"` // the line that says so
	Start      int              `json:"start"`
	End        int              `json:"end"`
}

// FindingsRead is what was read from the answer of an audit.
type FindingsRead struct {
	Findings []ReportedFinding `json:"findings"`
	Claims   []FindingClaim    `json:"claims"`
	// Phrase is the one that says, alone on a line, that nothing was found.
	Phrase string `json:"phrase"`
	// Notes say what is doubtful about the reading, in sentences for a person.
	Notes []string `json:"notes"`
}

// Count returns how many findings there are of each severity.
func (r FindingsRead) Count() map[Severity]int {
	counts := map[Severity]int{}
	for _, f := range r.Findings {
		counts[f.Severity]++
	}
	return counts
}

// Differences says, in sentences, where the numbers that the text claims differ from
// what it lists, or from each other.
func (r FindingsRead) Differences() []string {
	said, listed := []string{}, r.Count()
	for _, c := range r.Claims {
		if c.Total >= 0 && c.Total != len(r.Findings) {
			said = append(said, fmt.Sprintf("The text claims %d findings; %d can be read.", c.Total, len(r.Findings)))
		}
		sum := 0
		for _, s := range Severities() {
			n, ok := c.BySeverity[s]
			sum += n
			if ok && n != listed[s] {
				said = append(said, fmt.Sprintf("The text claims %d of severity %s (%s); %d can be read.", n, s, s.Word(), listed[s]))
			}
		}
		if n, ok := c.BySeverity[""]; ok && n != listed[""] {
			said = append(said, fmt.Sprintf("The text claims %d without a severity; %d can be read.", n, listed[""]))
		}
		sum += c.BySeverity[""]
		if c.Total >= 0 && len(c.BySeverity) > 1 && sum != c.Total {
			said = append(said, fmt.Sprintf("The text claims %d findings, and its numbers by severity add up to %d.", c.Total, sum))
		}
	}
	return said
}
