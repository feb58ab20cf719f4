package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// TestEveryBucketIsDeclared compares three lists: the names in the source, the
// declarations, and the buckets of a database in which everything was written.
func TestEveryBucketIsDeclared(t *testing.T) {
	declared := []string{}
	for _, d := range declarations() {
		declared = append(declared, string(d.name))
		if !slices.Contains([]nature{projected, derived, local}, d.nature) {
			t.Errorf("bucket %s is declared %q", d.name, d.nature)
		}
	}
	slices.Sort(declared)

	inSource := []string{}
	file, err := parser.ParseFile(token.NewFileSet(), "bucket.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && len(spec.Values) == 1 && strings.HasPrefix(spec.Names[0].Name, "bucket") {
			name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			inSource = append(inSource, name)
		}
		return true
	})
	slices.Sort(inSource)
	same(t, "the source", inSource, nil, declared)

	s := open(t)
	fill(t, s)
	inFile := []string{}
	err = s.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			inFile = append(inFile, string(name))
			if k, _ := b.Cursor().First(); k == nil {
				t.Errorf("bucket %s is empty: fill must write to every bucket", name)
			}
			return nil
		})
	})
	same(t, "the file", inFile, err, declared)
}

// TestEveryProjectedRecordIsInGit takes the files of the commit of fill and looks
// for what the database holds.
func TestEveryProjectedRecordIsInGit(t *testing.T) {
	s := open(t)
	files := map[string]string{}
	fillAndCollect(t, s, files)
	natures := map[string]nature{}
	for _, d := range declarations() {
		natures[string(d.name)] = d.nature
	}
	found := map[string]int{}
	for path := range files {
		parts := strings.Split(path, "/")
		if parts[0] != recordDir {
			continue
		}
		if natures[parts[1]] != projected {
			t.Errorf("%s is in git, but its bucket is %s", path, natures[parts[1]])
		}
		if id := strings.TrimSuffix(parts[3], ".json"); parts[2] != id[len(id)-2:] {
			t.Errorf("%s is not in the folder of its last two characters", path)
		}
		found[parts[1]]++
	}
	err := s.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			if natures[string(name)] != projected {
				return nil
			}
			return b.ForEach(func(k, value []byte) error {
				checkProjected(t, string(name), k, value, files)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"project": 1, "run": 1, "run_text": 2, "candidate": 1, "version": 1, "gate_record": 1, "tick": 1, "variable": 1, "effort": 1, "finding": 1, "filing": 1,
	}
	same(t, "the number of files by kind", found, nil, want)
}

// fillAndCollect fills a store and returns the files it noted for git.
func fillAndCollect(t *testing.T, s *Store, files map[string]string) {
	t.Helper()
	fill(t, s)
	// The commit of fill has left the outbox: write the same again to another store.
	other := open(t)
	update(t, other, func(tx *Tx) error {
		return errors.Join(tx.PutProject(aProject), tx.PutRunText(aRun.ID, "prompt", "the \xff prompt"),
			tx.PutRunText(aRun.ID, "answer", "the answer"), tx.PutRun(aRun), tx.PutCandidate(aCandidate),
			tx.AddVersion(aVersion(), "body"), tx.AddGateRecord(aGateRecord),
			tx.PutTicks(project, "spec.md", map[string]workflow.Tick{"item": aTick}),
			tx.PutVariables(project, "spec", map[string]string{"name": "value"}), tx.PutEffort(anEffort), tx.PutFinding(aFinding), tx.PutFiling(aFiling),
			tx.Describe(project, ann, berlin, "Fill"))
	})
	pending, err := other.Pending(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range pending[0].Files {
		files[f.Path] = string(f.Content)
	}
}

// checkProjected fails the test unless a file holds the payload of a record.
func checkProjected(t *testing.T, bucket string, k, value []byte, files map[string]string) {
	t.Helper()
	payload := value[overhead:]
	if strings.Contains(string(k), "WAITING") {
		return // has not ended
	}
	if bucket == "version" { // the names in git cannot be in git
		payload = bytes.Replace(payload, []byte(`"commit":"c0","blob":"b0"`), []byte(`"commit":"","blob":""`), 1)
	}
	for path, content := range files {
		if !strings.HasPrefix(path, recordDir+"/"+bucket+"/") {
			continue
		}
		var compact bytes.Buffer
		if value[0] == formatText {
			compact.WriteString(content)
		} else if err := json.Compact(&compact, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(compact.Bytes(), payload) {
			return
		}
	}
	t.Errorf("no file in git holds %s", readable(bucketName(bucket), k))
}
