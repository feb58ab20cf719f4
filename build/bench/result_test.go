package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 100, 2}, 3},
	} {
		given := append([]float64{}, c.values...)
		if got := median(given); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
		for i := range given {
			if given[i] != c.values[i] {
				t.Errorf("median reordered %v to %v", c.values, given)
				break
			}
		}
	}
}

func TestVerdict(t *testing.T) {
	times := goal{kind: atMostTimes, limit: 1.5}
	later := goal{kind: atMostTimes, limit: 1.5, later: true}
	for name, c := range map[string]struct {
		row   row
		want  string
		fails bool
	}{
		"just met":          {row{ours: []float64{15}, theirs: []float64{10}, goal: times}, met, false},
		"missed":            {row{ours: []float64{16}, theirs: []float64{10}, goal: times}, missed, true},
		"missed, for later": {row{ours: []float64{16}, theirs: []float64{10}, goal: later}, missed, false},
		"a little more":     {row{ours: []float64{30}, theirs: []float64{10}, goal: goal{kind: atMostMore, limit: 20}}, met, false},
		"too much more":     {row{ours: []float64{31}, theirs: []float64{10}, goal: goal{kind: atMostMore, limit: 20}}, missed, true},
		"small":             {row{ours: []float64{40}, goal: goal{kind: atMost, limit: 40}}, met, false},
		"both bounds":       {row{ours: []float64{2}, theirs: []float64{2}, goal: goal{kind: atMostTimes, limit: 1, most: 2}}, met, false},
		"the second missed": {row{ours: []float64{2}, theirs: []float64{2}, goal: goal{kind: atMostTimes, limit: 1, most: 1}}, missed, true},
		"large":             {row{ours: []float64{41}, goal: goal{kind: atMost, limit: 40}}, missed, true},
		"without a goal":    {row{ours: []float64{41}}, reported, false},
		"not run":           {row{goal: times, why: "there is no curl"}, notRun, true},
		"not run, no goal":  {row{why: "there is no curl"}, notRun, false},
		"by the median":     {row{ours: []float64{1, 1, 99}, theirs: []float64{1, 1, 1}, goal: times}, met, false},
	} {
		if got := c.row.verdict(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got := c.row.fails(); got != c.fails {
			t.Errorf("%s: a strict run fails: %v, want %v", name, got, c.fails)
		}
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	err := writeTable(&out, []row{
		{what: "stream", unit: "ms", reference: "curl", ours: []float64{90, 110, 100}, theirs: []float64{80, 80}, goal: goal{kind: atMostTimes, limit: 1.3}},
		{what: "size", unit: "MB", ours: []float64{16.49}, goal: goal{kind: atMost, limit: 40}},
		{what: "a | b", unit: "ms", reference: "git", goal: goal{kind: atMostMore, limit: 20, later: true}, why: "git is not installed"},
		{what: "log", unit: "ms", reference: "git log", ours: []float64{1}, theirs: []float64{8000}, goal: goal{kind: atMostTimes, limit: 0.001, most: 2}},
		{what: "plain", unit: "ms", ours: []float64{1.234}, theirs: []float64{0.5}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"| what | ours | reference | ratio | goal | verdict |",
		"|---|---|---|---|---|---|",
		"| stream | 100 ms (90.0–110) | 80.0 ms (80.0–80.0) (curl) | 1.25 | ≤ 1.3 × | met |",
		"| size | 16.5 MB | – | – | ≤ 40 MB | met |",
		`| a \| b | – | – (git) | – | ≤ 20 ms more later | not run: git is not installed |`,
		"| log | 1.00 ms | 8000 ms (git log) | 0.00013 | ≤ 0.001 × and ≤ 2 ms | met |",
		"| plain | 1.23 ms | 0.50 ms | 2.47 | – | reported |",
		"",
	}, "\n")
	if out.String() != want {
		t.Errorf("table:\n%s\nwant:\n%s", out.String(), want)
	}
}

func TestJSONNamesEveryMeasurement(t *testing.T) {
	var out bytes.Buffer
	rows := []row{{what: "stream", unit: "ms", ours: []float64{1, 2, 3}, theirs: []float64{1}, reference: "curl", goal: goal{kind: atMostTimes, limit: 3}}}
	if err := write(&out, rows, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"ours": 2`, `"ratio": 2`, `"verdict": "met"`, `"goal": "≤ 3 ×"`, `"oursAll"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, out.String())
		}
	}
}
