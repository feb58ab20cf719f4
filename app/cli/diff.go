package cli

import (
	"fmt"
	"strings"

	"plumbline/backend/workflow"
)

// printDiff prints changed lines, and up to two unchanged ones around them. What
// is unchanged in a section that has moved is left out.
func printDiff(out *printer, d workflow.Diff) {
	const around = 2
	last := 0 // the move whose place was printed last
	for i, h := range d.Hunks {
		if h.Move > 0 && (h.Move != last || len(h.Rows) == 0) {
			out.line("%s", out.yellow(moveLine(d.Moves[h.Move-1], len(h.Rows) == 0)))
		}
		if last = h.Move; len(h.Rows) == 0 {
			last = 0
		}
		if !h.Same {
			printHunk(out, h)
			continue
		}
		if h.Move > 0 {
			continue
		}
		for j, row := range h.Rows {
			begins, ends := i > 0 && j < around, i < len(d.Hunks)-1 && j >= len(h.Rows)-around
			if begins || ends {
				out.document("  " + joined(row.New) + "\n")
			} else if j == around || (i == 0 && j == 0) {
				out.line("%s", out.dim("  …"))
			}
		}
	}
}

// moveLine says at the place that a section has left, or at its new one, that it has moved.
func moveLine(m workflow.Move, left bool) string {
	if left {
		return fmt.Sprintf("> “%s” stands in line %d now", clean(m.Title), m.NewLine)
	}
	text := fmt.Sprintf("> “%s” stood in line %d", clean(m.Title), m.OldLine)
	if m.Added+m.Removed == 0 {
		text += ", unchanged"
	}
	return text
}

func printHunk(out *printer, h workflow.Hunk) {
	for _, row := range h.Rows {
		if row.OldLine > 0 && row.Tick == "" {
			out.line("%s", out.red("- "+clean(joined(row.Old))))
		}
	}
	for _, row := range h.Rows {
		switch {
		case row.Tick != "":
			out.line("%s %s", out.bold(row.Tick+":"), clean(strings.TrimSpace(joined(row.New))))
		case row.NewLine > 0:
			out.line("%s", out.green("+ "+clean(joined(row.New))))
		}
	}
}

// diffCounts says how much has changed.
func diffCounts(d workflow.Diff) string {
	parts := []string{fmt.Sprintf("+%d −%d lines", d.Added, d.Removed)}
	if n := len(d.Moves); n > 0 {
		parts = append(parts, plural(n, "section")+" moved")
	}
	if d.Ticked > 0 {
		parts = append(parts, fmt.Sprintf("%d ticked", d.Ticked))
	}
	if d.Unticked > 0 {
		parts = append(parts, fmt.Sprintf("%d unticked", d.Unticked))
	}
	return strings.Join(parts, ", ")
}

func joined(segments []workflow.Segment) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString(s.Text)
	}
	return b.String()
}
