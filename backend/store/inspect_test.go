package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// sound makes a closed database of a project that went through everything and
// is consistent, and returns its folder.
func sound(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fillSound(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// fillSound writes to every bucket, as the engine would.
func fillSound(t testing.TB, s *Store) {
	t.Helper()
	waiting := aRun
	waiting.ID, waiting.State = "01JD0WAITING", workflow.RunWaiting
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutProject(aProject), tx.PutRunText(aRun.ID, "prompt", "p"), tx.PutRun(aRun), tx.PutCandidate(aCandidate),
			tx.PutRun(waiting), tx.AppendChunk(waiting.ID, "answer", "so far"), tx.AddGateRecord(aGateRecord),
			tx.PutTicks(project, "spec.md", map[string]workflow.Tick{"item": aTick}), tx.PutVariables(project, "spec", map[string]string{"a": "b"}),
			tx.PutEffort(anEffort), tx.PutFinding(aFinding), tx.PutFiling(aFiling), tx.PutDraft(aDraft), tx.PutShelfFile(aShelfFile), tx.PutSettings(workflow.DefaultSettings()), tx.PutCalibration("model", 3.5), tx.PutNumCtx("model", 8192),
			tx.Describe(project, ann, noon, "Fill"))
	})
	for i := range 60 {
		save(t, s, fmt.Sprintf("steps/%02d.md", i%20), fmt.Sprint("text ", i))
	}
	drain(t, s, map[string]*repository{}, 50)
}

func inspect(t testing.TB, path string) Inspection {
	t.Helper()
	found, err := Inspect(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSoundDatabaseHasNoFaults(t *testing.T) {
	dir := sound(t)
	path := filepath.Join(dir, fileName)
	before := read(t, path)
	found := inspect(t, path)
	if err := found.Err(path); err != nil || found.Schema != schemaVersion {
		t.Errorf("Inspect: %+v, %v", found, err)
	}
	for _, d := range declarations() {
		if found.Records[string(d.name)] == 0 {
			t.Errorf("no record of %s was counted", d.name)
		}
	}
	if err := CheckSnapshot(t.Context(), path); err != nil {
		t.Error(err)
	}
	if read(t, path) != before {
		t.Error("looking changed the file")
	}
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Verify(t.Context(), func(f Fault) { t.Error(f) }); err != nil {
		t.Error(err)
	}
}

func TestStoredDatabaseIsInspectedAsItIs(t *testing.T) {
	path := filepath.Join(unzip(t, 1), fileName)
	found := inspect(t, path)
	if err := found.Err(path); err != nil || found.Schema != 1 || found.Records["version"] != 6 {
		t.Errorf("Inspect of schema 1: %+v, %v", found, err)
	}
}

// spoiled is one way to spoil a database, and what must be said about it.
type spoiled struct {
	bucket bucketName
	why    string
	spoil  func(b *bolt.Bucket, k, v []byte) error
}

// dropped takes a record away without a word to those that rest on it.
func dropped(b *bolt.Bucket, k, _ []byte) error { return b.Delete(k) }

// flipped changes one byte of a value.
func flipped(b *bolt.Bucket, k, v []byte) error {
	bad := bytes.Clone(v)
	if len(bad) == 0 {
		bad = []byte{1}
	}
	bad[len(bad)-1] ^= 4
	return b.Put(k, bad)
}

// edited replaces a text within a JSON value and seals it anew, so that only the
// rules can tell.
func edited(old, fresh string) func(b *bolt.Bucket, k, v []byte) error {
	return func(b *bolt.Bucket, k, v []byte) error {
		payload := bytes.Replace(v[overhead:], []byte(old), []byte(fresh), 1)
		if bytes.Equal(payload, v[overhead:]) {
			return fmt.Errorf("%s does not hold %s", v, old)
		}
		return b.Put(k, seal(v[0], k, payload))
	}
}

// misfiled puts a record under another key.
func misfiled(b *bolt.Bucket, k, v []byte) error {
	other := append(bytes.Clone(k), 'x')
	payload := []byte{}
	if len(v) > 0 {
		payload = v[overhead:]
		return b.Put(other, seal(v[0], other, payload))
	}
	return b.Put(other, payload)
}

func spoils() []spoiled {
	all := []spoiled{
		{bucketProject, "its project is missing", dropped},
		{bucketRun, "what it stands for is missing", dropped},
		{bucketRunByProject, "an index that should name it", dropped},
		{bucketRunActive, "index of the active runs", dropped},
		{bucketCandidate, "what it stands for is missing", dropped},
		{bucketCandidateByProject, "an index that should name it", dropped},
		{bucketCandidateOpen, "index of the open candidates", dropped},
		{bucketVersion, "is missing", dropped},
		{bucketHead, "another one is the current", dropped},
		{bucketBody, "its text is missing", dropped},
		{bucketPage, "an index that should name it", dropped},
		{bucketGitHead, "the head of the history is not known", dropped},
		{bucketOutbox, "does not wait to be written", dropped},
		{bucketHead, "there is a newer version", func(b *bolt.Bucket, k, _ []byte) error { return b.Put(k, seal(formatJSON, k, []byte("1"))) }},
		{bucketBody, "not the text of its version", func(b *bolt.Bucket, k, _ []byte) error { return b.Put(k, seal(formatText, k, []byte("other"))) }},
		{bucketCandidate, "index of the open candidates", edited(`"open"`, `"accepted"`)},
		{bucketVersion, "not half of it", edited(`"blob":"`, `"blob":"","x":"`)},
		{bucketRun, "index of the active runs", edited(`"succeeded"`, `"running"`)},
		{bucketOutbox, "has not been given out", func(b *bolt.Bucket, _, _ []byte) error { return b.SetSequence(1) }},
		{bucketChunk, "has not been given out", func(b *bolt.Bucket, _, _ []byte) error { return b.SetSequence(0) }},
		{bucketCalibration, "no such ratio", func(b *bolt.Bucket, k, _ []byte) error { return b.Put(k, seal(formatJSON, k, []byte("0"))) }},
		{bucketNumCtx, "no such window", func(b *bolt.Bucket, k, _ []byte) error { return b.Put(k, seal(formatJSON, k, []byte("-1"))) }},
		{bucketGateRecord, "the record before it is missing", func(b *bolt.Bucket, k, v []byte) error {
			other := key(project, numberKey(3))
			return b.Put(other, seal(formatJSON, other, v[overhead:]))
		}},
	}
	for _, d := range declarations() {
		all = append(all, spoiled{d.name, "not those that were written", flipped})
		switch d.name {
		case bucketMeta, bucketCalibration, bucketNumCtx, bucketTick, bucketVariable: // nothing else says what their keys must be
		default:
			all = append(all, spoiled{d.name, "", misfiled})
		}
	}
	return all
}

func TestEveryFaultIsFound(t *testing.T) {
	whole := []byte(read(t, filepath.Join(sound(t), fileName)))
	for i, c := range spoils() {
		t.Run(fmt.Sprintf("%d %s %s", i, c.bucket, c.why), func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			change(t, dir, func(tx *bolt.Tx) error {
				b := tx.Bucket([]byte(c.bucket))
				k, v := b.Cursor().First()
				return c.spoil(b, bytes.Clone(k), bytes.Clone(v))
			})
			found := inspect(t, path)
			told(t, c, found.Faults)
			if err := found.Err(path); workflow.CodeOf(err) != workflow.Invalid || !strings.Contains(err.Error(), path) {
				t.Errorf("Err: %v, want an invalid error about the file", err)
			}
			if c.bucket == bucketMeta {
				return // Open refuses that one
			}
			s, err := Open(t.Context(), dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			live := []Fault{}
			if err := s.Verify(t.Context(), func(f Fault) { live = append(live, f) }); err != nil {
				t.Fatal(err)
			}
			told(t, c, live)
		})
	}
}

// told fails the test unless a fault says what was spoiled.
func told(t *testing.T, c spoiled, found []Fault) {
	t.Helper()
	if !slices.ContainsFunc(found, func(f Fault) bool { return strings.Contains(f.Reason, c.why) && f.Bucket != "" }) {
		t.Errorf("nothing says %q, only %v", c.why, found)
	}
}

// TestInspectNeverTrustsTheFile flips bits and overwrites pages: the examination
// ends, and either says what is wrong or the file gives exactly the records that
// were written.
func TestInspectNeverTrustsTheFile(t *testing.T) {
	dir := sound(t)
	path := filepath.Join(dir, fileName)
	whole, want := []byte(read(t, path)), dump(t, path)
	m := metaOf(t, whole)
	base, round := t.TempDir(), 0
	noticed := 0
	rapid.Check(t, func(t *rapid.T) {
		file := slices.Clone(whole[:m.pages*m.pageSize])
		for range rapid.IntRange(1, 3).Draw(t, "damages") {
			at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				file[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			case 1:
				clear(file[at&^511 : at&^511+512])
			default:
				page := uint64(at) / m.pageSize * m.pageSize
				from := rapid.Uint64Range(0, m.pages-1).Draw(t, "from") * m.pageSize
				if page <= m.pageSize && from <= m.pageSize {
					continue // one meta page in the place of the other is the state before the last write, and sound
				}
				copy(file[page:page+m.pageSize], file[from:from+m.pageSize])
			}
		}
		round++
		bad := filepath.Join(base, fmt.Sprint(round%8))
		if err := os.WriteFile(bad, file, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := inspectPages(context.Background(), bad)
		if err != nil {
			t.Fatal(err)
		}
		if len(found.list) > 0 {
			noticed++
			return
		}
		got := map[string]string{}
		walkRecords(t, bad, func(name bucketName, k, v []byte) { got[readable(name, k)] = string(v) })
		if d := differences(got, want); len(d) > 0 {
			t.Fatalf("nothing was found, but:\n%s", strings.Join(d, "\n"))
		}
	})
	if noticed == 0 {
		t.Error("no damage was noticed")
	}
}

// walkRecords reads all records of a file page by page.
func walkRecords(t failer, path string, record func(name bucketName, k, v []byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := newestMeta(f, uint64(info.Size()))
	if err != nil || m == nil {
		t.Fatal("no meta page", err)
	}
	w := &walker{f: f, meta: *m, used: map[uint64]bool{}, record: record,
		broken: func(bucketName, []byte, uint64, string) {}}
	w.walk()
}

func TestVerifyReadsInShortTransactions(t *testing.T) {
	s := open(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutProject(aProject), tx.Describe(project, ann, noon, "Start"))
	})
	for i := range 5 { // several parts of bodies
		save(t, s, fmt.Sprintf("%d.md", i), strings.Repeat("x", verifyBytes))
	}
	written := false
	err := verify(t.Context(), func(fn func(*Tx) error) error {
		err := s.View(fn)
		update(t, s, func(tx *Tx) error { return tx.PutNumCtx("m", 1) }) // would wait for ever inside of one
		written = true
		return err
	}, func(f Fault) { t.Error(f) })
	if err != nil || !written {
		t.Errorf("verify: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Verify(ctx, func(Fault) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify, canceled: %v", err)
	}
}

func TestInspectionIsJSONWithoutNulls(t *testing.T) {
	text, err := json.Marshal(inspect(t, filepath.Join(sound(t), fileName)))
	if err != nil || bytes.Contains(text, []byte("null")) {
		t.Errorf("%s, %v", text, err)
	}
}
