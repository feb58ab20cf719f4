package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// measureGates measures the rules on a project of 500 documents, 2,000 findings and
// 10,000 runs. The benchmarks are those of package engine, which alone knows when a
// picture of a project is judged and what a change makes stale.
func measureGates(ctx context.Context, shop *workshop) ([]row, error) {
	rows := map[string]*row{
		"BenchmarkBoard":          {what: "board and gates of 500 documents, 2,000 findings, 10,000 runs", unit: "ms", goal: goal{kind: atMost, limit: 5}},
		"BenchmarkStaleAfterEdit": {what: "what is stale there after an edit", unit: "ms", goal: goal{kind: atMost, limit: 2}},
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Board|StaleAfterEdit)$",
		"-benchtime", "20x", "-count", strconv.Itoa(shop.rounds), "./backend/engine")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out)))
	}
	for _, m := range benchLine.FindAllStringSubmatch(string(out), -1) {
		r := rows[m[1]]
		nanos, err := strconv.ParseFloat(m[2], 64)
		if r == nil || err != nil {
			return nil, fmt.Errorf("“%s” is no result of a benchmark that was asked for", m[0])
		}
		r.ours = append(r.ours, nanos/1e6)
	}
	list := []row{}
	for _, name := range []string{"BenchmarkBoard", "BenchmarkStaleAfterEdit"} {
		if len(rows[name].ours) == 0 {
			return nil, fmt.Errorf("%s was not run", name)
		}
		list = append(list, *rows[name])
	}
	return list, nil
}

// benchLine is how “go test” tells of a benchmark.
var benchLine = regexp.MustCompile(`(?m)^(Benchmark\w+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op`)
