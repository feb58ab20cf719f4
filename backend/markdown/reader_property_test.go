package markdown

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// readerSources are the texts of the golden files, by path.
func readerSources(t *testing.T) map[string]string {
	t.Helper()
	sources := map[string]string{}
	for _, folder := range []string{"findings", "plans", "requests"} {
		paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.md"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no sources in %s: %v", folder, err)
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sources[path] = string(src)
		}
	}
	return sources
}

// unmarked returns what was read without the marks.
func unmarked(src string) (workflow.FindingsRead, workflow.PlanRead, workflow.RequestRead) {
	findings, plan, request := Findings(src), Plan(src), Request(src)
	for i := range findings.Findings {
		findings.Findings[i].Marked = false
	}
	for i := range plan.Steps {
		plan.Steps[i].Marked = false
	}
	for i := range request.Features {
		request.Features[i].Marked = false
	}
	request.Acceptance, request.Questions = nil, nil
	return findings, plan, request
}

func TestTickingChangesOnlyTheMark(t *testing.T) {
	for path, src := range readerSources(t) {
		findings, plan, request := unmarked(src)
		for _, item := range Items(src) {
			ticked, err := SetMark(src, item.Offset, !item.Marked)
			if err != nil {
				t.Fatal(err)
			}
			f, p, r := unmarked(ticked)
			if !reflect.DeepEqual(f, findings) || !reflect.DeepEqual(p, plan) || !reflect.DeepEqual(r, request) {
				t.Errorf("%s: the box at byte %d changes more than its mark", path, item.Offset)
			}
		}
	}
}

func TestMarksAreThoseOfTheText(t *testing.T) {
	for path, src := range readerSources(t) {
		for _, g := range Findings(src).Findings {
			if text := src[g.Start:g.End]; g.Mark >= 0 && (g.Mark < g.Start || g.Mark >= g.End || g.Marked == (src[g.Mark] == ' ')) {
				t.Errorf("%s: the mark at %d is not in %q", path, g.Mark, text)
			}
		}
		for _, s := range Plan(src).Steps {
			if text := src[s.Start:s.End]; s.Mark >= 0 && (s.Mark < s.Start || s.Mark >= s.End || s.Marked == (src[s.Mark] == ' ')) {
				t.Errorf("%s: the mark at %d is not in %q", path, s.Mark, text)
			}
		}
	}
}

// A block is found again in what it was cut from: read alone it is the same finding or step.
func TestBlocksReadAloneAreTheSame(t *testing.T) {
	src := readerSources(t)[filepath.Join("testdata", "findings", "ours.md")]
	for _, g := range Findings(src).Findings {
		alone := Findings(src[g.Start:g.End]).Findings
		if len(alone) != 1 || alone[0].Title != g.Title || alone[0].Fix != g.Fix || alone[0].Severity != g.Severity {
			t.Errorf("alone, %q is %+v", g.Title, alone)
		}
	}
	src = readerSources(t)[filepath.Join("testdata", "plans", "ours.md")]
	for _, s := range Plan(src).Steps {
		alone := Plan(src[s.Start:s.End]).Steps
		if len(alone) != 1 || alone[0].Title != s.Title || !reflect.DeepEqual(alone[0].Files, s.Files) || !reflect.DeepEqual(alone[0].Depends, s.Depends) {
			t.Errorf("alone, step %s is %+v", s.Number, alone)
		}
	}
}

func TestLineEndsAndByteOrderMarksChangeNothing(t *testing.T) {
	titles := func(src string) (all []string) {
		for _, g := range Findings(src).Findings {
			all = append(all, string(g.Severity)+" "+g.Title+" "+g.Location)
		}
		for _, s := range Plan(src).Steps {
			all = append(all, s.Number+" "+s.Title+" "+strings.Join(s.Files, " "))
		}
		for _, f := range Request(src).Features {
			all = append(all, f.Category+" "+f.Text)
		}
		return all
	}
	for path, src := range readerSources(t) {
		if strings.Contains(src, "\r") {
			continue
		}
		want := titles(src)
		if got := titles(byteOrderMark + strings.ReplaceAll(src, "\n", "\r\n")); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: with other line ends it is read as\n%s\nwant\n%s", path, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestReadersTakeTextsThatBreakOff(t *testing.T) {
	for path, src := range readerSources(t) {
		whole := len(Findings(src).Findings)
		for at := 0; at < len(src); at += 19 {
			cut := src[:at]
			read := Findings(cut)
			for _, g := range read.Findings {
				checkSpan(t, cut, g.Start, g.End)
			}
			for _, s := range Plan(cut).Steps {
				checkSpan(t, cut, s.Start, s.End)
			}
			if len(read.Findings) > whole+1 {
				t.Fatalf("%s: cut at byte %d it has more findings than whole", path, at)
			}
		}
	}
}
