package prompt

import (
	"slices"

	"plumbline/backend/workflow"
)

var conditionKinds = []string{
	string(workflow.CondWritten), string(workflow.CondCurrent), string(workflow.CondWhole),
	string(workflow.CondBoxes), string(workflow.CondItems), string(workflow.CondQuestions), string(workflow.CondSigned),
	string(workflow.CondFindings), string(workflow.CondPhrase), string(workflow.CondCount),
	string(workflow.CondPlan), string(workflow.CondSteps), string(workflow.CondMilestones),
	string(workflow.CondCheck), string(workflow.CondFresh), string(workflow.CondApproval), string(workflow.CondBake),
}

// conditionKeys says which kinds of conditions take a key, and which of them need it.
// A key that is not here belongs to all of them.
var conditionKeys = map[string]struct{ takes, needs []workflow.ConditionKind }{
	"path": {takes: []workflow.ConditionKind{workflow.CondCurrent, workflow.CondBoxes, workflow.CondItems, workflow.CondQuestions,
		workflow.CondFindings, workflow.CondPhrase, workflow.CondCount, workflow.CondFresh}},
	"section": {takes: []workflow.ConditionKind{workflow.CondBoxes, workflow.CondItems, workflow.CondQuestions}, needs: []workflow.ConditionKind{workflow.CondQuestions}},
	"max":     {takes: []workflow.ConditionKind{workflow.CondQuestions, workflow.CondFindings}, needs: []workflow.ConditionKind{workflow.CondFindings}},
	"items":   {takes: []workflow.ConditionKind{workflow.CondItems}, needs: []workflow.ConditionKind{workflow.CondItems}},
	"allow":   {takes: []workflow.ConditionKind{workflow.CondFindings}},
	"phrase":  {takes: []workflow.ConditionKind{workflow.CondPhrase}, needs: []workflow.ConditionKind{workflow.CondPhrase}},
	"or":      {takes: []workflow.ConditionKind{workflow.CondPhrase}},
	"hours":   {takes: []workflow.ConditionKind{workflow.CondBake}},
}

// What a limit of findings can name, and what can become of one besides a fix.
var (
	severities   = []string{string(workflow.P0), string(workflow.P1), string(workflow.P2), string(workflow.P3)}
	settledState = []string{string(workflow.FindingAccepted), string(workflow.FindingScheduled)}
)

// maxHours is the longest bake time: three months.
const maxHours = 24 * 92

// keysOfKinds are those keys, in the order they are looked at.
var keysOfKinds = []string{"path", "section", "max", "items", "allow", "phrase", "or", "hours"}

// condition reads one condition of a gate; readable are the artifacts that it may look at.
func (f *front) condition(n yamlNode, before []workflow.ConditionRule, readable []string) workflow.ConditionRule {
	c := workflow.ConditionRule{Items: []string{}, Limits: map[workflow.Severity]int{}, Allow: []string{}}
	given := map[string]yamlNode{}
	known := fields{
		"id": func(n yamlNode) {
			c.ID = f.id(n)
			if slices.ContainsFunc(before, func(b workflow.ConditionRule) bool { return b.ID == c.ID }) {
				f.fail(n, "the condition “%s” is there twice in this gate", c.ID)
			}
		},
		"kind":  func(n yamlNode) { c.Kind = workflow.ConditionKind(f.oneOf(n, conditionKinds)) },
		"title": func(n yamlNode) { c.Title = f.line(n) },
		"help":  func(n yamlNode) { c.Help = f.text(n) },
	}
	for _, key := range keysOfKinds {
		known[key] = func(n yamlNode) { given[key] = n }
	}
	if f.mapping(n, "a condition", []string{"id", "kind", "title"}, known) && f.fits(n, c, given) {
		f.fill(&c, given, readable)
	}
	return c
}

// fits reports whether a condition has the keys that its kind takes and needs.
func (f *front) fits(n yamlNode, c workflow.ConditionRule, given map[string]yamlNode) bool {
	before := f.failed
	for _, key := range keysOfKinds {
		rule := conditionKeys[key]
		switch at, ok := given[key]; {
		case ok && !slices.Contains(rule.takes, c.Kind):
			f.fail(at, "“%s” belongs to the %s, and “%s” is of the kind %s", key, kindsNamed(rule.takes), c.ID, c.Kind)
		case !ok && slices.Contains(rule.needs, c.Kind):
			f.fail(n, "“%s” is missing in “%s”, which is of the kind %s", key, c.ID, c.Kind)
		}
	}
	return f.failed == before
}

func kindsNamed(kinds []workflow.ConditionKind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	if len(names) == 1 {
		return "kind " + names[0]
	}
	return "kinds " + workflow.JoinAnd(names)
}

// fill reads the values of the keys, whose meaning depends on the kind.
func (f *front) fill(c *workflow.ConditionRule, given map[string]yamlNode, readable []string) {
	read := fields{
		"path": func(n yamlNode) {
			c.Path = f.path(n)
			if !slices.Contains(readable, c.Path) {
				f.fail(n, "“%s” is not written by this phase or one before it", c.Path)
			}
		},
		"section": func(n yamlNode) { c.Section = f.line(n) },
		"max": func(n yamlNode) {
			if c.Kind == workflow.CondFindings {
				c.Limits = f.limits(n)
			} else {
				c.Max = f.whole(n, -1, 1000)
			}
		},
		"items": func(n yamlNode) {
			c.Items = f.unique(n, f.line)
			if len(c.Items) == 0 {
				f.fail(n, "at least one box is expected, by the beginning of its text")
			}
		},
		"allow":  func(n yamlNode) { c.Allow = f.unique(n, func(n yamlNode) string { return f.oneOf(n, settledState) }) },
		"phrase": func(n yamlNode) { c.Phrase = f.line(n) },
		"or":     func(n yamlNode) { c.Or = f.smallFixes(n) },
		"hours":  func(n yamlNode) { c.Hours = f.whole(n, 1, maxHours) },
	}
	for _, key := range keysOfKinds {
		if n := given[key]; n != nil {
			read[key](n)
		}
	}
}

// limits reads how many findings of each severity may be open.
func (f *front) limits(n yamlNode) map[workflow.Severity]int {
	limits := map[workflow.Severity]int{}
	known := fields{}
	for _, s := range severities {
		known[s] = func(n yamlNode) { limits[workflow.Severity(s)] = f.whole(n, 0, 1000) }
	}
	if f.mapping(n, "a limit of findings", nil, known) && len(limits) == 0 {
		f.fail(n, "at least one severity is expected, such as “P0: 0”")
	}
	return limits
}

// smallFixes reads how much an audit may leave to be fixed.
func (f *front) smallFixes(n yamlNode) *workflow.SmallFixes {
	var s workflow.SmallFixes
	f.mapping(n, "what is enough without the phrase", []string{"max", "worst"}, fields{
		"max":   func(n yamlNode) { s.Max = f.whole(n, 1, 100) },
		"worst": func(n yamlNode) { s.Worst = workflow.Severity(f.oneOf(n, severities)) },
	})
	return &s
}
