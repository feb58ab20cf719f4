package archive

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

// content is an entry of the tests.
type content struct {
	name, text string
	packed     bool
}

func someContent() []content {
	return []content{{"plumbline.db", strings.Repeat("page ", 1000), false}, {"projects/P.bundle", rand.Text() + rand.Text(), true}, {"empty", "", false}}
}

func write3(t *testing.T, d disk.Disk, path string, all []content) error {
	t.Helper()
	m := Manifest{Kind: Backup, CreatedAt: time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("", 3600)), Plumbline: "1.2.3"}
	return Write(d, path, m, func(w *Writer, m *Manifest) error {
		m.Projects = []Content{{ID: "P", Name: "Tide table", Tip: "abc"}}
		for _, c := range all {
			if err := w.Add(c.name, c.packed, func(to io.Writer) error { _, err := io.WriteString(to, c.text); return err }); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	all := someContent()
	if err := write3(t, disk.Real{}, path, all); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	m := r.Manifest
	if m.Kind != Backup || m.Plumbline != "1.2.3" || len(m.Projects) != 1 || m.CreatedAt.Format(time.RFC3339) != "2026-03-01T08:00:00Z" {
		t.Errorf("the manifest is %+v", m)
	}
	for _, c := range all {
		var got bytes.Buffer
		if err := r.Read(c.name, func(in io.Reader) error { _, err := got.ReadFrom(in); return err }); err != nil || got.String() != c.text {
			t.Errorf("%s is %q, %v", c.name, got.String(), err)
		}
	}
	if r.Has("manifest.json") || !r.Has("empty") {
		t.Error("the entries are not those that were added")
	}
	if err := r.Read("nothing", nil); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("an entry that is not there: %v", err)
	}
}

func TestAnArchiveIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.zip")
	broken := errors.New("broken")
	err := Write(disk.Real{}, path, Manifest{}, func(w *Writer, _ *Manifest) error {
		return errors.Join(w.Add("a", false, func(to io.Writer) error { _, err := io.WriteString(to, "half"); return err }), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want what went wrong", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%s is left", left[0].Name())
	}
	if err := write3(t, disk.Real{}, path, someContent()); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	if err := write3(t, disk.Real{}, path, someContent()); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("writing over a file: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file that was there has changed")
	}
	if err := write3(t, disk.Real{}, filepath.Join(dir, "no", "folder.zip"), someContent()); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestDamageIsFound turns every byte of a small archive, one at a time. Either
// that is found, or nothing that is read from it has changed.
func TestDamageIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	if err := write3(t, disk.Real{}, path, []content{{"a", "some text", false}, {"b", "more", true}}); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range sound {
		bad := bytes.Clone(sound)
		bad[i] ^= 0x10
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkAll(t, path); err != nil {
			found++
			if workflow.CodeOf(err) != workflow.Invalid {
				t.Errorf("byte %d: %v", i, err)
			}
		}
	}
	if found < len(sound)/2 {
		t.Errorf("%d of %d turned bytes are found", found, len(sound))
	}
	for _, cut := range []int{0, 1, len(sound) / 2, len(sound) - 1} {
		if err := os.WriteFile(path, sound[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkAll(t, path); workflow.CodeOf(err) != workflow.Invalid {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}

// checkAll reads everything. What is read without an error must be what was written.
func checkAll(t *testing.T, path string) error {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		return err
	}
	err = r.Check()
	for name, want := range map[string]string{"a": "some text", "b": "more"} {
		var text []byte
		read := r.Read(name, func(in io.Reader) (err error) { text, err = io.ReadAll(in); return err })
		if read == nil && string(text) != want {
			t.Errorf("%s reads %q without an error", name, text)
		}
		err = errors.Join(err, read)
	}
	return errors.Join(err, r.Close())
}

func TestForeignFilesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	if _, err := Open(path); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(path, []byte("PK hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("no archive: %v", err)
	}
}
