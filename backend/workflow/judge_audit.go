package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// namedFindings is how many findings a condition names.
const namedFindings = 5

// filing returns what was filed last of the audit at a path.
func (f Facts) filing(path string) (Filing, bool) {
	for i := len(f.Filings) - 1; i >= 0; i-- {
		if f.Filings[i].Path == path {
			return f.Filings[i], true
		}
	}
	return Filing{}, false
}

// unfiled says that there is no audit to judge by; it reports whether that is so.
func (c *Condition) unfiled(f Facts) (Filing, bool) {
	if c.unwritten(f) {
		return Filing{}, true
	}
	filing, ok := f.filing(c.Path)
	if !ok {
		c.lacks(CondWaiting, DoFile, "The findings of "+Title(c.Path)+" are not filed yet", "file them")
		return filing, true
	}
	if filing.Hash != "" && filing.Hash != f.Heads[c.Path].BasisHash {
		c.Doubt = fmt.Sprintf("%s has changed since v%d was filed.", Title(c.Path), filing.Version)
	}
	return filing, false
}

// sightedBy reports whether an audit of the phase that writes the artifact at a
// path has reported a finding; of an artifact outside of phases, that very one.
func (f Facts) sightedBy(found Finding, path string) bool {
	p, known := f.Workflow.Producer(path)
	return slices.ContainsFunc(found.Sightings, func(s Sighting) bool {
		return s.Path == path || known && s.Phase == p.ID
	})
}

// judgeFindings counts the findings that audits of a phase have reported in any
// round, and holds them against the limits.
func judgeFindings(f Facts, c *Condition, rule ConditionRule) {
	if _, none := c.unfiled(f); none {
		return
	}
	standing := map[Severity][]Finding{}
	unjudged, doubtful := 0, 0
	for _, found := range f.Findings {
		if !f.sightedBy(found, c.Path) || settled(found.State, rule.Allow) {
			continue
		}
		standing[found.Severity] = append(standing[found.Severity], found)
		if found.Severity == "" {
			unjudged++
		}
		if found.Doubt != "" {
			doubtful++
		}
	}
	c.note(unjudged, doubtful)
	c.noteLapsed(Lapsed(f.Findings, f.Plan, f.Now), f)
	over, worst := 0, Severity("")
	for _, s := range Severities() {
		limit, limited := rule.Limits[s]
		if !limited || len(standing[s]) <= limit {
			continue
		}
		if over == 0 {
			worst = s
		}
		over += len(standing[s]) - limit
		c.name(standing[s])
	}
	if over == 0 {
		c.State = CondMet
		return
	}
	c.Value = Plural(over, "too many", "too many")
	c.lacks(CondUnmet, DoFindings, fmt.Sprintf("%s of %s %s open", Plural(len(standing[worst]), "finding", "findings"), worst, isAre(len(standing[worst]))),
		settle(rule.Allow)+" "+Plural(over, "finding", "findings"))
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// settle says what can be done about findings so that they count no more.
func settle(allow []string) string {
	verbs := []string{"fix"}
	for _, state := range allow {
		switch FindingState(state) {
		case FindingAccepted:
			verbs = append(verbs, "accept")
		case FindingScheduled:
			verbs = append(verbs, "schedule")
		}
	}
	if len(verbs) == 1 {
		return verbs[0]
	}
	return strings.Join(verbs[:len(verbs)-1], ", ") + " or " + verbs[len(verbs)-1]
}

// settled reports whether a finding in a state stands in nobody's way.
func settled(s FindingState, allow []string) bool {
	return s == FindingFixed || s == FindingDuplicate || slices.Contains(allow, string(s))
}

// note says what is doubtful about a count of findings; it stays when the condition is met.
func (c *Condition) note(unjudged, doubtful int) {
	add := func(text string) { c.Doubt = strings.TrimSpace(c.Doubt + " " + text) }
	if unjudged > 0 {
		add(fmt.Sprintf("%s no severity. Say how bad it is.", Plural(unjudged, "open finding has", "open findings have")))
	}
	if doubtful > 0 {
		add(fmt.Sprintf("%s be another one. Say whether it is.", Plural(doubtful, "open finding may", "open findings may")))
	}
}

// noteLapsed says which of the findings that count here have been put off until now.
func (c *Condition) noteLapsed(lapsed []Finding, f Facts) {
	lapsed = slices.DeleteFunc(lapsed, func(found Finding) bool { return !f.sightedBy(found, c.Path) })
	if len(lapsed) == 0 {
		return
	}
	numbers := JoinAnd(numbersOf(lapsed[:min(len(lapsed), namedFindings)]))
	c.Doubt = strings.TrimSpace(c.Doubt + fmt.Sprintf(" What %s %s put off to has come. Say what has become of it.", numbers, wasWere(len(lapsed))))
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// name lists findings as those that stand in the way.
func (c *Condition) name(findings []Finding) {
	for _, found := range findings {
		if len(c.Findings) < namedFindings {
			c.Findings = append(c.Findings, found.Number)
		}
	}
}

// judgePhrase looks at the audit of this round: it says that nothing was found,
// and lists nothing, or it leaves few and small things. What it listed counts
// even when it is fixed by now: that large fixes hold, only a next audit can say.
func judgePhrase(f Facts, c *Condition, rule ConditionRule) {
	filing, none := c.unfiled(f)
	if none {
		return
	}
	if samePhrase(filing.Phrase, rule.Phrase) && filing.Total() == 0 {
		c.State, c.Value = CondMet, "nothing found"
		return
	}
	listed, tooBad, unjudged := 0, 0, 0
	for _, found := range f.Findings {
		reported := slices.ContainsFunc(found.Sightings, func(s Sighting) bool { return s.Path == c.Path })
		if !reported || found.State == FindingAccepted || found.State == FindingDuplicate {
			continue
		}
		listed++
		switch {
		case found.Severity == "":
			unjudged++
		case rule.Or != nil && found.Severity.Worse(rule.Or.Worst):
			tooBad++
			c.name([]Finding{found})
		}
	}
	c.note(unjudged, 0)
	c.Value = Plural(listed, "finding", "findings")
	again := "fix them, and audit once more"
	switch {
	case listed == 0 && rule.Or == nil:
		c.lacks(CondUnmet, DoAudit, fmt.Sprintf("The audit does not say “%s”", rule.Phrase), "ask for the exact words, or audit once more")
	case rule.Or == nil:
		c.lacks(CondUnmet, DoAudit, "The audit lists "+Plural(listed, "finding", "findings"), again)
	case listed == 0 && filing.Total() == 0:
		c.lacks(CondUnmet, DoAudit, fmt.Sprintf("The audit lists nothing, and does not say “%s”", rule.Phrase), "ask for the exact words, or audit once more")
	case tooBad > 0:
		c.lacks(CondUnmet, DoAudit, fmt.Sprintf("The audit lists %s above %s", Plural(tooBad, "finding", "findings"), rule.Or.Worst), again)
	case listed > rule.Or.Max:
		c.lacks(CondUnmet, DoAudit, fmt.Sprintf("The audit lists %s; at most %d small ones may be left", Plural(listed, "finding", "findings"), rule.Or.Max), again)
	default:
		c.State = CondMet
	}
}

// samePhrase reports whether two phrases are the same but for case and punctuation at the end.
func samePhrase(a, b string) bool {
	trim := func(s string) string { return strings.TrimRight(fold(s), " .!") }
	return trim(a) == trim(b)
}

// judgeCount holds what an audit says it lists against what it lists.
func judgeCount(f Facts, c *Condition) {
	filing, none := c.unfiled(f)
	if none {
		return
	}
	c.Value = fmt.Sprintf("%d listed", filing.Total())
	if filing.Mismatch == "" || looked(f.Records, f.Phase.ID, filing.Hash) {
		c.State = CondMet
		return
	}
	c.Judged = true
	c.lacks(CondUnmet, DoLook, trimStop(filing.Mismatch), "look at the difference: ask for the rest, or say that it is looked at")
}

// looked reports whether somebody has looked at the difference of this very text.
func looked(records []GateRecord, phase, hash string) bool {
	return slices.ContainsFunc(records, func(r GateRecord) bool {
		return r.Action == ActLooked && r.Phase == phase && r.Hash == hash
	})
}
