package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The verdicts of a row.
const (
	met      = "met"
	missed   = "missed"
	notRun   = "not run"
	reported = "reported"
)

// goalKind says how a goal compares ours with the reference.
type goalKind int

const (
	noGoal      goalKind = iota
	atMostTimes          // ours is at most limit times the reference
	atMostMore           // ours is at most the reference and limit
	atMost               // ours is at most limit; there is no reference
)

// goal is what a row is held against.
type goal struct {
	kind  goalKind
	limit float64
	// most bounds ours beside that; 0 for nothing.
	most float64
	// later says that the goal is one to come: missing it is told, but fails nothing.
	later bool
}

func (g goal) text(unit string) string {
	text := map[goalKind]string{
		noGoal:      "–",
		atMostTimes: fmt.Sprintf("≤ %g ×", g.limit),
		atMostMore:  fmt.Sprintf("≤ %g %s more", g.limit, unit),
		atMost:      fmt.Sprintf("≤ %g %s", g.limit, unit),
	}[g.kind]
	if g.most > 0 {
		text += fmt.Sprintf(" and ≤ %g %s", g.most, unit)
	}
	if g.later {
		text += " later"
	}
	return text
}

// row is one line of the table: what was measured, each time it was measured.
type row struct {
	what string
	unit string
	// reference names what ours is measured against; empty for none.
	reference    string
	ours, theirs []float64
	goal         goal
	// why tells what kept the row from being measured; empty when it was.
	why string
}

// ratio returns ours through the reference; 0 when there is none.
func (r row) ratio() float64 {
	if theirs := median(r.theirs); theirs > 0 {
		return median(r.ours) / theirs
	}
	return 0
}

func (r row) verdict() string {
	if r.why != "" {
		return notRun
	}
	ours, theirs, ok := median(r.ours), median(r.theirs), false
	switch r.goal.kind {
	case noGoal:
		return reported
	case atMostTimes:
		ok = ours <= theirs*r.goal.limit
	case atMostMore:
		ok = ours <= theirs+r.goal.limit
	case atMost:
		ok = ours <= r.goal.limit
	}
	if ok && (r.goal.most == 0 || ours <= r.goal.most) {
		return met
	}
	return missed
}

// fails reports whether a strict run may not pass with this row. A goal that was not
// tried has not been met.
func (r row) fails() bool {
	v := r.verdict()
	return v == notRun && r.goal.kind != noGoal || v == missed && !r.goal.later
}

// median returns the middle of the values, or the mean of the two in the middle;
// 0 when there are none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// writeTable writes rows as a Markdown table.
func writeTable(w io.Writer, rows []row) error {
	lines := []string{
		"| what | ours | reference | ratio | goal | verdict |",
		"|---|---|---|---|---|---|",
	}
	for _, r := range rows {
		cells := []string{r.what, r.cell(r.ours), r.cell(r.theirs), "–", r.goal.text(r.unit), r.verdict()}
		if r.reference != "" {
			cells[2] += " (" + r.reference + ")"
		}
		if ratio := r.ratio(); ratio > 0 {
			cells[3] = fmt.Sprintf("%.2f", ratio)
			if ratio < 0.1 {
				cells[3] = strconv.FormatFloat(ratio, 'g', 2, 64)
			}
		}
		if r.why != "" {
			cells[5] += ": " + r.why
		}
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// cell is the median with the lowest and the highest value, which tell how far
// to trust it.
func (r row) cell(values []float64) string {
	switch len(values) {
	case 0:
		return "–"
	case 1:
		return number(values[0]) + " " + r.unit
	}
	return fmt.Sprintf("%s %s (%s–%s)", number(median(values)), r.unit, number(slices.Min(values)), number(slices.Max(values)))
}

// number writes a value with three digits that count.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// record is a row as -json prints it.
type record struct {
	What      string    `json:"what"`
	Unit      string    `json:"unit"`
	Reference string    `json:"reference"`
	Ours      float64   `json:"ours"`
	Theirs    float64   `json:"theirs"`
	Ratio     float64   `json:"ratio"`
	Goal      string    `json:"goal"`
	Verdict   string    `json:"verdict"`
	Why       string    `json:"why"`
	OursAll   []float64 `json:"oursAll"`
	TheirsAll []float64 `json:"theirsAll"`
}

func (r row) record() record {
	return record{
		What: r.what, Unit: r.unit, Reference: r.reference, Ours: median(r.ours), Theirs: median(r.theirs), Ratio: r.ratio(),
		Goal: r.goal.text(r.unit), Verdict: r.verdict(), Why: r.why,
		OursAll: append([]float64{}, r.ours...), TheirsAll: append([]float64{}, r.theirs...),
	}
}
