package store

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// berlin is not UTC, and its time has nanoseconds.
var berlin = time.Date(2026, 11, 21, 13, 0, 0, 123456789, time.FixedZone("CET", 3600))

// The records of every type with no field left at its zero, save those that are
// meant to be settled.
var (
	aProject = workflow.Project{
		ID: project, Slug: "s", Name: "Näme <&>", Summary: "Sum", WorkflowID: "w", CreatedAt: berlin, UpdatedAt: berlin,
	}
	aRun = workflow.Run{
		ID: "01JD0RUN", ProjectID: project, Phase: "spec", Kind: workflow.RunFirst, ParentID: "p",
		State: workflow.RunSucceeded, Provider: "ollama", Model: "m", PromptHash: "h", CreatedAt: berlin,
		StartedAt: berlin, FirstAt: berlin, EndedAt: berlin, AnswerTokens: 7, Cut: true,
		Parameters: workflow.Parameters{Temperature: 0.7, NumCtx: 8192},
	}
	aCandidate = workflow.Candidate{
		RunID: "01JD0RUN", ProjectID: project, Phase: "spec", Path: "spec.md", State: workflow.CandidateOpen,
		Base: 3, Version: 4, CreatedAt: berlin, DecidedAt: berlin,
	}
	aGateRecord = workflow.GateRecord{
		ID: "01JD0GATE", ProjectID: project, Phase: "spec", Action: workflow.ActWaive, By: ann, At: berlin,
		Reason: "because it is so", Path: "spec.md", Hash: "h",
	}
	aFinding = workflow.Finding{
		ID: "01JD0FINDING", ProjectID: project, Number: "F-001", Title: "T", Severity: workflow.P1, Judged: true, Category: "c",
		Location: "a.go", Problem: "p", Fix: "f", Verify: "v", Fingerprint: "fp", State: workflow.FindingScheduled, Reason: "because it is so",
		Step: "4", Date: "2026-12-01", Commit: "c0", DuplicateOf: "x", Doubt: "y", CreatedAt: berlin, ChangedAt: berlin, By: ann,
		Sightings: []workflow.Sighting{{Filing: "01JD0FILING", Phase: "review", Round: 2, RunID: "01JD0RUN", Path: "audits/review-02.md",
			Persona: "p", Number: "3", Title: "T", Severity: workflow.P1, Category: "c", Location: "a.go", Status: "s", Returned: true, At: berlin}},
	}
	aFiling = workflow.Filing{ID: "01JD0FILING", ProjectID: project, Phase: "review", Round: 2, RunID: "01JD0RUN", Path: "audits/review-02.md",
		Version: 1, Hash: "h", Mismatch: "m", Phrase: "NO ISSUES FOUND", LookedAt: berlin, At: berlin}
	aTick      = workflow.Tick{State: workflow.ItemDone, By: ann, At: berlin, Reason: "seen"}
	anEffort   = workflow.Effort{ProjectID: project, Phase: "build", Step: "4", Seconds: 95, Correction: -5, TouchedAt: berlin}
	aDraft     = workflow.Draft{ProjectID: project, Path: "spec.md", Base: 2, Body: "typed", At: berlin}
	aShelfFile = ShelfFile{Path: "prompts/tidy.md", Hash: "1f"}
)

// aVersion is a version of spec.md, the first.
func aVersion() workflow.Version {
	return workflow.Version{
		ProjectID: project, Path: "spec.md", Number: 1, Kind: workflow.VersionAccepted, Author: ann, At: berlin,
		Message: "Accept", RunID: "r", BasisID: "b", Hash: "h", BasisHash: "bh", Size: 4, Words: 1, Added: 1, Removed: 2,
	}
}

// fill writes at least one record to every bucket.
func fill(t testing.TB, s *Store) {
	t.Helper()
	waiting := aRun
	waiting.ID, waiting.State = "01JD0WAITING", workflow.RunWaiting
	update(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.PutProject(aProject),
			tx.PutRunText(aRun.ID, "prompt", "the \xff prompt"),
			tx.PutRunText(aRun.ID, "answer", "the answer"),
			tx.PutRunText(waiting.ID, "prompt", "not to be seen in git"),
			tx.PutRun(aRun), tx.PutRun(waiting),
			tx.AppendChunk(waiting.ID, "answer", "so far"),
			tx.PutCandidate(aCandidate),
			tx.AddVersion(aVersion(), "body"),
			tx.AddGateRecord(aGateRecord),
			tx.PutTicks(project, "spec.md", map[string]workflow.Tick{"item": aTick}),
			tx.PutVariables(project, "spec", map[string]string{"name": "value"}),
			tx.PutEffort(anEffort), tx.PutFinding(aFinding), tx.PutFiling(aFiling),
			tx.PutDraft(aDraft),
			tx.PutShelfFile(aShelfFile),
			tx.PutSettings(workflow.DefaultSettings()),
			tx.PutCalibration("model", 3.5), tx.PutNumCtx("model", 8192),
			tx.Describe(project, ann, berlin, "Fill"),
		)
	})
	pending, err := s.Pending(0)
	if err != nil || len(pending) != 1 {
		t.Fatalf("Pending = %d commits, %v, want 1", len(pending), err)
	}
	p := workflow.Published{Seq: pending[0].Seq, Commit: "c0", Blobs: map[string]string{"spec.md": "b0"}}
	if err := s.Drained(project, []workflow.Published{p}); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error { // so that the outbox is not empty either
		return errors.Join(tx.File(project, "gates.md", "gates"), tx.Describe(project, ann, berlin, "Gates"))
	})
}

// view reads from a store and fails the test if that fails.
func view(t testing.TB, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.View(fn); err != nil {
		t.Fatal(err)
	}
}

// same compares what was read with what was written.
func same[T any](t testing.TB, what string, got T, err error, want T) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is\n%+v\nwant\n%+v", what, got, want)
	}
}

func TestEveryRecordReadsBackInUTCWithoutNils(t *testing.T) {
	s := open(t)
	fill(t, s)
	utc := berlin.UTC()
	project1, run, candidate, gate, tick, draft, version := aProject, aRun, aCandidate, aGateRecord, aTick, aDraft, aVersion()
	project1.CreatedAt, project1.UpdatedAt = utc, utc
	run.CreatedAt, run.StartedAt, run.FirstAt, run.EndedAt = utc, utc, utc, utc
	run.Inputs, run.Missing, run.Variables = []workflow.Input{}, []string{}, map[string]string{}
	run.Context.Parts = []workflow.ContextPart{}
	candidate.CreatedAt, candidate.DecidedAt = utc, utc
	gate.At, gate.Waived, gate.Seen, gate.Causes = utc, []string{}, map[string]int{}, []workflow.Cause{}
	tick.At, draft.At, version.At = utc, utc, utc
	version.Commit, version.Blob = "c0", "b0"
	waiting := run
	waiting.ID, waiting.State = "01JD0WAITING", workflow.RunWaiting

	view(t, s, func(tx *Tx) error {
		p, err := tx.Project(project)
		same(t, "Project", p, err, project1)
		ps, err := tx.Projects()
		same(t, "Projects", ps, err, []workflow.Project{project1})
		r, err := tx.Run(run.ID)
		same(t, "Run", r, err, run)
		runs, err := tx.Runs(project)
		same(t, "Runs", runs, err, []workflow.Run{waiting, run})
		runs, err = tx.ActiveRuns()
		same(t, "ActiveRuns", runs, err, []workflow.Run{waiting})
		text, err := tx.RunText(run.ID, "prompt")
		same(t, "RunText", text, err, "the \xff prompt")
		text, err = tx.RunText(run.ID, "thinking")
		same(t, "RunText of none", text, err, "")
		text, err = tx.Chunks(waiting.ID, "answer")
		same(t, "Chunks", text, err, "so far")
		c, err := tx.Candidate(run.ID)
		same(t, "Candidate", c, err, candidate)
		cs, err := tx.Candidates(project)
		same(t, "Candidates", cs, err, []workflow.Candidate{candidate})
		v, ok, err := tx.Head(project, "spec.md")
		same(t, "Head", v, err, version)
		same(t, "Head's ok", ok, err, true)
		vs, err := tx.Heads(project)
		same(t, "Heads", vs, err, []workflow.Version{version})
		vs, err = tx.Versions(project, "spec.md")
		same(t, "Versions", vs, err, []workflow.Version{version})
		body, ok, err := tx.Body(project, "spec.md", 1)
		same(t, "Body", body, err, "body")
		same(t, "Body's ok", ok, err, true)
		gs, err := tx.GateRecords(project)
		same(t, "GateRecords", gs, err, []workflow.GateRecord{gate})
		ticks, err := tx.Ticks(project, "spec.md")
		same(t, "Ticks", ticks, err, map[string]workflow.Tick{"item": tick})
		values, err := tx.Variables(project, "spec")
		same(t, "Variables", values, err, map[string]string{"name": "value"})
		finding, filing := aFinding, aFiling
		finding.Sightings = slices.Clone(finding.Sightings)
		finding.CreatedAt, finding.ChangedAt, finding.Sightings[0].At = utc, utc, utc
		filing.At, filing.LookedAt, filing.Listed, filing.Claims, filing.Notes = utc, utc, map[workflow.Severity]int{}, []workflow.FindingClaim{}, []string{}
		fs, err := tx.Findings(project)
		same(t, "Findings", fs, err, []workflow.Finding{finding})
		as, err := tx.Filings(project)
		same(t, "Filings", as, err, []workflow.Filing{filing})
		d, _, err := tx.Draft(project, "spec.md")
		same(t, "Draft", d, err, draft)
		ds, err := tx.Drafts(project)
		same(t, "Drafts", ds, err, []workflow.Draft{draft})
		settings, _, err := tx.Settings()
		same(t, "Settings", settings, err, workflow.DefaultSettings())
		ratio, _, err := tx.Calibration("model")
		same(t, "Calibration", ratio, err, 3.5)
		tokens, _, err := tx.NumCtx("model")
		same(t, "NumCtx", tokens, err, 8192)
		return nil
	})
}

func TestNothingIsEmptyNotNil(t *testing.T) {
	s := open(t)
	view(t, s, func(tx *Tx) error {
		ps, err := tx.Projects()
		same(t, "Projects", ps, err, []workflow.Project{})
		runs, err := tx.Runs("none")
		same(t, "Runs", runs, err, []workflow.Run{})
		runs, err = tx.ActiveRuns()
		same(t, "ActiveRuns", runs, err, []workflow.Run{})
		cs, err := tx.Candidates("none")
		same(t, "Candidates", cs, err, []workflow.Candidate{})
		vs, err := tx.Heads("none")
		same(t, "Heads", vs, err, []workflow.Version{})
		vs, err = tx.Versions("none", "a.md")
		same(t, "Versions", vs, err, []workflow.Version{})
		gs, err := tx.GateRecords("none")
		same(t, "GateRecords", gs, err, []workflow.GateRecord{})
		ticks, err := tx.Ticks("none", "a.md")
		same(t, "Ticks", ticks, err, map[string]workflow.Tick{})
		values, err := tx.Variables("none", "spec")
		same(t, "Variables", values, err, map[string]string{})
		fs, err := tx.Findings("none")
		same(t, "Findings", fs, err, []workflow.Finding{})
		as, err := tx.Filings("none")
		same(t, "Filings", as, err, []workflow.Filing{})
		ds, err := tx.Drafts("none")
		same(t, "Drafts", ds, err, []workflow.Draft{})
		for what, missing := range map[string]func() (bool, error){
			"Head":        func() (bool, error) { _, ok, err := tx.Head("none", "a.md"); return ok, err },
			"Body":        func() (bool, error) { _, ok, err := tx.Body("none", "a.md", 1); return ok, err },
			"Draft":       func() (bool, error) { _, ok, err := tx.Draft("none", "a.md"); return ok, err },
			"Settings":    func() (bool, error) { _, ok, err := tx.Settings(); return ok, err },
			"Calibration": func() (bool, error) { _, ok, err := tx.Calibration("m"); return ok, err },
			"NumCtx":      func() (bool, error) { _, ok, err := tx.NumCtx("m"); return ok, err },
		} {
			ok, err := missing()
			same(t, what, ok, err, false)
		}
		_, err = tx.Project("none")
		same(t, "Project", workflow.CodeOf(err), nil, workflow.NotFound)
		_, err = tx.Run("none")
		same(t, "Run", workflow.CodeOf(err), nil, workflow.NotFound)
		_, err = tx.Candidate("none")
		same(t, "Candidate", workflow.CodeOf(err), nil, workflow.NotFound)
		_, err = tx.Version("none", "a.md", 1)
		same(t, "Version", workflow.CodeOf(err), nil, workflow.NotFound)
		return nil
	})
	pending, err := s.Pending(0)
	same(t, "Pending", pending, err, []workflow.Commit{})
	head, err := s.GitHead("none")
	same(t, "GitHead", head, err, "")
}

func TestDamageIsNoticedAndNamed(t *testing.T) {
	s := open(t)
	save(t, s, "spec.md", "a text that is kept")
	for _, c := range []struct {
		bucket bucketName
		name   string
		read   func(tx *Tx) error
	}{
		{bucketVersion, "version/01JD0PROJECT/spec.md/0000000001", func(tx *Tx) error { _, err := tx.Version(project, "spec.md", 1); return err }},
		{bucketBody, "body/01JD0PROJECT/spec.md/0000000001", func(tx *Tx) error { _, _, err := tx.Body(project, "spec.md", 1); return err }},
		{bucketHead, "head/01JD0PROJECT/spec.md", func(tx *Tx) error { _, err := tx.Heads(project); return err }},
	} {
		k, value := first(t, s, c.bucket)
		for i := range value {
			broken := bytes.Clone(value)
			broken[i] ^= 0x04
			overwrite(t, s, c.bucket, k, broken)
			err := s.View(c.read)
			if workflow.CodeOf(err) != workflow.Internal || !strings.Contains(err.Error(), c.name) {
				t.Fatalf("byte %d of %s flipped: %v, want an internal error that names it", i, c.name, err)
			}
		}
		for _, cut := range []int{0, 1, overhead, len(value) - 1} {
			overwrite(t, s, c.bucket, k, value[:cut])
			if err := s.View(c.read); workflow.CodeOf(err) != workflow.Internal {
				t.Errorf("%s cut to %d bytes: %v, want an internal error", c.name, cut, err)
			}
		}
		overwrite(t, s, c.bucket, k, value)
		view(t, s, c.read)
	}
}

func TestValueUnderAnotherKeyIsDamage(t *testing.T) {
	s := open(t)
	save(t, s, "spec.md", "one")
	save(t, s, "spec.md", "two")
	_, value := first(t, s, bucketBody)
	overwrite(t, s, bucketBody, versionKey(project, "spec.md", 2), value)
	err := s.View(func(tx *Tx) error { _, _, err := tx.Body(project, "spec.md", 2); return err })
	if workflow.CodeOf(err) != workflow.Internal {
		t.Errorf("Body under another key: %v, want an internal error", err)
	}
}

// first returns the first record of a bucket as it is stored.
func first(t *testing.T, s *Store, name bucketName) (k, value []byte) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		k, value = tx.bolt.Bucket([]byte(name)).Cursor().First()
		k, value = bytes.Clone(k), bytes.Clone(value)
		return nil
	})
	return k, value
}

// overwrite puts raw bytes into a bucket.
func overwrite(t *testing.T, s *Store, name bucketName, k, value []byte) {
	t.Helper()
	err := s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(name)).Put(k, value) })
	if err != nil {
		t.Fatal(err)
	}
}
