package archive

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"plumbline/backend/disk"
)

// FuzzOpen reads bytes as an archive: an error, or entries that are what the
// manifest says.
func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "a.zip")
	err := Write(disk.Real{}, path, Manifest{Kind: Project}, func(w *Writer, _ *Manifest) error {
		return w.Add("history.bundle", true, func(to io.Writer) error { _, err := io.WriteString(to, "text"); return err })
	})
	if err != nil {
		f.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Add(sound[:len(sound)-30])
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "a.zip")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err != nil {
			return
		}
		for _, e := range r.Manifest.Entries {
			size := int64(0)
			err := r.Read(e.Name, func(in io.Reader) (err error) { size, err = io.Copy(io.Discard, in); return err })
			if err == nil && size != e.Size {
				t.Fatalf("%s has %d bytes, the manifest says %d", e.Name, size, e.Size)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
