package workflow

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// book is the ledger of a project in a test.
type book struct {
	t        *testing.T
	findings []Finding
	filings  []Filing
	ids      int
	at       time.Time
}

func newBook(t *testing.T) *book {
	return &book{t: t, at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
}

func (b *book) id() string {
	b.ids++
	return fmt.Sprintf("id%04d", b.ids)
}

var you = Author{Kind: Person, Name: "You"}

// audit files a round of a phase.
func (b *book) audit(phase string, round int, read FindingsRead) Filed {
	b.t.Helper()
	b.at = b.at.Add(time.Hour)
	return b.file(Filing{ID: b.id(), ProjectID: "p", Phase: phase, Round: round, Path: fmt.Sprintf("audits/%s-%02d.md", phase, round), LookedAt: b.at, At: b.at}, read)
}

func (b *book) file(filing Filing, read FindingsRead) Filed {
	b.t.Helper()
	before := fmt.Sprint(b.findings)
	out := FileAudit(b.findings, filing, read, "", you, b.id)
	if fmt.Sprint(b.findings) != before {
		b.t.Fatal("filing wrote to the findings it was given")
	}
	b.take(out.Changed)
	if i := slices.IndexFunc(b.filings, func(f Filing) bool { return f.ID == filing.ID }); i >= 0 {
		b.filings[i] = out.Filing
	} else {
		b.filings = append(b.filings, out.Filing)
	}
	return out
}

func (b *book) take(changed []Finding) {
	for _, f := range changed {
		if i := slices.IndexFunc(b.findings, func(old Finding) bool { return old.ID == f.ID }); i >= 0 {
			b.findings[i] = f
		} else {
			b.findings = append(b.findings, f)
		}
	}
}

func (b *book) act(act FindingAct) error {
	b.at = b.at.Add(time.Hour)
	changed, err := ActOnFindings(b.findings, act, you, b.at)
	b.take(changed)
	return err
}

func (b *book) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) finding(number string) Finding {
	b.t.Helper()
	i, err := FindFinding(b.findings, number)
	b.must(err)
	return b.findings[i]
}

func reports(findings ...ReportedFinding) FindingsRead { return FindingsRead{Findings: findings} }

func reported(s Severity, title, location string) ReportedFinding {
	return ReportedFinding{Severity: s, Title: title, Location: location, Category: "Security", Box: -1, Mark: -1}
}

func TestALaterRoundFindsTheSameFindings(t *testing.T) {
	b := newBook(t)
	b.audit("review", 1, reports(reported(P1, "SQL injection in the search endpoint", "search.go:4"), reported(P2, "Slow query without an index", "orders.go:9")))
	out := b.audit("review", 2, reports(
		reported(P2, "Queries are slow without index", "orders.go:90"),
		reported(P3, "The README has no licence", "README.md"),
		reported(P0, "Search endpoint vulnerable to SQL injection", "search.go:40"),
	))
	if len(b.findings) != 3 || len(out.Changed) != 3 {
		t.Fatalf("there are %d findings, and %d have changed", len(b.findings), len(out.Changed))
	}
	f := b.finding("f1")
	if f.Severity != P0 || f.Location != "search.go:40" || len(f.Sightings) != 2 || f.Title != "SQL injection in the search endpoint" {
		t.Errorf("the finding is %+v", f)
	}
	counts := AuditCounts(b.findings, b.filings)
	if counts[0].New[P0] != 1 || counts[0].New[P2] != 1 || counts[1].Known != 2 || counts[1].New[P3] != 1 {
		t.Errorf("the audits are counted as %+v", counts)
	}
}

func TestAFixedFindingThatIsReportedAgainHasReturned(t *testing.T) {
	b := newBook(t)
	one := reported(P1, "Secrets are logged", "log.go:4")
	b.audit("review", 1, reports(one))
	late := Filing{ID: b.id(), ProjectID: "p", Phase: "security", Round: 1, Path: "audits/security-01.md", LookedAt: b.at, At: b.at.Add(5 * time.Hour)}
	b.must(b.act(FindingAct{Verb: VerbFix, IDs: []string{"F-001"}, Commit: "abc123"}))
	b.file(late, reports(one))
	if f := b.finding("1"); f.State != FindingFixed {
		t.Errorf("an audit that looked before the fix made it %s", f.State)
	}
	said := one
	said.Status = "Fixed in the last round"
	b.audit("review", 2, reports(said))
	if f := b.finding("1"); f.State != FindingFixed || len(f.Sightings) != 3 {
		t.Errorf("an audit that calls it fixed made it %s", f.State)
	}
	b.audit("review", 3, reports(one))
	f := b.finding("1")
	if f.State != FindingReturned || !f.Sightings[3].Returned || f.Commit != "" || f.Reason != "audits/review-03.md reports it again." || f.By.Kind != Plumbline {
		t.Errorf("it is %+v", f)
	}
	if counts := AuditCounts(b.findings, b.filings); counts[3].Returned != 1 || counts[3].Known != 1 {
		t.Errorf("the audit is counted as %+v", counts[3])
	}
}

func TestDoubtfulMatchesAreMarkedAndNotMerged(t *testing.T) {
	b := newBook(t)
	b.audit("review", 1, reports(reported(P1, "Missing length validation of the email field", "users.go")))
	b.audit("review", 2, reports(reported(P1, "Missing length validation of the password field", "users.go")))
	if len(b.findings) != 2 {
		t.Fatalf("there are %d findings", len(b.findings))
	}
	f := b.finding("F-002")
	if f.Doubt != b.finding("F-001").ID {
		t.Fatalf("the doubt is %q", f.Doubt)
	}
	if s := Summarise(b.findings); s.Doubtful != 1 || s.Open[P1] != 2 {
		t.Errorf("the summary is %+v", s)
	}
	b.must(b.act(FindingAct{Verb: VerbDistinct, IDs: []string{"F-002"}}))
	b.audit("review", 3, reports(reported(P1, "Missing length validation of the password field", "users.go"), reported(P1, "Missing length validation of the email field", "users.go")))
	if len(b.findings) != 2 || b.finding("F-002").Doubt != "" || len(b.finding("F-001").Sightings) != 2 {
		t.Errorf("the findings are %+v", b.findings)
	}
}

func TestTheSameTitleInTwoPlacesOfOneAuditIsTwoFindings(t *testing.T) {
	b := newBook(t)
	read := reports(reported(P2, "Missing input validation", "a.go:1"), reported(P2, "Missing input validation", "b.go:1"), reported(P2, "Missing input validation", "a.go:7"))
	out := b.audit("review", 1, read)
	if len(b.findings) != 2 {
		t.Fatalf("there are %d findings", len(b.findings))
	}
	if !slices.Contains(out.Filing.Notes, "1 finding is told twice in the text, and counted once.") {
		t.Errorf("the notes are %q", out.Filing.Notes)
	}
	b.audit("review", 2, reports(reported(P2, "Missing input validation", "b.go:3"), reported(P2, "Missing input validation", "a.go:3")))
	if len(b.findings) != 2 || len(b.findings[0].Sightings) != 2 || len(b.findings[1].Sightings) != 2 {
		t.Errorf("the findings are %+v", b.findings)
	}
}

func TestAnAcceptedFindingThatGetsWorseIsOpenAgain(t *testing.T) {
	b := newBook(t)
	b.audit("review", 1, reports(reported(P3, "Secrets are logged", "log.go")))
	b.must(b.act(FindingAct{Verb: VerbAccept, IDs: []string{"F-001"}}))
	b.audit("review", 2, reports(reported(P2, "Secrets are logged", "log.go")))
	if f := b.finding("1"); f.State != FindingAccepted || f.Severity != P2 {
		t.Errorf("as a P2 it is %s, %s", f.State, f.Severity)
	}
	b.audit("review", 3, reports(reported(P1, "Secrets are logged", "log.go")))
	if f := b.finding("1"); f.State != FindingOpen || f.Severity != P1 || f.Reason != "audits/review-03.md calls it P1." {
		t.Errorf("as a P1 it is %+v", f)
	}
	b.must(b.act(FindingAct{Verb: VerbJudge, IDs: []string{"F-001"}, Severity: P3}))
	b.audit("review", 4, reports(reported(P0, "Secrets are logged", "log.go")))
	if f := b.finding("1"); f.Severity != P3 {
		t.Errorf("what a person judged has become %s", f.Severity)
	}
}

func TestAuditsWithoutFindingsAreFiled(t *testing.T) {
	b := newBook(t)
	out := b.audit("review", 1, FindingsRead{Phrase: "NO ISSUES FOUND"})
	if out.Filing.Phrase == "" || len(out.Filing.Notes) != 0 || len(b.findings) != 0 {
		t.Errorf("the filing is %+v", out.Filing)
	}
	out = b.audit("review", 2, FindingsRead{})
	if len(out.Filing.Notes) != 1 || !strings.Contains(out.Filing.Notes[0], "No finding could be read") {
		t.Errorf("the notes are %q", out.Filing.Notes)
	}
}

func TestClaimsThatDifferFromWhatIsListedAreSaid(t *testing.T) {
	b := newBook(t)
	read := reports(reported(P1, "Secrets are logged", "log.go"))
	read.Claims = []FindingClaim{{Total: 19, BySeverity: map[Severity]int{P1: 1}}}
	out := b.audit("review", 1, read)
	if out.Filing.Mismatch != "The text claims 19 findings; 1 can be read." || out.Filing.Listed[P1] != 1 {
		t.Errorf("the filing is %+v", out.Filing)
	}
	if c := Curve(b.findings, b.filings, Workflow{}, ""); !c.Rounds[0].Mismatch {
		t.Error("the curve does not tell")
	}
}

func TestDuplicateNumbersAreNoIdentity(t *testing.T) {
	b := newBook(t)
	x, y := reported(P1, "Secrets are logged", "log.go"), reported(P2, "Slow query", "db.go")
	x.Number, y.Number = "3", "3"
	b.audit("review", 1, reports(x, y))
	x.Number, y.Number = "1", "2"
	b.audit("review", 2, reports(y, x))
	if len(b.findings) != 2 || b.findings[0].Sightings[1].Number != "1" {
		t.Errorf("the findings are %+v", b.findings)
	}
}

func TestWhatAnEditedAuditDoesNotListAnyMoreStays(t *testing.T) {
	b := newBook(t)
	first := b.audit("review", 1, reports(reported(P1, "Secrets are logged", "log.go"), reported(P2, "Slow query", "db.go"))).Filing
	out := b.file(first, reports(reported(P1, "Secrets are logged in plain text", "log.go")))
	if len(b.findings) != 2 || len(b.findings[0].Sightings) != 1 || b.findings[0].Sightings[0].Title != "Secrets are logged in plain text" {
		t.Errorf("the findings are %+v", b.findings)
	}
	if len(out.Filing.Notes) != 1 || !strings.HasPrefix(out.Filing.Notes[0], "1 finding was in an earlier version") {
		t.Errorf("the notes are %q", out.Filing.Notes)
	}
}

// TestFilingTwiceChangesNothing files random rounds, with everything that people do
// between them, and every audit a second time.
func TestFilingTwiceChangesNothing(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 7))
		b := newBook(t)
		reads := []FindingsRead{}
		for round := 1; round <= 8; round++ {
			reads = append(reads, randomAudit(rng))
			b.audit([]string{"review", "security"}[rng.IntN(2)], round, reads[round-1])
			for i, read := range reads {
				b.again(seed, b.filings[i], read)
			}
			b.anything(rng)
		}
		checkLedger(t, seed, b.findings)
	}
}

// again files an audit that was filed before.
func (b *book) again(seed uint64, filing Filing, read FindingsRead) {
	b.t.Helper()
	out := FileAudit(b.findings, filing, read, "", you, b.id)
	if len(out.Changed) != 0 || !reflect.DeepEqual(out.Filing, filing) {
		b.t.Fatalf("seed %d: filing again changed %+v\n%+v\n%+v", seed, out.Changed, filing, out.Filing)
	}
}

func randomAudit(rng *rand.Rand) FindingsRead {
	subjects := []string{"token", "session", "query", "email field", "password field", "upload", "cache"}
	faults := []string{"is not validated", "is logged", "never expires", "has no limit", "is slow without an index"}
	places := []string{"auth.go:%d", "users.go:%d", "db/query.go, line %d", "", "POST /login"}
	severities := []Severity{P0, P1, P2, P3, ""}
	read := FindingsRead{}
	for range rng.IntN(8) {
		place := places[rng.IntN(len(places))]
		if strings.Contains(place, "%d") {
			place = fmt.Sprintf(place, rng.IntN(400))
		}
		r := reported(severities[rng.IntN(len(severities))], subjects[rng.IntN(len(subjects))]+" "+faults[rng.IntN(len(faults))], place)
		r.Number = fmt.Sprint(rng.IntN(4))
		if rng.IntN(3) == 0 {
			r.Problem = "An attacker reaches the " + subjects[rng.IntN(len(subjects))] + "."
		}
		read.Findings = append(read.Findings, r)
	}
	return read
}

// anything does something with a finding, whether it is allowed or not.
func (b *book) anything(rng *rand.Rand) {
	if len(b.findings) == 0 {
		return
	}
	some := func() string { return b.findings[rng.IntN(len(b.findings))].Number }
	verbs := []FindingVerb{VerbFix, VerbAccept, VerbSchedule, VerbReopen, VerbJudge, VerbMerge, VerbDistinct}
	for range 4 {
		_ = b.act(FindingAct{Verb: verbs[rng.IntN(len(verbs))], IDs: []string{some()}, Reason: "It is good enough for the first release.", Step: "4",
			Severity: Severities()[rng.IntN(4)], Into: some()}) // what is refused changes nothing
	}
	if changed, err := SplitFinding(b.findings, FindingSplit{ID: some(), Sightings: []int{rng.IntN(3)}}, you, b.at, b.id()); err == nil {
		b.take(changed)
	}
}

// checkLedger holds a ledger against what must be true of every one.
func checkLedger(t *testing.T, seed uint64, findings []Finding) {
	t.Helper()
	byID, numbers := map[string]Finding{}, map[string]bool{}
	for _, f := range findings {
		byID[f.ID] = f
		if numbers[f.Number] || FindingOrder(f.Number) == 0 {
			t.Fatalf("seed %d: the number %s is given out twice", seed, f.Number)
		}
		numbers[f.Number] = true
	}
	for _, f := range findings {
		of, known := byID[f.DuplicateOf]
		switch {
		case f.State == FindingDuplicate && (!known || of.State == FindingDuplicate):
			t.Fatalf("seed %d: %s counts as %q", seed, f.Number, of.Number)
		case f.State != FindingDuplicate && f.DuplicateOf != "":
			t.Fatalf("seed %d: %s is %s and counts as another", seed, f.Number, f.State)
		case len(f.Sightings) == 0:
			t.Fatalf("seed %d: nobody has reported %s", seed, f.Number)
		case (f.State == FindingAccepted || f.State == FindingScheduled) && f.Weighty() && !goodReason(f.Reason):
			t.Fatalf("seed %d: %s is %s without a reason", seed, f.Number, f.State)
		}
	}
}
