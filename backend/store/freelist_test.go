package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"plumbline/backend/workflow"
)

// unlisted returns a file without its list of free pages.
func unlisted(t failer, file []byte) []byte {
	t.Helper()
	bare, order := slices.Clone(file), binary.NativeEndian
	m, err := newestMeta(bytes.NewReader(bare), uint64(len(bare)))
	if err != nil || m == nil {
		t.Fatal(err)
	}
	for page := range uint64(2) {
		raw := bare[page*m.pageSize+pageHeader:]
		order.PutUint64(raw[32:], noFreelist)
		sum := fnv.New64a()
		sum.Write(raw[:metaSummed])
		order.PutUint64(raw[metaSummed:], sum.Sum64())
	}
	return bare
}

func TestDamageIsFoundWithoutListOfFreePages(t *testing.T) {
	whole, _ := wide(t)
	m := metaOf(t, whole)
	bare := unlisted(t, whole)
	used := map[uint64]bool{}
	w := &walker{f: bytes.NewReader(bare), meta: m, used: used, record: func(bucketName, []byte, []byte) {},
		broken: func(_ bucketName, _ []byte, page uint64, why string) { t.Fatalf("page %d: %s", page, why) }}
	w.walk()
	path := filepath.Join(t.TempDir(), fileName)
	for page := range used {
		file := slices.Clone(bare)
		for i := range m.pageSize {
			file[page*m.pageSize+i] ^= byte(0x5A + i)
		}
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := Inspect(context.Background(), path)
		if err != nil || found.Err(path) == nil || workflow.CodeOf(CheckSnapshot(context.Background(), path)) != workflow.Invalid {
			t.Errorf("page %d: Inspect finds %v, %v", page, found.Faults, err)
		}
	}
}
