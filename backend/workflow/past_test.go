package workflow

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestFoldTicks(t *testing.T) {
	at := func(number, seconds int, kind VersionKind, name string) Version {
		return Version{Number: number, Kind: kind, Author: Author{Kind: Person, Name: name}, Added: 1, Removed: 1,
			At: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)}
	}
	for name, c := range map[string]struct {
		versions []Version
		want     string
	}{
		"ticks within two minutes are one line": {[]Version{at(6, 400, VersionTicked, "a"), at(5, 300, VersionTicked, "a"), at(4, 290, VersionTicked, "a"),
			at(3, 285, VersionSaved, "a"), at(2, 280, VersionTicked, "a")}, "[6 5 4] [3] [2]"},
		"however steadily boxes are ticked": {[]Version{at(4, 180, VersionTicked, "a"), at(3, 120, VersionTicked, "a"), at(2, 60, VersionTicked, "a"),
			at(1, 0, VersionTicked, "a")}, "[4 3 2] [1]"},
		"those of two people are apart": {[]Version{at(2, 10, VersionTicked, "a"), at(1, 0, VersionTicked, "b")}, "[2] [1]"},
		"nothing":                       {nil, ""},
	} {
		got := ""
		for i, line := range FoldTicks(c.versions) {
			numbers := []int{}
			for _, v := range line.Versions {
				numbers = append(numbers, v.Number)
			}
			if line.Added != len(numbers) || line.Removed != len(numbers) {
				t.Errorf("%s: line %d adds up to +%d −%d", name, i, line.Added, line.Removed)
			}
			if i > 0 {
				got += " "
			}
			got += fmt.Sprint(numbers)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestSearchTerms(t *testing.T) {
	for query, want := range map[string][]string{
		"Local  time":                {"local", "time"},
		`"Local  time" zone`:         {"local time", "zone"},
		"zone “the Wall clock” UTC":  {"zone", "the wall clock", "utc"},
		`an "open quote stays whole`: {"an", "open quote stays whole"},
		`"" a`:                       {"a"},
	} {
		if got, err := SearchTerms(query); err != nil || !slices.Equal(got, want) {
			t.Errorf("SearchTerms(%s) = %q, %v; want %q", query, got, err, want)
		}
	}
	for query, code := range map[string]Code{" ": Invalid, `""`: Invalid, "a b c d e f g h i j k l m": Limit, string(make([]rune, 401)): Limit} {
		if _, err := SearchTerms(query); CodeOf(err) != code || Describe(err).Hint == "" {
			t.Errorf("SearchTerms(%q): %v", query, err)
		}
	}
}
