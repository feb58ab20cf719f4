package handoff

import (
	"slices"
	"strings"
	"testing"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

const ferrySpec = `# Feature Specification: Ferry tickets

**Feature Branch**: ` + "`004-ferry-tickets`" + `
**Status**: Draft
**Input**: User description: "Sell day tickets for the ferry,
also when the kiosk is offline."

## User Scenarios & Testing

### User Story 1 - Buy a day ticket (Priority: P1)

A passenger pays at the kiosk and gets a ticket.

**Why this priority**: Nothing else matters without it.

**Acceptance Scenarios**:

1. **Given** an open kiosk, **When** a passenger pays, **Then** a ticket is printed
2. **Given** no network, **When** a passenger pays cash, **Then** a ticket is printed

### User Story 2 - Refund a ticket (Priority: P2)

The crew gives the money back before departure.

**Acceptance Scenarios**:

1. **Given** an unused ticket, **When** the crew scans it, **Then** the refund is booked

## Requirements

- **FR-001**: The kiosk MUST print a ticket within 5 seconds
- **FR-002**: Refunds MUST be kept for [NEEDS CLARIFICATION: how long?]

## Success Criteria

- **SC-001**: 95 of 100 passengers need less than a minute
`

const ferryTasks = `# Tasks: Ferry tickets

## Phase 1: Setup

- [x] T001 Create the project
- [X] T002 [P] Add the linter in lint.toml

## Phase 2: User Story 1 - Buy a day ticket

- [ ] T003 [US1] Print a ticket in src/print.go
- [ ] T004 [US2] Book a refund in src/refund.go (depends on T003)
`

func feature1() []File {
	return []File{
		{"harbour/specs/004-ferry-tickets/spec.md", ferrySpec},
		{"harbour/specs/004-ferry-tickets/plan.md", "# Implementation Plan: Ferry tickets\n\n## Summary\n\nOne binary.\n\n```sh\n# not a heading\n"},
		{"harbour/specs/004-ferry-tickets/tasks.md", ferryTasks},
		{"harbour/specs/004-ferry-tickets/research.md", "# Research\n\nPrinters.\n"},
		{"harbour/specs/004-ferry-tickets/contracts/kiosk.yaml", "openapi: 3.1.0\n"},
		{"harbour/specs/004-ferry-tickets/checklists/acceptance.md", "- [x] CHK001 Clear\n"},
		{"harbour/.specify/memory/constitution.md", "# Harbour rules\n\nNo feature without a test.\n"},
	}
}

const deltaSpec = `## ADDED Requirements

### Requirement: Offline start
The app SHALL start without a network.

#### Scenario: No network at start
- **WHEN** the app starts offline
- **THEN** the last tides are shown

## REMOVED Requirements

### Requirement: Login
#### Scenario: Old login
- **WHEN** someone signs in
`

func change1() []File {
	return []File{
		{"tides/openspec/changes/add-offline/proposal.md", "## Why\n\nSailors have no network.\n\n## What Changes\n\n- Keep the last tides\n- Show their age\n\n## Impact\n\n- Storage\n"},
		{"tides/openspec/changes/add-offline/design.md", "# Design\n\n## Decision\n\nA file per harbour.\n"},
		{"tides/openspec/changes/add-offline/specs/start/spec.md", deltaSpec},
		{"tides/openspec/changes/add-offline/tasks.md", "## 1. Storage\n\n- [x] 1.1 Keep the tides in a file\n- [ ] 1.2 Read them at start\n"},
		{"tides/openspec/changes/add-offline/.openspec.yaml", "schema: spec-driven\n"},
		{"tides/openspec/changes/archive/2026-01-02-add-map/proposal.md", "# Change: A map\n\n## Why\n\nTo find the harbour.\n"},
		{"tides/openspec/specs/start/spec.md", "# start\n\n## Requirements\n"},
		{"tides/openspec/project.md", "# Conventions\n\nGo only.\n"},
	}
}

func body(f Found, path string) string {
	for _, d := range f.Project.Documents {
		if d.Path == path {
			return d.Body
		}
	}
	return ""
}

func paths(f Found) []string {
	list := []string{}
	for _, d := range f.Project.Documents {
		list = append(list, d.Path)
	}
	return list
}

func holds(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s does not hold %q:\n%s", what, part, text)
		}
	}
}

func TestAFeatureBecomesAProject(t *testing.T) {
	found := Read(feature1())
	if len(found) != 1 {
		t.Fatalf("found %d", len(found))
	}
	f := found[0]
	if f.Format != SpecKit || f.Name != "004-ferry-tickets" || f.Archived || f.Project.Name != "Ferry tickets" || f.Project.Slug != "ferry-tickets" {
		t.Errorf("found %+v", f)
	}
	want := []string{"idea.md", "request.md", "spec.md", "plan.md", "imported/checklists/acceptance.md", "contracts/kiosk.yaml.md", "research.md"}
	if got := paths(f); !slices.Equal(got, want) {
		t.Errorf("documents %q, want %q", got, want)
	}
	if got := body(f, "idea.md"); got != "Sell day tickets for the ferry,\nalso when the kiosk is offline.\n" {
		t.Errorf("the idea is %q", got)
	}
	holds(t, "request.md", body(f, "request.md"), "- [ ] Buy a day ticket (P1): A passenger pays at the kiosk and gets a ticket.\n  - [ ] Given an open kiosk",
		"## Acceptance checklist\n\n- [ ] SC-001")
	spec := body(f, "spec.md")
	holds(t, "spec.md", spec, ferrySpec, "## Technical plan\n\n### Summary", "\n# not a heading\n```\n", "- AC-1: Given an open kiosk", "- AC-4: SC-001", "## Open questions\n\n- how long?\n")
	if got := workflow.Criteria(markdown.Sections(spec)); len(got) != 4 {
		t.Errorf("%d criteria are read from spec.md", len(got))
	}
	holds(t, "the listing", body(f, "contracts/kiosk.yaml.md"), "```yaml\nopenapi: 3.1.0\n```")
	if f.Conventions != "# Harbour rules\n\nNo feature without a test." {
		t.Errorf("conventions %q", f.Conventions)
	}
	holds(t, "what is told", strings.Join(slices.Concat(f.Kept, f.Added, f.Dropped), "\n"), "Marks of 2 of 4 tasks as done: here each is a claim", "as a listing in contracts/kiosk.yaml.md",
		"as imported/checklists/acceptance.md", "1 open question in spec.md")
}

func TestTasksAreAPlan(t *testing.T) {
	read := markdown.Plan(body(Read(feature1())[0], "plan.md"))
	if len(read.Steps) != 4 || !read.Steps[0].Marked || read.Steps[2].Marked {
		t.Fatalf("steps %+v", read.Steps)
	}
	buy, refund := read.Steps[2], read.Steps[3]
	if !slices.Equal(buy.Covers, []string{"AC-1", "AC-2"}) || !slices.Equal(refund.Covers, []string{"AC-3"}) || !slices.Equal(refund.Depends, []string{"T003"}) {
		t.Errorf("covers %v and %v, depends on %v", buy.Covers, refund.Covers, refund.Depends)
	}
	if buy.Title != "Print a ticket in src/print.go" || !slices.Equal(buy.Files, []string{"src/print.go"}) {
		t.Errorf("step %q with %v", buy.Title, buy.Files)
	}
}

func TestAChangeBecomesAProject(t *testing.T) {
	found := Read(change1())
	if len(found) != 2 {
		t.Fatalf("found %d", len(found))
	}
	f, old := found[0], found[1]
	if f.Name != "add-offline" || f.Project.Name != "Add offline" || f.Archived || f.Format != OpenSpec {
		t.Errorf("found %+v", f)
	}
	if !old.Archived || old.Project.Name != "A map" || old.Name != "2026-01-02-add-map" {
		t.Errorf("the archived one is %+v", old)
	}
	if got := paths(f); !slices.Equal(got, []string{"idea.md", "request.md", "spec.md", "plan.md"}) {
		t.Errorf("documents %q", got)
	}
	if got := body(f, "idea.md"); got != "Sailors have no network.\n" {
		t.Errorf("the idea is %q", got)
	}
	holds(t, "request.md", body(f, "request.md"), "# Add offline\n\n## Why", "## Acceptance checklist\n\n- [ ] Keep the last tides\n- [ ] Show their age\n")
	spec := body(f, "spec.md")
	holds(t, "spec.md", spec, "## Design\n\n### Decision", "## Capability: start\n\n### ADDED Requirements", "- AC-1: Offline start: No network at start (start)\n")
	if strings.Contains(spec, "AC-2") {
		t.Error("a requirement that is taken away is a criterion")
	}
	if read := markdown.Plan(body(f, "plan.md")); len(read.Steps) != 2 || read.Steps[0].Number != "1.1" || !read.Steps[0].Marked {
		t.Errorf("steps %+v", read.Steps)
	}
	if f.Conventions != "# Conventions\n\nGo only." {
		t.Errorf("conventions %q", f.Conventions)
	}
	holds(t, "what is dropped", strings.Join(f.Dropped, "\n"), ".openspec.yaml is a setting", "tides/openspec/specs says already")
}

// TestFoldersAreFoundFromAnywhere reads the same feature and change by every folder
// that a person may choose.
func TestFoldersAreFoundFromAnywhere(t *testing.T) {
	for _, from := range []struct {
		files []File
		cut   []string
	}{
		{feature1(), []string{"", "harbour/", "harbour/specs/"}},
		{change1(), []string{"", "tides/", "tides/openspec/"}},
		{change1()[:4], []string{"", "tides/openspec/changes/"}},
	} {
		want := Read(from.files)[0].Project
		for _, cut := range from.cut {
			files := []File{}
			for _, f := range from.files {
				if within, ok := strings.CutPrefix(f.Path, cut); ok {
					if !Concerns(within) {
						t.Errorf("%s is of no concern", within)
					}
					files = append(files, File{within, f.Body})
				}
			}
			got := Read(files)
			if len(got) == 0 {
				t.Errorf("below %q nothing is found", cut)
				continue
			}
			if cut == "" || got[0].Project.Name == want.Name && len(got[0].Project.Documents) == len(want.Documents) {
				continue
			}
			t.Errorf("below %q: %q", cut, paths(got[0]))
		}
	}
}

func TestWhatIsNoSpecificationIsNotFound(t *testing.T) {
	for name, files := range map[string][]File{
		"nothing":          nil,
		"source":           {{"app/src/changes/log.md", "x"}, {"app/README.md", "x"}, {"app/specs/login/spec.md", "# Login"}},
		"specs of today":   {{"app/openspec/specs/login/spec.md", "# Login"}, {"app/openspec/project.md", "x"}},
		"a path outside":   {{"../specs/001-a/spec.md", "# A"}, {"/specs/001-a/spec.md", "# A"}, {"a/../specs/001-a/spec.md", "# A"}},
		"no text":          {{"specs/001-a/spec.md", "\xff\xfe"}, {"specs/001-a/plan.md", "a\x00b"}},
		"empty":            {{"specs/001-a/spec.md", " \n"}},
		"the archive only": {{"openspec/changes/archive/notes.md", "x"}},
	} {
		if found := Read(files); len(found) != 0 {
			t.Errorf("%s: found %+v", name, found)
		}
	}
}

func TestOddFeaturesComeInAsFarAsTheyGo(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []File
		check func(t *testing.T, f Found)
	}{
		{"no tasks in tasks.md", []File{{"specs/001-a/spec.md", "# A\n"}, {"specs/001-a/tasks.md", "Nothing yet.\n"}}, func(t *testing.T, f Found) {
			holds(t, "kept", strings.Join(f.Kept, "\n"), "no task was recognised in it")
			holds(t, "plan.md", body(f, "plan.md"), "# Plan: A\n\nNothing yet.\n")
		}},
		{"only tasks", []File{{"specs/002-only-tasks/tasks.md", "- [ ] T001 Do it\n"}}, func(t *testing.T, f Found) {
			if f.Project.Name != "Only tasks" || body(f, "request.md") != "" || body(f, "idea.md") == "" {
				t.Errorf("found %+v", f)
			}
		}},
		{"a template", []File{{"specs/003-lamp/spec.md", "# Feature Specification: [FEATURE NAME]\n\n**Input**: User description: \"$ARGUMENTS\"\n"}, {".specify/memory/constitution.md", "# [PROJECT_NAME] Constitution\n"}}, func(t *testing.T, f Found) {
			if f.Project.Name != "Lamp" || f.Conventions != "" {
				t.Errorf("found %+v", f)
			}
			holds(t, "dropped", strings.Join(f.Dropped, "\n"), "the template, not filled in")
		}},
		{"something that could run", []File{{"specs/001-a/spec.md", "# A\n\n<script>alert(1)</script>\n"}, {"specs/001-a/go.sh", "rm -rf /\n```\n"}}, func(t *testing.T, f Found) {
			holds(t, "inert", strings.Join(f.Inert, "\n"), "spec.md holds HTML that could run")
			holds(t, "the listing", body(f, "go.sh.md"), "````sh\nrm -rf /\n```\n````\n")
		}},
		{"names that differ in capitals", []File{{"specs/001-a/SPEC.md", "# Upper\n"}, {"specs/001-a/spec.md", "# Lower\n"}}, func(t *testing.T, f Found) {
			if f.Project.Name != "Upper" || len(f.Project.Documents) != 3 {
				t.Errorf("found %+v", f)
			}
		}},
		{"brackets that are no template", []File{{"specs/001-a/spec.md", "# Feature Specification: Read [JSON]\n\n### User Story 1 - Read (Priority: P1) 🎯 MVP\n\n1. **Given** a [JSON] file, **When** it is read, **Then** it is kept\n"}}, func(t *testing.T, f Found) {
			if f.Project.Name != "Read [JSON]" {
				t.Errorf("found %+v", f)
			}
			holds(t, "request.md", body(f, "request.md"), "- [ ] Read (P1)\n  - [ ] Given a [JSON] file")
		}},
		{"scenarios without stories", []File{{"specs/001-a/spec.md", "# A\n\n## User Scenarios\n\n### Primary User Story\n\nSomeone reads.\n\n### Acceptance Scenarios\n\n1. **Given** a file, **When** it is read, **Then** it is kept\n\n### Edge Cases\n\n- Given up\n"}}, func(t *testing.T, f Found) {
			if got := workflow.Criteria(markdown.Sections(body(f, "spec.md"))); len(got) != 1 {
				t.Errorf("criteria %v", got)
			}
		}},
		{"an open comment", []File{{"specs/001-a/spec.md", "# A\n\n**Input**: x\n\n- **SC-001**: Fast\n\n<!-- open\n"}}, func(t *testing.T, f Found) {
			if got := workflow.Criteria(markdown.Sections(body(f, "spec.md"))); len(got) != 1 {
				t.Errorf("criteria %v in %s", got, body(f, "spec.md"))
			}
		}},
		{"names that no file may have", []File{{"specs/001-a/spec.md", "# A\n"}, {"specs/001-a/aux.md", "x"}, {"specs/001-a/.git/config.md", "x"}}, func(t *testing.T, f Found) {
			if got := paths(f); !slices.Equal(got, []string{"idea.md", "request.md", "spec.md"}) || len(f.Dropped) != 2 {
				t.Errorf("documents %q, dropped %q", got, f.Dropped)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := Read(c.files)
			if len(found) != 1 {
				t.Fatalf("found %d", len(found))
			}
			c.check(t, found[0])
		})
	}
}

func TestTwoOfOneNameAreCalledByTheirFolders(t *testing.T) {
	found := Read([]File{{"a/specs/001-x/spec.md", "# X\n"}, {"b/specs/001-x/spec.md", "# X\n"}})
	if len(found) != 2 || found[0].Name != "a/specs/001-x" || found[1].Name != "b/specs/001-x" {
		t.Errorf("found %+v", found)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("specs/001-a/spec.md", ferrySpec, "specs/001-a/tasks.md", ferryTasks)
	f.Add("openspec/changes/a/specs/b/spec.md", deltaSpec, "openspec/changes/a/proposal.md", "## Why\n\n## What Changes\n- `<script>`\n")
	f.Add("../specs/001-a/spec.md", "\xff", "specs/001-a/x.sh", "```")
	f.Fuzz(func(t *testing.T, path1, body1, path2, body2 string) {
		files := []File{{path1, body1}, {path2, body2}, {"specs/001-a/plan.md", body2}}
		for _, found := range Read(files) {
			if _, err := workflow.CheckName(found.Project.Name); err != nil || found.Project.Slug == "" {
				t.Fatalf("the name %q: %v", found.Project.Name, err)
			}
			seen := map[string]bool{}
			for _, d := range found.Project.Documents {
				low := strings.ToLower(d.Path)
				if err := workflow.CheckPath(d.Path); err != nil || seen[low] || strings.TrimSpace(d.Body) == "" || d.Version != 1 {
					t.Fatalf("document %q: %v", d.Path, err)
				}
				seen[low] = true
			}
		}
	})
}
