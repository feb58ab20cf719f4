package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"plumbline/backend/pattern"
)

// maxFindingText is how much of a text of a finding the ledger keeps, in bytes. The
// audit has the rest.
const maxFindingText = 4000

// settledRE is what an audit calls a finding that is done with.
var settledRE = pattern.New(`(?i)^\W*(?:(?:is|was|now|already|all|fully|been)\s+)*(?:fixed|closed|resolved|done|solved|remediated|patched|mitigated|verified|eliminated|addressed|behoben|erledigt|gelöst|geschlossen|corrigée?|résolue?|corregid[oa]|resuelt[oa]|已修复|已解决|已关闭)\b?`)

// Filed is what taking an audit into a ledger has changed.
type Filed struct {
	Filing  Filing
	Changed []Finding // new and changed ones, in the order of their numbers
}

// FileAudit takes what was read from an audit into the findings of a project, which
// are in the order of their numbers. A report of a finding that is there becomes a
// sighting of it, and one of a fixed finding brings it back, unless the audit had
// looked before that. Everything else is new; where a new one may be one that is
// there, it says so. Filing the same text again changes nothing. newID makes ids
// that sort by time.
func FileAudit(known []Finding, filing Filing, read FindingsRead, persona string, by Author, newID func() string) Filed {
	c := &clerk{findings: slices.Clone(known), filing: filing, persona: persona, by: by, newID: newID, changed: map[int]bool{}}
	for i, f := range c.findings {
		c.last = max(c.last, FindingOrder(f.Number))
		c.findings[i].Sightings = slices.Clone(f.Sightings)
	}
	c.count(read)
	c.file(c.once(read.Findings))
	out := Filed{Filing: c.filing, Changed: []Finding{}}
	for i, f := range c.findings {
		if c.changed[i] {
			out.Changed = append(out.Changed, f)
		}
	}
	return out
}

// clerk files one audit.
type clerk struct {
	findings []Finding
	filing   Filing
	persona  string
	by       Author
	newID    func() string
	last     int // the highest number
	changed  map[int]bool
}

// count notes what the text lists and claims.
func (c *clerk) count(read FindingsRead) {
	f := &c.filing
	f.Listed, f.Claims, f.Phrase = read.Count(), read.Claims, read.Phrase
	f.Mismatch = strings.Join(read.Differences(), " ")
	f.Notes = slices.Clone(read.Notes)
	if f.Claims == nil {
		f.Claims = []FindingClaim{}
	}
	if f.Notes == nil {
		f.Notes = []string{}
	}
	if len(read.Findings) == 0 && read.Phrase == "" && len(read.Notes) == 0 {
		c.note("No finding could be read from the text, and it does not say that there is none.")
	}
}

func (c *clerk) note(format string, args ...any) {
	if note := fmt.Sprintf(format, args...); !slices.Contains(c.filing.Notes, note) {
		c.filing.Notes = append(c.filing.Notes, note)
	}
}

// once leaves out what the text lists a second time.
func (c *clerk) once(reports []ReportedFinding) []ReportedFinding {
	seen, first, twice := map[string]bool{}, []ReportedFinding{}, 0
	for _, r := range reports {
		if print := Fingerprint(r.Title, r.Category, r.Location); seen[print] {
			twice++
		} else {
			seen[print] = true
			first = append(first, r)
		}
	}
	if twice > 0 {
		c.note("%s told twice in the text, and counted once.", Plural(twice, "finding is", "findings are"))
	}
	return first
}

// file matches the reports and takes them in.
func (c *clerk) file(reports []ReportedFinding) {
	m := newMatcher(c.findings, c.filing.ID)
	traces := make([]trace, len(reports))
	for i, r := range reports {
		traces[i] = m.words.trace(r.Title, r.Category, r.Location, r.Problem, r.Fix)
	}
	seen := map[int]bool{}
	for i, found := range m.match(traces) {
		at := found.known
		if at < 0 {
			at = c.open(reports[i], found.doubt)
		} else {
			c.see(at, reports[i])
		}
		seen[at] = true
	}
	gone := 0
	for i, f := range c.findings {
		if at := f.sighting(c.filing.ID); at >= 0 && !seen[i] && !f.Sightings[at].ByHand {
			gone++
		}
	}
	if gone > 0 {
		c.note("%s in an earlier version of this audit and not in it any more; the ledger keeps what was found.", Plural(gone, "finding was", "findings were"))
	}
}

// sighting returns the place of the report that a filing brought; -1 without one.
func (f Finding) sighting(filing string) int {
	return slices.IndexFunc(f.Sightings, func(s Sighting) bool { return s.Filing == filing })
}

// SeenIn reports whether one of some filings has reported the finding.
func (f Finding) SeenIn(filings []string) bool {
	return slices.ContainsFunc(f.Sightings, func(s Sighting) bool { return slices.Contains(filings, s.Filing) })
}

// open adds a new finding, which may be one that is known, and returns its place.
func (c *clerk) open(r ReportedFinding, doubt int) int {
	c.last++
	f := Finding{
		ID: c.newID(), ProjectID: c.filing.ProjectID, Number: FindingNumber(c.last), Title: r.Title, Severity: r.Severity,
		Category: r.Category, Location: r.Location, Problem: kept(r.Problem), Fix: kept(r.Fix), Verify: kept(r.Verify),
		Fingerprint: Fingerprint(r.Title, r.Category, r.Location), State: FindingOpen,
		Sightings: []Sighting{c.sighting(r)}, CreatedAt: c.filing.At, ChangedAt: c.filing.At, By: c.by,
	}
	if doubt >= 0 {
		f.Doubt = c.findings[c.root(doubt)].ID
	}
	c.findings = append(c.findings, f)
	c.changed[len(c.findings)-1] = true
	return len(c.findings) - 1
}

func (c *clerk) sighting(r ReportedFinding) Sighting {
	f := c.filing
	status := r.Status
	if status == "" && r.Marked {
		status = "Ticked"
	}
	return Sighting{Filing: f.ID, Phase: f.Phase, Round: f.Round, RunID: f.RunID, Path: f.Path, Persona: c.persona, Number: r.Number,
		Title: r.Title, Severity: r.Severity, Category: r.Category, Location: r.Location, Status: status, At: f.At}
}

// see takes in a report of a finding that is there. One that counts as another
// keeps its reports, and what follows from them is that other one's.
func (c *clerk) see(i int, r ReportedFinding) {
	s, root := c.sighting(r), c.root(i)
	f, counts := &c.findings[i], &c.findings[root]
	at, before := f.sighting(c.filing.ID), *counts
	if at < 0 {
		counts.takeWords(r)
	} else {
		s.At, s.Returned = f.Sightings[at].At, f.Sightings[at].Returned
	}
	s.Returned = counts.returns(c.filing, r) || s.Returned
	f.worsen(r.Severity, c.filing.Path, c.filing.At)
	if !f.Judged {
		counts.worsen(r.Severity, c.filing.Path, c.filing.At)
	}
	c.changed[root] = c.changed[root] || before.State != counts.State || !sameWords(before, *counts)
	switch {
	case at < 0:
		f.Sightings = append(f.Sightings, s)
	case f.Sightings[at] != s:
		f.Sightings[at] = s
	default:
		return
	}
	c.changed[i] = true
}

// sameWords reports whether a finding says the same as before.
func sameWords(a, b Finding) bool {
	return a.Severity == b.Severity && a.Category == b.Category && a.Location == b.Location && a.Problem == b.Problem && a.Fix == b.Fix && a.Verify == b.Verify
}

// takeWords takes what a further report knows and the others did not, and where the
// finding is by now.
func (f *Finding) takeWords(r ReportedFinding) {
	if r.Location != "" {
		f.Location = r.Location
	}
	for _, text := range []struct {
		to   *string
		from string
	}{{&f.Category, r.Category}, {&f.Problem, kept(r.Problem)}, {&f.Fix, kept(r.Fix)}, {&f.Verify, kept(r.Verify)}} {
		if *text.to == "" {
			*text.to = text.from
		}
	}
}

// returns brings a fixed finding back when an audit that looked after that reports it.
func (f *Finding) returns(by Filing, r ReportedFinding) bool {
	if f.State != FindingFixed || !by.LookedAt.After(f.ChangedAt) || r.Marked || settledRE.MatchString(r.Status) {
		return false
	}
	f.enter(FindingReturned, fmt.Sprintf("%s reports it again.", by.Path), itself(), by.At)
	return true
}

// worsen takes over a worse severity. What was accepted or scheduled for a lesser
// one is to be decided anew where that now needs a reason that nobody gave.
func (f *Finding) worsen(s Severity, says string, at time.Time) {
	if f.Judged || !s.Worse(f.Severity) {
		return
	}
	f.Severity = s
	if (f.State == FindingAccepted || f.State == FindingScheduled) && f.Weighty() && !goodReason(f.Reason) {
		f.enter(FindingOpen, fmt.Sprintf("%s calls it %s.", says, s), itself(), at)
	}
}

func itself() Author { return Author{Kind: Plumbline, Name: "Plumbline"} }

// root returns the place of the finding that counts for the one at i.
func (c *clerk) root(i int) int { return rootOf(c.findings, i) }

func rootOf(findings []Finding, i int) int {
	if findings[i].State != FindingDuplicate {
		return i
	}
	if at := slices.IndexFunc(findings, func(f Finding) bool { return f.ID == findings[i].DuplicateOf }); at >= 0 {
		return at
	}
	return i
}

// ReportedIn returns the finding that one of some filings has a report of, in the very
// words of it, or the one that counts for it.
func ReportedIn(findings []Finding, filings []string, r ReportedFinding) (Finding, bool) {
	for i, f := range findings {
		if slices.ContainsFunc(f.Sightings, func(s Sighting) bool {
			return slices.Contains(filings, s.Filing) && !s.ByHand && s.Title == r.Title && s.Category == r.Category && s.Location == r.Location
		}) {
			return findings[rootOf(findings, i)], true
		}
	}
	return Finding{}, false
}

// kept shortens a text to what the ledger keeps of it.
func kept(text string) string {
	if len(text) <= maxFindingText {
		return text
	}
	return strings.ToValidUTF8(text[:maxFindingText], "") + "…"
}
