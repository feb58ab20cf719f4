package workflow

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	// plateauRounds is how many rounds without news make a plateau (CATALOGUE §1.2), and
	// growingRounds how many have to bring more each time to be called growing.
	plateauRounds = 3
	growingRounds = 3
)

// Summarise counts the findings of a project.
func Summarise(findings []Finding) LedgerSummary {
	s := LedgerSummary{ByState: map[FindingState]int{}, Open: map[Severity]int{}}
	for _, f := range findings {
		s.ByState[f.State]++
		if f.State == FindingDuplicate {
			continue
		}
		s.Total++
		if f.Open() {
			s.Open[f.Severity]++
		}
		if f.Doubt != "" {
			s.Doubtful++
		}
	}
	return s
}

// AuditCounts says of each audit what its findings turned out to be. The filings
// are in the order in which they came.
func AuditCounts(findings []Finding, filings []Filing) []FiledAudit {
	order, audits := map[string]int{}, make([]FiledAudit, len(filings))
	for i, f := range filings {
		order[f.ID], audits[i] = i, FiledAudit{Filing: f, New: map[Severity]int{}}
	}
	for i, reports := range reportsOf(findings) {
		f, seen, first := findings[i], map[int]bool{}, -1
		for _, s := range reports {
			at, ok := order[s.Filing]
			if !ok {
				continue
			}
			if first < 0 || at < first {
				first = at
			}
			if seen[at] = true; s.Returned {
				audits[at].Returned++
			}
		}
		for at := range seen {
			if at != first {
				audits[at].Known++
			}
		}
		if first >= 0 {
			audits[first].New[f.Severity]++
			if f.Doubt != "" {
				audits[first].Doubtful++
			}
		}
	}
	return audits
}

// reportsOf returns the reports of each finding and of those that it counts for, by
// its place.
func reportsOf(findings []Finding) map[int][]Sighting {
	place := map[string]int{}
	for i, f := range findings {
		place[f.ID] = i
	}
	reports := map[int][]Sighting{}
	for i, f := range findings {
		if root, ok := place[f.DuplicateOf]; ok && f.State == FindingDuplicate {
			i = root
		}
		reports[i] = append(reports[i], f.Sightings...)
	}
	return reports
}

// Curve tells how the findings came, round by round. The phases of a loop share their
// rounds, which are called by its first. With a phase, only the audits of its rounds
// are looked at.
func Curve(findings []Finding, filings []Filing, wf Workflow, phase string) LedgerCurve {
	c := LedgerCurve{Rounds: []LedgerRound{}}
	open := map[Severity]int{}
	for _, f := range findings {
		if f.Open() && (phase == "" || f.of(wf, phase)) {
			open[f.Severity]++
		}
	}
	places := map[string]int{}
	for _, a := range AuditCounts(findings, filings) {
		stands := wf.RoundPhase(a.Filing.Phase)
		if phase != "" && stands != wf.RoundPhase(phase) {
			continue
		}
		key := fmt.Sprintf("%s\x00%d", stands, a.Filing.Round)
		if stands == "" {
			key = a.Filing.Path + "\x00" + key // each document outside of phases has rounds of its own
		}
		at, ok := places[key]
		if !ok {
			at = len(c.Rounds)
			places[key] = at
			c.Rounds = append(c.Rounds, LedgerRound{Phase: stands, Round: a.Filing.Round, Paths: []string{}, At: a.Filing.At, New: map[Severity]int{}})
		}
		c.Rounds[at].add(a)
	}
	c.judge(open)
	return c
}

// of reports whether an audit of a phase, or of the round that it belongs to, reports the finding.
func (f Finding) of(wf Workflow, phase string) bool {
	return slices.ContainsFunc(f.Sightings, func(s Sighting) bool { return wf.RoundPhase(s.Phase) == wf.RoundPhase(phase) })
}

func (r *LedgerRound) add(a FiledAudit) {
	if !slices.Contains(r.Paths, a.Filing.Path) {
		r.Paths = append(r.Paths, a.Filing.Path)
	}
	for s, n := range a.New {
		r.New[s] += n
	}
	r.Known, r.Returned = r.Known+a.Known, r.Returned+a.Returned
	r.Mismatch = r.Mismatch || a.Filing.Mismatch != ""
}

// judge says whether the rounds have come to a plateau, or bring ever more. What has
// no severity may be bad: it keeps a plateau from being called.
func (c *LedgerCurve) judge(open map[Severity]int) {
	n := len(c.Rounds)
	quiet := n >= plateauRounds
	for _, r := range c.Rounds[max(0, n-plateauRounds):] {
		quiet = quiet && r.New[P0]+r.New[P1]+r.New[""] == 0
	}
	bad := open[P0] + open[P1]
	c.Plateau = quiet && bad == 0 && open[""] == 0
	c.Growing = n >= growingRounds
	for i := max(1, n-growingRounds+1); i < n; i++ {
		c.Growing = c.Growing && c.Rounds[i].NewTotal() > c.Rounds[i-1].NewTotal()
	}
	switch {
	case c.Plateau:
		c.Sentence = fmt.Sprintf("Plateau: the last %d rounds found nothing new above P2, and no P0 or P1 is open.", plateauRounds)
	case c.Growing:
		c.Sentence = fmt.Sprintf("Growing: each of the last %d rounds found more than the one before. A tighter spec will help more than another round.", growingRounds)
	case quiet && bad > 0:
		c.Sentence = fmt.Sprintf("The last %d rounds found nothing new above P2; %s still open.", plateauRounds, Plural(bad, "P0 or P1 is", "P0 and P1 are"))
	case quiet:
		c.Sentence = fmt.Sprintf("The last %d rounds found nothing new above P2; %s no severity yet.", plateauRounds, Plural(open[""], "open finding has", "open findings have"))
	}
}

// Select returns the findings that a query wants, the worst first: those that are
// open before those that are settled. Total counts them before the query's limit.
func (q FindingQuery) Select(findings []Finding) (list []Finding, total int) {
	list = []Finding{}
	for _, f := range findings {
		if q.wants(f) {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(settledRank(a)-settledRank(b), rankOf(a.Severity)-rankOf(b.Severity),
			slices.Index(FindingStates(), a.State)-slices.Index(FindingStates(), b.State), FindingOrder(a.Number)-FindingOrder(b.Number))
	})
	total = len(list)
	list = list[min(max(0, q.Offset), total):]
	if q.Limit > 0 && q.Limit < len(list) {
		list = list[:q.Limit]
	}
	return list, total
}

func settledRank(f Finding) int {
	if f.Open() {
		return 0
	}
	return 1
}

func (q FindingQuery) wants(f Finding) bool {
	switch {
	case len(q.Severities) > 0 && !slices.Contains(q.Severities, f.Severity),
		len(q.States) > 0 && !slices.Contains(q.States, f.State),
		q.Category != "" && !strings.EqualFold(q.Category, f.Category),
		q.Doubtful && (f.Doubt == "" || f.State == FindingDuplicate):
		return false
	case (q.Phase != "" || q.Round > 0) && !slices.ContainsFunc(f.Sightings, func(s Sighting) bool {
		return (q.Phase == "" || s.Phase == q.Phase) && (q.Round == 0 || s.Round == q.Round)
	}):
		return false
	}
	text := strings.ToLower(strings.Join([]string{f.Number, f.Title, f.Category, f.Location, f.Problem, f.Fix, f.Reason}, "\n"))
	for word := range strings.FieldsSeq(strings.ToLower(q.Words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// FindingCategories lists the categories of findings, in order, each in the words used first.
func FindingCategories(findings []Finding) []string {
	used := map[string]string{}
	for _, f := range findings {
		name := strings.TrimSpace(f.Category)
		if low := strings.ToLower(name); name != "" && used[low] == "" {
			used[low] = name
		}
	}
	names := slices.Collect(maps.Values(used))
	if names == nil {
		return []string{}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	})
	return names
}
