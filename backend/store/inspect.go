package store

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// Inspection is what Inspect has found.
type Inspection struct {
	Schema int `json:"schema"`
	// Records counts the records of each bucket.
	Records map[string]int `json:"records"`
	// Faults are the first ones; More counts those that are not listed.
	Faults []Fault `json:"faults"`
	More   int     `json:"more"`
}

// Err returns what was found as one Invalid error, nil when all is well.
func (i Inspection) Err(path string) error { return faultsError(path, i.Faults, i.More) }

// Inspect examines a database file that nobody has open for writing: the pages,
// the checksum of every value, every record against its kind, and every derived
// record against what it is derived from. It changes nothing. What it finds is
// in the Inspection; an error says that it could not look.
//
// It does not trust the file. But bbolt's own check, which comes last, maps it
// into memory and can crash the process: run it in a child process.
func Inspect(ctx context.Context, path string) (Inspection, error) {
	found, err := inspectPages(ctx, path)
	if err != nil || len(found.list) > 0 {
		return found.inspection(), err
	}
	if found.schema > schemaVersion {
		return found.inspection(), checkSchema(path, schema{Version: found.schema})
	}
	db, err := openFile(path, true)
	if err != nil {
		return found.inspection(), err
	}
	err = guard(path, func() error {
		if err := db.View(func(tx *bolt.Tx) error {
			for err := range tx.Check() {
				found.add(Fault{Reason: err.Error()})
			}
			return ctx.Err()
		}); err != nil || found.schema < schemaVersion {
			return err // an older schema has other rules; migrating it does not repair it
		}
		view := func(fn func(*Tx) error) error {
			return db.View(func(tx *bolt.Tx) error { return fn(&Tx{bolt: tx}) })
		}
		return verify(ctx, view, found.add)
	})
	return found.inspection(), errors.Join(err, db.Close())
}

// CheckSnapshot makes sure that a file is a whole database of Plumbline, with
// every page in its place and every value as it was written. It is safe to call
// in any process. Damage is Invalid, and so is a file of a newer Plumbline.
func CheckSnapshot(ctx context.Context, path string) error {
	found, err := inspectPages(ctx, path)
	if err != nil {
		return err
	}
	if err := faultsError(path, found.list, found.more); err != nil {
		return err
	}
	return checkSchema(path, schema{Version: found.schema})
}

// inspected is what goes into an Inspection.
type inspected struct {
	faults
	schema  int
	records map[string]int
	kinds   map[bucketName]kind
}

func (i *inspected) inspection() Inspection {
	return Inspection{Schema: i.schema, Records: i.records, Faults: append([]Fault{}, i.list...), More: i.more}
}

// inspectPages goes through all pages of a file and checks every value.
func inspectPages(ctx context.Context, path string) (found *inspected, err error) {
	found = &inspected{records: map[string]int{}, kinds: kinds()}
	f, m, err := openChecked(path)
	if workflow.CodeOf(err) == workflow.Invalid {
		found.add(Fault{Reason: err.Error()})
		return found, nil
	}
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := &walker{f: f, meta: m, used: map[uint64]bool{}, record: found.record, bucket: found.bucket}
	w.broken = func(name bucketName, from []byte, page uint64, why string) {
		found.add(brokenPage(name, from, page, why))
	}
	if m.alone {
		found.add(Fault{Reason: lonelyHead})
	}
	w.walk()
	if len(found.list) == 0 { // else what is unused would only follow from what was found
		if free, err := readFreelist(f, m); err != nil {
			found.add(Fault{Where: fmt.Sprintf("page %d", m.freelist), Reason: "the disk does not read it."})
		} else {
			w.unused(free, found.add)
		}
	}
	found.missing()
	return found, ctx.Err()
}

// brokenPage is the fault for a page that cannot be read.
func brokenPage(name bucketName, from []byte, page uint64, why string) Fault {
	f := faultOf(name, from, why+".")
	if page > 0 {
		f.Where = fmt.Sprintf("page %d", page)
	}
	return f
}

// bucket notes that a bucket is there.
func (i *inspected) bucket(name bucketName, _ uint64) { i.records[string(name)] += 0 }

// record checks one value.
func (i *inspected) record(name bucketName, k, v []byte) {
	i.records[string(name)]++
	kind, declared := i.kinds[name]
	if !declared {
		return // a newer Plumbline may have it
	}
	payload, ok := kind.open(k, v)
	if !ok {
		i.add(faultOf(name, k, "the bytes are not those that were written."))
		return
	}
	if name == bucketMeta && string(k) == schemaKey {
		var s schema
		if err := decodePayload(payload, &s); err == nil {
			i.schema = s.Version
		}
	}
}

// missing looks for buckets of this schema that are not there.
func (i *inspected) missing() {
	if i.schema == 0 && len(i.list) == 0 {
		i.add(faultOf(bucketMeta, []byte(schemaKey), "another program made the file."))
	}
	if i.schema != schemaVersion {
		return
	}
	for _, d := range declarations() {
		if _, ok := i.records[string(d.name)]; !ok {
			i.add(faultOf(d.name, nil, "this part of the database is missing."))
		}
	}
}

// Verify examines the open database while others read and write: the checksum
// of every value, every record against its kind, and every derived record
// against what it is derived from. It calls fn for each fault. It reads in short
// transactions, so that the file does not grow because of it.
func (s *Store) Verify(ctx context.Context, fn func(Fault)) error { return verify(ctx, s.View, fn) }

// verifyBytes bounds what one transaction of verify reads.
const verifyBytes = 2 << 20

// verify checks all records by their rules, a part at a time.
func verify(ctx context.Context, view func(func(*Tx) error) error, fn func(Fault)) error {
	kinds := kinds()
	for _, d := range declarations() {
		for from, more := []byte(nil), true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			found := []Fault{}
			err := view(func(tx *Tx) (err error) {
				from, more, err = (&ruler{tx: tx}).some(d.name, kinds[d.name], from, func(f Fault) { found = append(found, f) })
				return err
			})
			if err != nil {
				return err
			}
			for _, f := range found {
				fn(f)
			}
		}
	}
	return nil
}

// some checks records from a key on and returns where to go on.
func (r *ruler) some(name bucketName, kind kind, from []byte, fn func(Fault)) (next []byte, more bool, err error) {
	b, err := r.tx.bucket(name)
	if err != nil {
		return nil, false, err
	}
	c, size, count := b.Cursor(), 0, 0
	for k, v := c.Seek(from); k != nil; k, v = c.Next() {
		if size > verifyBytes || count == someRecords {
			return append([]byte(nil), k...), true, nil
		}
		size, count = size+len(k)+len(v), count+1
		payload, ok := kind.open(k, v)
		reason := "the bytes are not those that were written."
		if ok {
			if reason, err = kind.rule(r, k, payload); err != nil {
				return nil, false, err
			}
		}
		if reason != "" {
			fn(faultOf(name, k, reason))
		}
	}
	return nil, false, nil
}
