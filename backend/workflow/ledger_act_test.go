package workflow

import (
	"slices"
	"strings"
	"testing"
)

const why = "The service is behind the VPN until March."

func TestWhatCanBeDoneWithFindings(t *testing.T) {
	tests := []struct {
		name     string
		severity Severity
		before   []FindingAct
		act      FindingAct
		state    FindingState
		err      string // what the message holds
	}{
		{"fix", P0, nil, FindingAct{Verb: VerbFix, Commit: "1a2b3c"}, FindingFixed, ""},
		{"fix with a sentence for a commit", P0, nil, FindingAct{Verb: VerbFix, Commit: "the last one"}, "", "not the name of a commit"},
		{"accept a P3", P3, nil, FindingAct{Verb: VerbAccept}, FindingAccepted, ""},
		{"accept a P2", P2, nil, FindingAct{Verb: VerbAccept, Reason: "ok"}, FindingAccepted, ""},
		{"accept a P1 without a reason", P1, nil, FindingAct{Verb: VerbAccept}, "", "Accepting F-001, a P1, needs a reason"},
		{"accept a P0 with too little", P0, nil, FindingAct{Verb: VerbAccept, Reason: "not now        please"}, "", "needs a reason"},
		{"accept a P0", P0, nil, FindingAct{Verb: VerbAccept, Reason: why}, FindingAccepted, ""},
		{"accept one without a severity", "", nil, FindingAct{Verb: VerbAccept}, "", "one without a severity"},
		{"accept with a book", P3, nil, FindingAct{Verb: VerbAccept, Reason: strings.Repeat("because ", 600)}, "", "longer than 4000"},
		{"schedule for a step", P1, nil, FindingAct{Verb: VerbSchedule, Step: "4", Reason: why}, FindingScheduled, ""},
		{"schedule for a day", P2, nil, FindingAct{Verb: VerbSchedule, Date: "2026-04-01"}, FindingScheduled, ""},
		{"schedule for no day", P2, nil, FindingAct{Verb: VerbSchedule, Date: "April"}, "", "is not a day"},
		{"schedule for nothing", P2, nil, FindingAct{Verb: VerbSchedule}, "", "needs a step of the plan or a day"},
		{"schedule a P1 without a reason", P1, nil, FindingAct{Verb: VerbSchedule, Step: "4"}, "", "Scheduling F-001, a P1, needs a reason"},
		{"reopen", P1, []FindingAct{{Verb: VerbFix}}, FindingAct{Verb: VerbReopen}, FindingOpen, ""},
		{"reopen what is open", P1, nil, FindingAct{Verb: VerbReopen}, "", "open already"},
		{"judge", P1, nil, FindingAct{Verb: VerbJudge, Severity: P3}, FindingOpen, ""},
		{"judge as nothing", P1, nil, FindingAct{Verb: VerbJudge, Severity: "P9"}, "", "is not a severity"},
		{"judge an accepted one worse", P3, []FindingAct{{Verb: VerbAccept}}, FindingAct{Verb: VerbJudge, Severity: P0}, "", "As a P0 it needs a reason"},
		{"judge an accepted one worse, with a reason", P3, []FindingAct{{Verb: VerbAccept}}, FindingAct{Verb: VerbJudge, Severity: P0, Reason: why}, FindingAccepted, ""},
		{"settle no doubt", P1, nil, FindingAct{Verb: VerbDistinct}, "", "Nothing is doubtful"},
		{"merge into itself", P1, nil, FindingAct{Verb: VerbMerge, Into: "F-001"}, "", "into itself"},
		{"merge into nothing", P1, nil, FindingAct{Verb: VerbMerge, Into: "F-099"}, "", "no finding F-099"},
		{"merge", P1, nil, FindingAct{Verb: VerbMerge, Into: "F-002"}, FindingDuplicate, ""},
		{"fix a duplicate", P1, []FindingAct{{Verb: VerbMerge, Into: "F-002"}}, FindingAct{Verb: VerbFix}, "", "F-001 counts as F-002"},
		{"reopen a duplicate", P1, []FindingAct{{Verb: VerbMerge, Into: "F-002"}}, FindingAct{Verb: VerbReopen}, FindingOpen, ""},
		{"something else", P1, nil, FindingAct{Verb: "praise"}, "", "Nothing called “praise”"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			b.audit("review", 1, reports(reported(tt.severity, "Secrets are logged", "log.go"), reported(P3, "Slow query", "db.go")))
			for _, act := range tt.before {
				act.IDs = []string{"F-001"}
				b.must(b.act(act))
			}
			before := b.finding("F-001")
			tt.act.IDs = []string{"F-001"}
			err := b.act(tt.act)
			switch after := b.finding("F-001"); {
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("got the error %v, want %q", err, tt.err)
			case tt.err != "" && (Describe(err).Hint == "" && tt.act.Verb != "praise" || after.State != before.State):
				t.Errorf("it is %s, and the hint is %q", after.State, Describe(err).Hint)
			case tt.err == "" && (err != nil || after.State != tt.state):
				t.Errorf("it is %s, error %v; want %s", after.State, err, tt.state)
			}
			checkLedger(t, 0, b.findings)
		})
	}
}

func TestAllOfTheNamedFindingsOrNone(t *testing.T) {
	b := newBook(t)
	b.audit("review", 1, reports(reported(P3, "Secrets are logged", "log.go"), reported(P1, "Slow query", "db.go"), reported(P3, "No licence", "README.md")))
	if err := b.act(FindingAct{Verb: VerbAccept, IDs: []string{"F-001", "F-002", "F-003"}}); err == nil {
		t.Fatal("a P1 was accepted without a reason")
	}
	if s := Summarise(b.findings); s.ByState[FindingOpen] != 3 {
		t.Errorf("the summary is %+v", s)
	}
	b.must(b.act(FindingAct{Verb: VerbAccept, IDs: []string{"f-1", "3"}}))
	if s := Summarise(b.findings); s.ByState[FindingAccepted] != 2 || s.Total != 3 {
		t.Errorf("the summary is %+v", s)
	}
}

func TestAMergedFindingCountsOnce(t *testing.T) {
	b := newBook(t)
	b.audit("review", 1, reports(reported(P3, "Secrets are logged", "log.go")))
	b.audit("review", 2, reports(reported(P1, "The API key shows up in Kibana", "logging.yml")))
	b.must(b.act(FindingAct{Verb: VerbAccept, IDs: []string{"F-001"}}))
	b.must(b.act(FindingAct{Verb: VerbMerge, IDs: []string{"F-002"}, Into: "F-001"}))
	f := b.finding("F-001")
	if f.State != FindingOpen || f.Severity != P1 || f.Reason != "F-002, which is the same, calls it P1." {
		t.Errorf("the one that counts is %+v", f)
	}
	c := Curve(b.findings, b.filings, Workflow{}, "")
	if c.Rounds[0].NewTotal() != 1 || c.Rounds[1].NewTotal() != 0 || c.Rounds[1].Known != 1 {
		t.Errorf("the curve is %+v", c.Rounds)
	}
	b.must(b.act(FindingAct{Verb: VerbFix, IDs: []string{"F-001"}}))
	b.audit("review", 3, reports(reported(P1, "API key shows up in Kibana", "logging.yml")))
	if f := b.finding("F-001"); f.State != FindingReturned {
		t.Errorf("a report of the other one made it %s", f.State)
	}
	if len(b.findings) != 2 {
		t.Errorf("there are %d findings", len(b.findings))
	}
}

func TestSplit(t *testing.T) {
	b := newBook(t)
	one := reported(P1, "Secrets are logged and sent to the vendor", "log.go")
	b.audit("review", 1, reports(one))
	b.audit("review", 2, reports(reported(P2, "Secrets logged, sent to vendor", "log.go")))
	split := func(s FindingSplit) (string, error) {
		b.t.Helper()
		changed, err := SplitFinding(b.findings, s, you, b.at, b.id())
		if err != nil {
			return "", err
		}
		b.take(changed)
		return changed[1].Number, nil
	}
	for _, s := range []FindingSplit{{ID: "F-001"}, {ID: "F-001", Sightings: []int{0, 1}}, {ID: "F-001", Sightings: []int{5}}, {ID: "F-001", Title: one.Title}} {
		if number, err := split(s); err == nil || Describe(err).Hint == "" {
			t.Errorf("%+v made %s", s, number)
		}
	}
	number, err := split(FindingSplit{ID: "F-001", Sightings: []int{1}})
	b.must(err)
	if f := b.finding(number); f.Number != "F-002" || f.Severity != P2 || f.Title != "Secrets logged, sent to vendor" || len(b.finding("1").Sightings) != 1 {
		t.Errorf("the new one is %+v", f)
	}
	number, err = split(FindingSplit{ID: "F-001", Title: "The vendor gets the secrets"})
	b.must(err)
	if f := b.finding(number); f.Number != "F-003" || !f.Open() || len(f.Sightings) != 1 {
		t.Errorf("the new one is %+v", f)
	}
	b.again(0, b.filings[0], reports(one))
	checkLedger(t, 0, b.findings)
}

func TestFindingNumbers(t *testing.T) {
	for ref, want := range map[string]int{"F-007": 7, "f7": 7, "7": 7, "#7": 7, "F-1234": 1234, "": 0, "F-": 0, "seven": 0, "01ARZ3NDEKTSV4RRFFQ69G5FAV": 0} {
		if got := FindingOrder(ref); got != want {
			t.Errorf("FindingOrder(%q) = %d, want %d", ref, got, want)
		}
	}
	if FindingNumber(7) != "F-007" || FindingNumber(1234) != "F-1234" {
		t.Error("numbers are not written as people call them")
	}
}

func TestSelect(t *testing.T) {
	b := newBook(t)
	b.audit("review", 1, reports(reported(P3, "No licence", "README.md"), reported("", "Odd name", "a.go"), reported(P0, "Secrets are logged", "log.go")))
	b.audit("security", 1, reports(reported(P1, "Slow query", "db.go")))
	b.must(b.act(FindingAct{Verb: VerbFix, IDs: []string{"F-003"}}))
	tests := []struct {
		query FindingQuery
		want  string
		total int
	}{
		{FindingQuery{}, "F-004 F-001 F-002 F-003", 4},
		{FindingQuery{Limit: 2, Offset: 1}, "F-001 F-002", 4},
		{FindingQuery{Offset: 9}, "", 4},
		{FindingQuery{Severities: []Severity{P0, P1}}, "F-004 F-003", 2},
		{FindingQuery{Severities: []Severity{""}}, "F-002", 1},
		{FindingQuery{States: []FindingState{FindingFixed}}, "F-003", 1},
		{FindingQuery{Phase: "security"}, "F-004", 1},
		{FindingQuery{Round: 2}, "", 0},
		{FindingQuery{Words: "secrets LOG.go"}, "F-003", 1},
		{FindingQuery{Category: "security", Words: "f-00"}, "F-004 F-001 F-002 F-003", 4},
		{FindingQuery{Doubtful: true}, "", 0},
	}
	for _, tt := range tests {
		list, total := tt.query.Select(b.findings)
		numbers := []string{}
		for _, f := range list {
			numbers = append(numbers, f.Number)
		}
		if got := strings.Join(numbers, " "); got != tt.want || total != tt.total {
			t.Errorf("%+v: got %q of %d, want %q of %d", tt.query, got, total, tt.want, tt.total)
		}
	}
	if got := FindingCategories(b.findings); !slices.Equal(got, []string{"Security"}) {
		t.Errorf("the categories are %q", got)
	}
}
