package workflow

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Weighty reports whether a finding may be so bad that leaving it needs a reason:
// one that nobody gave a severity may be as bad as any.
func (f Finding) Weighty() bool { return f.Severity == P0 || f.Severity == P1 || f.Severity == "" }

// enter brings a finding into a state. What belongs to another state is forgotten.
func (f *Finding) enter(state FindingState, reason string, by Author, at time.Time) {
	f.State, f.Reason, f.By, f.ChangedAt = state, reason, by, at
	f.Step, f.Date, f.Commit, f.DuplicateOf = "", "", "", ""
}

// ActOnFindings does what a person wants with some findings of a project, which
// are in the order of their numbers, and returns those that it changed: all that
// were named, or none with the reason.
func ActOnFindings(findings []Finding, act FindingAct, by Author, at time.Time) ([]Finding, error) {
	d := &desk{findings: slices.Clone(findings), act: act, by: by, at: at, changed: map[int]bool{}}
	if len(act.IDs) == 0 {
		return nil, Errorf(Invalid, "No finding is named.").WithHint("Name at least one, such as F-001.")
	}
	act.Reason = strings.TrimSpace(strings.ToValidUTF8(act.Reason, ""))
	if _, err := CheckReason(act.Reason); CodeOf(err) == Limit { // a short one may do
		return nil, err
	}
	d.act = act
	for _, id := range act.IDs {
		i, err := FindFinding(d.findings, id)
		if err != nil {
			return nil, err
		}
		if err := d.do(i); err != nil {
			return nil, err
		}
	}
	return d.out(), nil
}

// FindFinding returns the place of the finding with an id or a number.
func FindFinding(findings []Finding, ref string) (int, error) {
	ref = strings.TrimSpace(ref)
	order := FindingOrder(ref)
	for i, f := range findings {
		if f.ID == ref || order > 0 && FindingOrder(f.Number) == order {
			return i, nil
		}
	}
	return -1, Errorf(NotFound, "There is no finding %s in this project.", ref).WithHint("“plumbline findings list” shows them.")
}

// desk is where a person works on findings.
type desk struct {
	findings []Finding
	act      FindingAct
	by       Author
	at       time.Time
	changed  map[int]bool
}

func (d *desk) out() []Finding {
	changed := []Finding{}
	for _, i := range slices.Sorted(maps.Keys(d.changed)) {
		changed = append(changed, d.findings[i])
	}
	return changed
}

// do does it with the finding at i.
func (d *desk) do(i int) error {
	f := d.findings[i]
	if f.State == FindingDuplicate && d.act.Verb != VerbReopen {
		root := d.findings[rootOf(d.findings, i)]
		return Errorf(Conflict, "%s counts as %s.", f.Number, root.Number).WithHint("Do it with that one, or reopen %s first.", f.Number)
	}
	verbs := map[FindingVerb]func(*desk, *Finding) error{
		VerbFix: (*desk).fix, VerbAccept: (*desk).accept, VerbSchedule: (*desk).schedule, VerbReopen: (*desk).reopen,
		VerbJudge: (*desk).judge, VerbDistinct: (*desk).distinct, VerbMerge: (*desk).merge,
	}
	verb, ok := verbs[d.act.Verb]
	if !ok {
		return Errorf(Invalid, "Nothing called “%s” can be done with a finding.", d.act.Verb)
	}
	if err := verb(d, &f); err != nil {
		return err
	}
	d.findings[i], d.changed[i] = f, true
	return nil
}

func (d *desk) fix(f *Finding) error {
	commit := strings.TrimSpace(d.act.Commit)
	if len(commit) > maxIDBytes || strings.ContainsAny(commit, " \t\n") {
		return Errorf(Invalid, "“%.80s” is not the name of a commit.", commit).WithHint("Give the name that “git log” shows.")
	}
	f.enter(FindingFixed, d.act.Reason, d.by, d.at)
	f.Commit = commit
	return nil
}

func (d *desk) accept(f *Finding) error {
	if err := d.weigh(*f, "Accepting"); err != nil {
		return err
	}
	f.enter(FindingAccepted, d.act.Reason, d.by, d.at)
	return nil
}

func (d *desk) schedule(f *Finding) error {
	step, date := strings.TrimSpace(d.act.Step), strings.TrimSpace(d.act.Date)
	if step == "" && date == "" {
		return Errorf(Invalid, "%s needs a step of the plan or a day to be scheduled for.", f.Number).
			WithHint("Give the number of the step, or the day as 2006-01-02.")
	}
	if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
		return Errorf(Invalid, "“%.40s” is not a day.", date).WithHint("Write it as 2006-01-02.")
	}
	if len(step) > maxIDBytes {
		return Errorf(Invalid, "“%.40s…” is not the number of a step.", step).WithHint("“plumbline step list” shows them.")
	}
	if err := d.weigh(*f, "Scheduling"); err != nil {
		return err
	}
	f.enter(FindingScheduled, d.act.Reason, d.by, d.at)
	f.Step, f.Date = step, date
	return nil
}

// weigh asks for a reason where one is needed.
func (d *desk) weigh(f Finding, doing string) error {
	if !f.Weighty() || goodReason(d.act.Reason) {
		return nil
	}
	what := "one without a severity"
	if f.Severity != "" {
		what = "a " + string(f.Severity)
	}
	return Errorf(Invalid, "%s %s, %s, needs a reason of at least %d characters.", doing, f.Number, what, MinReason).
		WithHint("Say why, so that you still understand it in a year.")
}

func (d *desk) reopen(f *Finding) error {
	if f.Open() {
		return Errorf(Conflict, "%s is open already.", f.Number).WithHint("There is nothing to take back.")
	}
	f.enter(FindingOpen, d.act.Reason, d.by, d.at)
	return nil
}

func (d *desk) judge(f *Finding) error {
	if !slices.Contains(Severities(), d.act.Severity) {
		return Errorf(Invalid, "“%.20s” is not a severity.", d.act.Severity).WithHint("Choose P0 (critical), P1 (high), P2 (medium) or P3 (low).")
	}
	f.Severity, f.Judged = d.act.Severity, true
	if f.State != FindingAccepted && f.State != FindingScheduled {
		return nil
	}
	if d.act.Reason != "" {
		f.Reason, f.By, f.ChangedAt = d.act.Reason, d.by, d.at
	}
	if f.Weighty() && !goodReason(f.Reason) {
		return Errorf(Invalid, "%s is %s. As a %s it needs a reason of at least %d characters.", f.Number, f.State, f.Severity, MinReason).
			WithHint("Give the reason with it, or reopen the finding first.")
	}
	return nil
}

func (d *desk) distinct(f *Finding) error {
	if f.Doubt == "" {
		return Errorf(Conflict, "Nothing is doubtful about %s.", f.Number).WithHint("“plumbline findings list --doubtful” shows those that may be others.")
	}
	f.Doubt = ""
	return nil
}

// merge makes f a duplicate of another finding. What is worse about it is the other one's from now on.
func (d *desk) merge(f *Finding) error {
	at, err := FindFinding(d.findings, d.act.Into)
	if err != nil {
		return err
	}
	at = rootOf(d.findings, at)
	into := d.findings[at]
	if into.ID == f.ID {
		return Errorf(Invalid, "%s cannot be merged into itself.", f.Number).WithHint("Name another finding that counts in its place.")
	}
	if f.Open() && into.State == FindingFixed {
		into.enter(FindingOpen, f.Number+", which is the same, is open.", d.by, d.at)
	}
	if into.State == FindingFixed { // by now; what was reported of f was before that
		into.ChangedAt = f.lastChange(into.ChangedAt)
	}
	if into.Doubt == f.ID {
		into.Doubt = ""
	}
	into.worsen(f.Severity, f.Number+", which is the same,", d.at)
	for i, other := range d.findings {
		if other.State == FindingDuplicate && other.DuplicateOf == f.ID {
			d.findings[i].DuplicateOf, d.changed[i] = into.ID, true
			into.worsen(other.Severity, other.Number+", which is the same,", d.at)
			if into.State == FindingFixed {
				into.ChangedAt = other.lastChange(into.ChangedAt)
			}
		}
		if other.Doubt == f.ID && other.ID != into.ID {
			d.findings[i].Doubt, d.changed[i] = into.ID, true
		}
	}
	d.findings[at], d.changed[at] = into, true
	f.enter(FindingDuplicate, d.act.Reason, d.by, d.at)
	f.DuplicateOf, f.Doubt = into.ID, ""
	return nil
}

// lastChange returns when a finding was changed or reported last, if that is later.
func (f Finding) lastChange(than time.Time) time.Time {
	times := []time.Time{than, f.ChangedAt}
	for _, s := range f.Sightings {
		times = append(times, s.At)
	}
	return slices.MaxFunc(times, time.Time.Compare)
}

// SplitFinding takes some reports of a finding off into one of its own or, without
// any, makes a second finding of what one report held. It returns both, changed.
func SplitFinding(findings []Finding, s FindingSplit, by Author, at time.Time, id string) ([]Finding, error) {
	i, err := FindFinding(findings, s.ID)
	if err != nil {
		return nil, err
	}
	f := findings[i]
	title := strings.Join(strings.Fields(strings.ToValidUTF8(s.Title, "")), " ")
	stay, moved := []Sighting{}, []Sighting{}
	for n, sighting := range f.Sightings {
		if slices.Contains(s.Sightings, n) {
			moved = append(moved, sighting)
		} else {
			stay = append(stay, sighting)
		}
	}
	switch {
	case f.State == FindingDuplicate:
		return nil, Errorf(Conflict, "%s counts as another finding.", f.Number).WithHint("Reopen it first.")
	case slices.ContainsFunc(s.Sightings, func(n int) bool { return n < 0 || n >= len(f.Sightings) }):
		return nil, Errorf(Invalid, "%s has %s.", f.Number, Plural(len(f.Sightings), "report", "reports")).WithHint("Count them from 0.")
	case len(stay) == 0:
		return nil, Errorf(Invalid, "At least one report of %s has to stay.", f.Number).WithHint("Choose those that are about something else.")
	case len(moved) == 0 && title == "":
		return nil, Errorf(Invalid, "The new finding needs a title.").WithHint("Say in a line what it is, or choose the reports that are about it.")
	case len(moved) == 0 && Fingerprint(title, "", "") == Fingerprint(f.Title, "", ""):
		return nil, Errorf(Invalid, "The new finding would be called like %s.", f.Number).WithHint("Say what is different about it.")
	case len(title) > maxFindingTitle:
		return nil, Errorf(Limit, "The title is longer than %d bytes.", maxFindingTitle).WithHint("Say it in a line.")
	}
	return parted(f, stay, moved, title, FindingNumber(highest(findings)+1), by, at, id), nil
}

const maxFindingTitle = 400

func highest(findings []Finding) int {
	last := 0
	for _, f := range findings {
		last = max(last, FindingOrder(f.Number))
	}
	return last
}

// parted makes two findings of one.
func parted(f Finding, stay, moved []Sighting, title, number string, by Author, at time.Time, id string) []Finding {
	if len(moved) == 0 {
		last := f.Sightings[len(f.Sightings)-1]
		last.Title, last.Number, last.ByHand = title, "", true
		moved = append(moved, last)
	}
	first := moved[0]
	part := Finding{ID: id, ProjectID: f.ProjectID, Number: number, Title: cmp.Or(title, first.Title), Category: first.Category,
		Location: moved[len(moved)-1].Location, Problem: f.Problem, Fix: f.Fix, Verify: f.Verify, State: FindingOpen,
		Reason: "Split off " + f.Number + ".", Sightings: moved, CreatedAt: at, ChangedAt: at, By: by}
	for _, s := range moved {
		if s.Severity.Worse(part.Severity) {
			part.Severity = s.Severity
		}
	}
	part.Fingerprint = Fingerprint(part.Title, part.Category, part.Location)
	f.Sightings = stay
	return []Finding{f, part}
}
