package workflow

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FindingState is what has become of a finding.
type FindingState string

// The states of a finding.
const (
	FindingOpen      FindingState = "open"
	FindingFixed     FindingState = "fixed"
	FindingAccepted  FindingState = "accepted"  // it stays as it is, with a reason
	FindingScheduled FindingState = "scheduled" // for a step of the plan, or a day
	FindingDuplicate FindingState = "duplicate" // of another one, which counts in its place
	FindingReturned  FindingState = "returned"  // it was fixed, and a later audit reports it again
)

// FindingStates lists them in the order in which people look at them.
func FindingStates() []FindingState {
	return []FindingState{FindingReturned, FindingOpen, FindingScheduled, FindingAccepted, FindingFixed, FindingDuplicate}
}

// Open reports whether something is still to be done or decided about the finding.
func (s FindingState) Open() bool { return s == FindingOpen || s == FindingReturned }

// Finding is a defect of a project, however often audits have reported it. It
// has the words of the audit that reported it first, unless a person chose others.
type Finding struct {
	ID        string `json:"id"`
	ProjectID string `json:"projectId"`
	// Number is what people call it: "F-001". It is never given out twice in a project.
	Number string `json:"number"`
	Title  string `json:"title"`
	// Severity is the worst that was reported, or what a person judged it to be; empty where nobody said.
	Severity Severity `json:"severity"`
	// Judged says that a person has judged the severity: reports do not change it any more.
	Judged   bool   `json:"judged"`
	Category string `json:"category"`
	Location string `json:"location"`
	Problem  string `json:"problem"`
	Fix      string `json:"fix"`
	Verify   string `json:"verify"`
	// Fingerprint is the same for every report of it in other order, number, line or severity.
	Fingerprint string       `json:"fingerprint"`
	State       FindingState `json:"state"`
	// Reason is why it is in this state, as a person said.
	Reason string `json:"reason"`
	// Step and Date say when a scheduled one is to be fixed: the number of a step of the plan, or a day as 2006-01-02.
	Step string `json:"step"`
	Date string `json:"date"`
	// Commit is what a fixed one was fixed with.
	Commit string `json:"commit"`
	// DuplicateOf is the id of the finding that counts in its place.
	DuplicateOf string `json:"duplicateOf"`
	// Doubt is the id of another finding that this one may be the same as: a person is to say.
	Doubt string `json:"doubt"`
	// Sightings are the reports of it, the first one first.
	Sightings []Sighting `json:"sightings"`
	CreatedAt time.Time  `json:"createdAt" ts_type:"string"`
	// ChangedAt is when it came into its state, and By who brought it there.
	ChangedAt time.Time `json:"changedAt" ts_type:"string"`
	By        Author    `json:"by"`
}

// Open reports whether something is still to be done or decided about it.
func (f Finding) Open() bool { return f.State.Open() }

// Sighting is one report of a finding by an audit.
type Sighting struct {
	// Filing is the id of the filing that brought it.
	Filing  string `json:"filing"`
	Phase   string `json:"phase"` // empty for an audit outside of phases
	Round   int    `json:"round"`
	RunID   string `json:"runId"` // empty where a person wrote the audit
	Path    string `json:"path"`
	Persona string `json:"persona"`
	// Number is what the audit called it, if anything.
	Number   string   `json:"number"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`
	Category string   `json:"category"`
	Location string   `json:"location"`
	Status   string   `json:"status"` // what the audit says has become of it
	// Returned says that it was fixed, and this report brought it back.
	Returned bool `json:"returned"`
	// ByHand says that a person split it off another report: the audit does not list it so.
	ByHand bool      `json:"byHand"`
	At     time.Time `json:"at" ts_type:"string"`
}

// Filing is one audit that was taken into the ledger. Audits that found nothing
// are filed, too: a round without news is what a plateau is made of.
type Filing struct {
	ID        string `json:"id"`
	ProjectID string `json:"projectId"`
	Phase     string `json:"phase"` // empty for an audit outside of phases
	Round     int    `json:"round"` // of the phase; outside of phases, of the document
	RunID     string `json:"runId"`
	Path      string `json:"path"`
	Version   int    `json:"version"` // of the document, as filed last
	Hash      string `json:"hash"`    // BlankHash of that text
	// Listed is how many findings of each severity the text lists.
	Listed map[Severity]int `json:"listed"`
	// Claims are the numbers that the text says it lists.
	Claims []FindingClaim `json:"claims"`
	// Mismatch says in a sentence how the claims differ from what is listed; empty when they agree.
	Mismatch string `json:"mismatch"`
	// Phrase is the one that says that nothing was found, if the text says it.
	Phrase string `json:"phrase"`
	// Notes are the doubts of reading and of matching, in sentences.
	Notes []string `json:"notes"`
	// LookedAt is when the audit began to look: what was fixed later it cannot know.
	LookedAt time.Time `json:"lookedAt" ts_type:"string"`
	At       time.Time `json:"at" ts_type:"string"` // of the first filing
}

// Total is how many findings the text lists.
func (f Filing) Total() int {
	n := 0
	for _, some := range f.Listed {
		n += some
	}
	return n
}

// FiledAudit is a filing with what its findings turned out to be, as things stand now.
type FiledAudit struct {
	Filing Filing `json:"filing"`
	// New were reported by no audit before, Known by another one; Returned ones were fixed.
	New      map[Severity]int `json:"new"`
	Known    int              `json:"known"`
	Returned int              `json:"returned"`
	// Doubtful counts those of the new ones that may be known ones.
	Doubtful int `json:"doubtful"`
}

// FindingNumber writes the number of the n-th finding of a project.
func FindingNumber(n int) string { return fmt.Sprintf("F-%03d", n) }

// FindingOrder reads the number of a finding: “F-007”, “f7” and “7” are 7; 0 for anything else.
func FindingOrder(number string) int {
	digits := strings.TrimLeft(strings.ToLower(strings.TrimSpace(number)), "f-#")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// LedgerSummary counts the findings of a project. Duplicates are counted as such only.
type LedgerSummary struct {
	Total   int                  `json:"total"` // without duplicates
	ByState map[FindingState]int `json:"byState"`
	// Open counts those that are still to be decided, by severity; the empty one where nobody said.
	Open     map[Severity]int `json:"open"`
	Doubtful int              `json:"doubtful"`
}

// LedgerRound is one round of audits in the curve of a ledger.
type LedgerRound struct {
	Phase string `json:"phase"` // the first of the loop, or the phase; empty outside of phases
	Round int    `json:"round"`
	// Paths are the audits of the round.
	Paths []string  `json:"paths"`
	At    time.Time `json:"at" ts_type:"string"`
	// New are the findings that nobody had reported before, by severity.
	New      map[Severity]int `json:"new"`
	Known    int              `json:"known"`
	Returned int              `json:"returned"`
	// Mismatch says that an audit of the round claims other numbers than it lists.
	Mismatch bool `json:"mismatch"`
}

// NewTotal is how many findings the round brought.
func (r LedgerRound) NewTotal() int {
	n := 0
	for _, some := range r.New {
		n += some
	}
	return n
}

// LedgerCurve is how the findings came, round by round.
type LedgerCurve struct {
	Rounds []LedgerRound `json:"rounds"`
	// Plateau says that the last rounds found nothing that matters and nothing bad is
	// open, Growing that each of them found more than the one before.
	Plateau bool `json:"plateau"`
	Growing bool `json:"growing"`
	// Sentence says it to a person; empty when there is nothing to say.
	Sentence string `json:"sentence"`
}

// Ledger is everything about the findings of a project but the findings.
type Ledger struct {
	ProjectID string        `json:"projectId"`
	Summary   LedgerSummary `json:"summary"`
	Curve     LedgerCurve   `json:"curve"`
	// Filings are the audits, the newest first.
	Filings    []FiledAudit `json:"filings"`
	Categories []string     `json:"categories"`
}

// FindingQuery says which findings are wanted; what is empty leaves nothing out.
type FindingQuery struct {
	Severities []Severity     `json:"severities"` // the empty one stands for none
	States     []FindingState `json:"states"`
	Category   string         `json:"category"`
	Phase      string         `json:"phase"`
	Round      int            `json:"round"`
	Words      string         `json:"words"`
	// Doubtful wants only those that may be another one.
	Doubtful bool `json:"doubtful"`
	Offset   int  `json:"offset"`
	Limit    int  `json:"limit"` // 0 for all
}

// FindingList is a part of the findings of a project, the worst first.
type FindingList struct {
	Findings []Finding `json:"findings"`
	// Total counts all that the query wants.
	Total   int           `json:"total"`
	Summary LedgerSummary `json:"summary"` // of the whole project
}

// FindingDetail is a finding with those that it has to do with.
type FindingDetail struct {
	Finding Finding `json:"finding"`
	// Duplicates are those that it counts for.
	Duplicates []Finding `json:"duplicates"`
	// Other is the one that it is a duplicate of, or may be the same as; its id is empty when there is none.
	Other Finding `json:"other"`
}

// FindingVerb is something a person does with findings.
type FindingVerb string

// What can be done with findings.
const (
	VerbFix      FindingVerb = "fix"
	VerbAccept   FindingVerb = "accept"
	VerbSchedule FindingVerb = "schedule"
	VerbReopen   FindingVerb = "reopen"
	VerbJudge    FindingVerb = "judge"    // say how severe it is
	VerbMerge    FindingVerb = "merge"    // it is the same as another one
	VerbDistinct FindingVerb = "distinct" // it is not the same as the one in doubt
)

// FindingAct is what a person does with some findings, all or none of them.
type FindingAct struct {
	Verb FindingVerb `json:"verb"`
	// IDs name them: by their ids, or by their numbers.
	IDs      []string `json:"ids"`
	Reason   string   `json:"reason"`
	Step     string   `json:"step"`
	Date     string   `json:"date"`
	Commit   string   `json:"commit"`
	Severity Severity `json:"severity"`
	// Into names the finding that counts in the place of merged ones.
	Into string `json:"into"`
}

// FindingSplit takes some reports of a finding off into one of its own, or, without
// any, makes a second finding of what one report held.
type FindingSplit struct {
	ID        string `json:"id"`
	Sightings []int  `json:"sightings"` // by their place
	Title     string `json:"title"`     // of the new one; empty for that of its first report
}

// LedgerNews tells that findings of a project have changed: which, or, without ids,
// many of them; and how many there are now.
type LedgerNews struct {
	IDs     []string      `json:"ids"`
	Summary LedgerSummary `json:"summary"`
	// Filing is the audit that was filed, if one was.
	Filing *Filing `json:"filing,omitempty"`
}
