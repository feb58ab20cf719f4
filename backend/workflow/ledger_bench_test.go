package workflow

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// manyReports makes findings that share most of their words with others.
func manyReports(rng *rand.Rand, n int) []ReportedFinding {
	subjects := []string{"token", "session", "query", "email", "password", "upload", "cache", "invoice", "webhook", "export", "search", "comment", "avatar", "retry", "queue"}
	faults := []string{"is not validated", "is written to the log", "never expires", "has no upper limit", "is slow without an index", "races with another request"}
	reports := make([]ReportedFinding, n)
	for i := range reports {
		reports[i] = reported(Severities()[rng.IntN(4)],
			fmt.Sprintf("The %s of the %s %s in module%d", subjects[rng.IntN(len(subjects))], subjects[rng.IntN(len(subjects))], faults[rng.IntN(len(faults))], rng.IntN(200)),
			fmt.Sprintf("pkg%d/file%d.go:%d", rng.IntN(20), rng.IntN(30), rng.IntN(900)))
		reports[i].Problem = "An attacker can reach it with a request that nobody checks, and what follows is " + faults[rng.IntN(len(faults))] + "."
	}
	return reports
}

// BenchmarkFile500Into2000 files an audit of 500 findings into a ledger of 2,000,
// of which it reports some again.
func BenchmarkFile500Into2000(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	ids := 0
	id := func() string { ids++; return fmt.Sprint(ids) }
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	old := manyReports(rng, 2000)
	known := FileAudit(nil, Filing{ID: "first", At: at, LookedAt: at}, FindingsRead{Findings: old}, "", you, id).Changed
	audit := FindingsRead{Findings: append(append([]ReportedFinding{}, old[100:350]...), manyReports(rng, 250)...)}
	b.ReportAllocs()
	for b.Loop() {
		FileAudit(known, Filing{ID: "second", At: at, LookedAt: at}, audit, "", you, id)
	}
}

// BenchmarkCurveOf2000 counts 2,000 findings over twenty rounds.
func BenchmarkCurveOf2000(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	book := newBook(nil)
	for round := range 20 {
		at := book.at.Add(time.Duration(round) * time.Hour)
		f := Filing{ID: fmt.Sprint("round", round), Phase: "review", Round: round + 1, At: at, LookedAt: at}
		out := FileAudit(book.findings, f, FindingsRead{Findings: manyReports(rng, 110)}, "", you, book.id)
		book.take(out.Changed)
		book.filings = append(book.filings, out.Filing)
	}
	b.ReportMetric(float64(len(book.findings)), "findings")
	b.ReportAllocs()
	for b.Loop() {
		Curve(book.findings, book.filings, Workflow{}, "review")
	}
}
