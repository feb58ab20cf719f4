package main

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

func TestTurnsGiveEachDocumentItsVersions(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ artifacts, versions int }{{7, 12}, {3, 1}, {1, session}} {
		got := map[int]int{}
		for _, which := range turns(rng, c.artifacts, c.versions) {
			got[which]++
		}
		for i := range c.artifacts {
			if got[i] != c.versions || len(got) != c.artifacts {
				t.Errorf("of %+v, document %d has %d turns, and %d have any", c, i, got[i], len(got))
			}
		}
	}
}

func TestSharesAreTheWhole(t *testing.T) {
	sum := deepArtifacts
	for n := range manyProjects - 1 {
		sum += share(manyArtifacts-deepArtifacts, manyProjects-1, n)
	}
	if sum != manyArtifacts {
		t.Errorf("the projects have %d artifacts, want %d", sum, manyArtifacts)
	}
}

func TestManuscriptChangesWithEachVersion(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	m := newManuscript(rng, "a.md", 8000)
	if n := len(m.text()); n < 8000 || n > 12000 {
		t.Errorf("a document of about 8,000 bytes has %d", n)
	}
	for i := range 200 {
		before := m.text()
		if i%3 == 0 {
			m.tick(rng)
		} else {
			m.revise(rng)
		}
		if m.text() == before {
			t.Fatalf("version %d is the one before", i)
		}
	}
}

// TestFilledDataIsWhatTheEngineKnows opens data that no save has made.
func TestFilledDataIsWhatTheEngineKnows(t *testing.T) {
	shop := &workshop{dir: t.TempDir()}
	dir, err := fewData(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(t.Context(), engine.Options{Dir: dir, Version: "test", Door: engine.DoorCommand})
	if err != nil {
		t.Fatal(err)
	}
	for n := range fewCommits / session {
		log, err := e.Log(t.Context(), projectID(0), deepPath(n), workflow.LogQuery{})
		if err != nil || log.Total != session {
			t.Errorf("%s has %d versions, %v, want %d", deepPath(n), log.Total, err, session)
		}
	}
	d, err := e.Document(t.Context(), projectID(0), savedPath, 1)
	if err != nil || workflow.Hash(d.Markdown) != d.Version.Hash || d.Version.Commit == "" {
		t.Errorf("the first version of %s: %+v, %v", savedPath, d.Version, err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if out, err := exec.CommandContext(t.Context(), "git", "-C", repositoryOf(dir, 0), "fsck", "--full", "--strict").CombinedOutput(); err != nil {
		t.Errorf("git fsck: %v\n%s", err, out)
	}
}

func TestPendingSavesAreDrainedByOpening(t *testing.T) {
	dir := t.TempDir()
	list := edits()[:30]
	if err := pend(t.Context(), dir, list); err != nil {
		t.Fatal(err)
	}
	h := &hand{}
	var r result
	if err := h.open(t.Context(), order{Dir: dir}, &r); err != nil || r.Millis <= 0 {
		t.Fatalf("open: %+v, %v", r, err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	last := list[len(list)-1]
	text, err := newRepository(repositoryOf(dir, 0)).output(t.Context(), "show", "main:"+last.path)
	if err != nil || text != last.body {
		t.Errorf("git has %d bytes of %s, %v, want %d", len(text), last.path, err, len(last.body))
	}
}

func TestWorkerSaysWhatWentWrongAndGoesOn(t *testing.T) {
	in, orders := io.Pipe()
	results, out := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- work(context.Background(), in, out) }()
	enc, dec := json.NewEncoder(orders), json.NewDecoder(results)
	ask := func(o order) (r result) {
		if err := enc.Encode(o); err != nil {
			t.Fatal(err)
		}
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := ask(order{Do: "dance"}); !strings.Contains(r.Error, "not known") {
		t.Errorf("an unknown order: %+v", r)
	}
	if r := ask(order{Do: "open", Dir: t.TempDir()}); r.Error != "" {
		t.Errorf("open: %+v", r)
	}
	if r := ask(order{Do: "read", Path: "a.md", Number: 1}); r.Error == "" {
		t.Errorf("a document that is not there: %+v", r)
	}
	if err := orders.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestMostMemoryIsReadFromTheStatus(t *testing.T) {
	if got, err := mostOf("Name:\tx\nVmHWM:\t  2000 kB\nVmRSS:\t 1 kB\n"); err != nil || got != 2.048 {
		t.Errorf("most memory: %v, %v", got, err)
	}
	if _, err := mostOf("VmRSS:\t 1 kB\n"); err == nil {
		t.Error("a status without it is no error")
	}
}
