package store

import (
	"encoding/json"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// shape reports whether a record can belong to a bucket, from the parts of its
// key and its payload.
type shape func(parts []string, payload []byte) bool

// shapes holds what the records look like that can be told from others without
// the tree they were in. Indexes and heads are derived and not among them.
func shapes() map[bucketName]shape {
	return map[bucketName]shape{
		bucketMeta:      func(p []string, v []byte) bool { return is(p, schemaKey) && has(v, "version") },
		bucketProject:   func(p []string, v []byte) bool { return named(p, v, "id") && has(v, "slug", "workflowId") },
		bucketRun:       func(p []string, v []byte) bool { return named(p, v, "id") && has(v, "promptHash", "state") },
		bucketCandidate: func(p []string, v []byte) bool { return named(p, v, "runId") && has(v, "base", "state") },
		bucketRunText:   func(p []string, _ []byte) bool { return len(p) == 2 && checkPart(p[0], p[1]) == nil },
		bucketChunk: func(p []string, _ []byte) bool {
			return len(p) == 3 && checkPart(p[0], p[1]) == nil && digits(p[2], 20)
		},
		bucketVersion: func(p []string, v []byte) bool {
			return len(p) == 3 && digits(p[2], 10) && has(v, "number", "hash", "path")
		},
		bucketBody:       func(p []string, _ []byte) bool { return len(p) == 3 && digits(p[2], 10) },
		bucketPage:       func(p []string, v []byte) bool { return len(p) == 2 && strings.ToLower(string(v)) == p[1] },
		bucketGateRecord: func(p []string, v []byte) bool { return len(p) == 2 && digits(p[1], 10) && has(v, "action", "phase") },
		bucketTick: func(p []string, v []byte) bool {
			return len(p) == 2 && strings.Contains(p[1], ".") && each[workflow.Tick](v)
		},
		bucketVariable: func(p []string, v []byte) bool {
			return len(p) == 2 && workflow.CheckID(p[1]) == nil && each[string](v)
		},
		bucketEffort: func(p []string, v []byte) bool { return len(p) == 3 && has(v, "seconds", "correction") },
		bucketFinding: func(p []string, v []byte) bool {
			return len(p) == 2 && has(v, "fingerprint", "sightings") && named(p[1:], v, "id")
		},
		bucketFiling: func(p []string, v []byte) bool {
			return len(p) == 2 && has(v, "lookedAt", "listed") && named(p[1:], v, "id")
		},
		bucketGitHead:     func(p []string, v []byte) bool { return len(p) == 1 && readsAs[string](v) },
		bucketOutbox:      func(p []string, v []byte) bool { return len(p) == 1 && digits(p[0], 20) && has(v, "seq", "files") },
		bucketDraft:       func(p []string, v []byte) bool { return len(p) == 2 && has(v, "base", "body") },
		bucketShelfFile:   func(p []string, v []byte) bool { return named(p, v, "path") && has(v, "hash", "gone") },
		bucketSetting:     func(p []string, v []byte) bool { return is(p, settingsKey) && has(v, "authorName") },
		bucketCalibration: func(p []string, v []byte) bool { return len(p) == 1 && readsAs[float64](v) },
		bucketNumCtx:      func(p []string, v []byte) bool { return len(p) == 1 && readsAs[int](v) },
	}
}

func is(parts []string, only string) bool { return len(parts) == 1 && parts[0] == only }

func digits(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789") == ""
}

func readsAs[T any](payload []byte) bool {
	var v T
	return json.Unmarshal(payload, &v) == nil
}

func each[T any](payload []byte) bool { return readsAs[map[string]T](payload) }

// has reports whether a payload is an object with some fields.
func has(payload []byte, fields ...string) bool {
	var object map[string]json.RawMessage
	if json.Unmarshal(payload, &object) != nil {
		return false
	}
	return !slices.ContainsFunc(fields, func(f string) bool { return object[f] == nil })
}

// named reports whether a field of a payload is the whole key.
func named(parts []string, payload []byte, field string) bool {
	var object map[string]json.RawMessage
	var name string
	return json.Unmarshal(payload, &object) == nil && json.Unmarshal(object[field], &name) == nil && is(parts, name)
}

// classifier tells which bucket the records of a leaf page are of. A page holds
// records of one bucket only, so each of them speaks for the others.
type classifier struct {
	kinds  map[bucketName]kind
	shapes map[bucketName]shape
}

func newClassifier() classifier { return classifier{kinds: kinds(), shapes: shapes()} }

// bucket returns the bucket that most of the records can belong to; false when
// none of them says anything. The checksums must be right for a record to count.
func (c classifier) bucket(elements []element) (bucketName, bool) {
	best, most := bucketName(""), 0
	for _, d := range declarations() { // in a fixed order, so that the answer is always the same
		if n := c.count(d.name, elements); n > most {
			best, most = d.name, n
		}
	}
	return best, most > 0
}

// misplaced reports whether a record is one of another bucket.
func (c classifier) misplaced(name bucketName, e element) bool {
	if _, keeps := c.shapes[name]; !keeps || c.count(name, []element{e}) == 1 {
		return false
	}
	_, known := c.bucket([]element{e})
	return known
}

// count returns how many records can belong to a bucket.
func (c classifier) count(name bucketName, elements []element) int {
	fits, ok := c.shapes[name]
	if !ok {
		return 0
	}
	n := 0
	for _, e := range elements {
		payload, ok := c.kinds[name].open(e.k, e.v)
		if ok && !e.bucket && fits(strings.Split(string(e.k), separator), payload) {
			n++
		}
	}
	return n
}

// newer reports whether of two payloads of one record the first is the later
// state, as far as they tell.
func newer(name bucketName, a, b []byte) bool {
	type state struct {
		UpdatedAt, DecidedAt, EndedAt, ChangedAt, At string
		Commit                                       string
	}
	if name == bucketGitHead {
		return false
	}
	var x, y state
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	if x.Commit != "" != (y.Commit != "") {
		return x.Commit != ""
	}
	return x.UpdatedAt+x.DecidedAt+x.EndedAt+x.ChangedAt+x.At > y.UpdatedAt+y.DecidedAt+y.EndedAt+y.ChangedAt+y.At
}
