package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

const (
	// schemaVersion is the schema this program writes, see doc.go.
	schemaVersion = 3
	schemaKey     = "schema"
)

// migration brings a database to the next schema. All that are needed run in
// one transaction: a database is of one schema or of the other.
type migration func(*Tx) error

// migrations holds the steps: the first leads from schema 1 to 2. From 2 to 3 there
// are only buckets more, which every step finds there.
func migrations() []migration {
	return []migration{(*Tx).indexOpenCandidates, func(*Tx) error { return nil }}
}

// indexOpenCandidates makes the index of the candidates that are still to be
// decided. Some databases of schema 1 have it, filled by the same rule.
func (tx *Tx) indexOpenCandidates() error {
	if err := tx.emptyBucket(bucketCandidateOpen); err != nil {
		return err
	}
	candidates, err := list[workflow.Candidate](tx, bucketCandidate, nil)
	if err != nil {
		return err
	}
	for _, c := range candidates {
		if err := tx.indexCandidate(c); err != nil {
			return err
		}
	}
	return nil
}

// emptyBucket makes a bucket anew.
func (tx *Tx) emptyBucket(name bucketName) error {
	if tx.bolt.Bucket([]byte(name)) != nil {
		if err := tx.bolt.DeleteBucket([]byte(name)); err != nil {
			return fmt.Errorf("empty bucket %s: %w", name, err)
		}
	}
	if _, err := tx.bolt.CreateBucket([]byte(name)); err != nil {
		return fmt.Errorf("make bucket %s: %w", name, err)
	}
	return nil
}

// checkSchema refuses a file that is not ours or that is newer than this program.
func checkSchema(path string, found schema) error {
	switch {
	case found.Version < 1:
		return notDatabase(path, "another program made it")
	case found.Version > schemaVersion:
		return workflow.Errorf(workflow.Invalid, "The database %s was written by a newer Plumbline.", path).
			WithHint("Install the newest version of Plumbline. Nothing was changed.")
	}
	return nil
}

// migrate brings the open database to the schema of this program.
func (s *Store) migrate(found schema) error {
	err := s.db.Update(func(b *bolt.Tx) error {
		if err := makeBuckets(b); err != nil {
			return err
		}
		tx := &Tx{store: s, bolt: b}
		for version, step := range migrations()[found.Version-1:] {
			if err := step(tx); err != nil {
				return fmt.Errorf("step %d: %w", found.Version+version, err)
			}
		}
		_, err := tx.put(bucketMeta, key(schemaKey), schema{Version: schemaVersion, CreatedAt: found.CreatedAt})
		return err
	})
	if err == nil {
		return nil
	}
	if known := s.explain("", err); workflow.CodeOf(known) == workflow.Unavailable {
		return known
	}
	return because(err, workflow.Invalid, "The database %s cannot be brought to the new format: %v.", s.Path(), err).
		WithHint("Nothing was changed. “plumbline repair” looks for damage; the Plumbline that wrote the file can still open it.")
}

// backupPath is where a database is kept as it was before its schema was changed.
func (s *Store) backupPath(version int) string {
	return fmt.Sprintf("%s.schema-%d.bak", s.Path(), version)
}

// backUp keeps the database as it is, before anything is written to it. When it
// returns, the copy is durable and has been read back.
func (s *Store) backUp(version int) error {
	if err := s.makeMark(); err != nil {
		return err
	}
	temporary := s.copyPath()
	err := ignoreMissing(s.disk.Remove(temporary))
	if err == nil {
		err = copyFile(s.disk, s.Path(), temporary)
	}
	if err == nil {
		err = s.disk.Rename(temporary, s.backupPath(version))
	}
	if err == nil {
		err = s.syncNames()
	}
	if err != nil {
		return because(errors.Join(err, ignoreMissing(s.disk.Remove(temporary))), workflow.Unavailable,
			"The database %s has an older format, and no copy of it could be made before changing it.", s.Path()).
			WithHint("Make sure that %s has room for a second copy of it and can be written to. Nothing was changed.", s.dir)
	}
	return nil
}

// copyFile makes a synced copy of a file and compares it with the original.
func copyFile(d disk.Disk, from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := d.Create(to)
	if err != nil {
		return err
	}
	read := sha256.New()
	if _, err = io.Copy(out, io.TeeReader(in, read)); err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return compare(to, read)
}

// compare fails unless a file has the content that has gone into want.
func compare(path string, want hash.Hash) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	got := sha256.New()
	if _, err := io.Copy(got, f); err != nil {
		return err
	}
	if string(got.Sum(nil)) != string(want.Sum(nil)) {
		return fmt.Errorf("%s does not read back as it was written", path)
	}
	return nil
}
