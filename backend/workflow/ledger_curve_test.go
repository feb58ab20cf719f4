package workflow

import (
	"fmt"
	"strings"
	"testing"
)

// rounds files one audit a round, with so many new findings of each severity:
// "P1 P3 P3" are three.
func (b *book) rounds(phase string, rounds ...string) {
	for i, severities := range rounds {
		read := FindingsRead{Phrase: "NO NEW ISSUES FOUND"}
		for n, s := range strings.Fields(severities) {
			if s == "none" {
				s = ""
			}
			read.Phrase = ""
			read.Findings = append(read.Findings, reported(Severity(s), fmt.Sprintf("Defect %s %d %d", phase, i, n), fmt.Sprintf("%s%d%d.go", phase, i, n)))
		}
		b.audit(phase, i+1, read)
	}
}

func TestPlateauAndGrowth(t *testing.T) {
	tests := []struct {
		name             string
		rounds           []string
		fixed            int // of the findings, the first ones
		plateau, growing bool
		says             string
	}{
		{"nothing", nil, 0, false, false, ""},
		{"two quiet rounds", []string{"", ""}, 0, false, false, ""},
		{"three quiet rounds", []string{"", "", ""}, 0, true, false, "Plateau"},
		{"small things", []string{"P0 P1", "P2", "P3 P2", ""}, 2, true, false, "Plateau"},
		{"small things, and a P0 open", []string{"P0 P1", "P2", "P3 P2", ""}, 0, false, false, "2 P0 and P1 are still open"},
		{"a P1 in the last but two", []string{"P0", "P1", "P2", ""}, 2, false, false, ""},
		{"one without a severity", []string{"P0", "none", "", ""}, 1, false, false, ""},
		{"one without a severity before", []string{"none", "", "", ""}, 0, false, false, "1 open finding has no severity yet"},
		{"growing", []string{"P2", "P2 P3", "P2 P3 P1"}, 0, false, true, "Growing"},
		{"growing from nothing", []string{"P2 P2 P2", "", "P2", "P2 P3"}, 0, true, true, "Plateau"},
		{"two rounds that grow", []string{"P2", "P2 P3"}, 0, false, false, ""},
		{"not growing", []string{"P1", "P2 P3", "P2 P1"}, 0, false, false, ""},
	}
	for _, tt := range tests {
		b := newBook(t)
		b.rounds("review", tt.rounds...)
		for n := range tt.fixed {
			b.must(b.act(FindingAct{Verb: VerbFix, IDs: []string{FindingNumber(n + 1)}}))
		}
		c := Curve(b.findings, b.filings, Workflow{}, "review")
		if c.Plateau != tt.plateau || c.Growing != tt.growing || !strings.Contains(c.Sentence, tt.says) || tt.says == "" && c.Sentence != "" {
			t.Errorf("%s: plateau %v, growing %v, “%s”", tt.name, c.Plateau, c.Growing, c.Sentence)
		}
		for i, round := range tt.rounds {
			if got := c.Rounds[i]; got.NewTotal() != len(strings.Fields(round)) || got.Round != i+1 {
				t.Errorf("%s: round %d is %+v", tt.name, i+1, got)
			}
		}
	}
}

func TestTheRoundsOfALoopAreThoseOfItsFirstPhase(t *testing.T) {
	wf := Workflow{Loop: Loop{Phases: []string{"analyse", "fix", "readiness"}}}
	b := newBook(t)
	b.rounds("analyse", "P1", "P2")
	b.rounds("readiness", "P3 P3")
	b.rounds("security", "P0")
	c := Curve(b.findings, b.filings, wf, "readiness")
	if len(c.Rounds) != 2 || c.Rounds[0].NewTotal() != 3 || len(c.Rounds[0].Paths) != 2 || c.Rounds[0].Phase != "analyse" {
		t.Errorf("the rounds of the loop are %+v", c.Rounds)
	}
	if all := Curve(b.findings, b.filings, wf, ""); len(all.Rounds) != 3 {
		t.Errorf("all rounds are %+v", all.Rounds)
	}
}

// TestEveryFindingIsNewOnce adds the new findings of all rounds up.
func TestEveryFindingIsNewOnce(t *testing.T) {
	b := newBook(t)
	b.rounds("review", "P1 P2", "", "P3 P3 none", "P0")
	b.rounds("security", "P1", "P1 P1")
	b.must(b.act(FindingAct{Verb: VerbMerge, IDs: []string{"F-004", "F-008"}, Into: "F-003"}))
	sum := 0
	for _, r := range Curve(b.findings, b.filings, Workflow{}, "").Rounds {
		sum += r.NewTotal()
	}
	if want := Summarise(b.findings).Total; sum != want || want != 7 {
		t.Errorf("the rounds brought %d, and there are %d", sum, want)
	}
}
