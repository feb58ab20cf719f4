package store

import (
	"fmt"
	"strconv"
	"strings"

	"plumbline/backend/workflow"
)

// kind says how the values of a bucket are kept and what must be true of them.
type kind struct {
	format byte // 0 for an index, whose values are empty
	// rule returns what is wrong with a record, as a sentence; empty when nothing is.
	rule func(r *ruler, k, payload []byte) (string, error)
}

// open returns the payload of a value; ok is false when the bytes are not those
// that were written.
func (kd kind) open(k, value []byte) (payload []byte, ok bool) {
	if kd.format == 0 {
		return nil, len(value) == 0
	}
	return unseal(kd.format, k, value)
}

// kinds holds the kind of every bucket.
func kinds() map[bucketName]kind {
	return map[bucketName]kind{
		bucketMeta:               {formatJSON, rule((*ruler).schema)},
		bucketProject:            {formatJSON, rule((*ruler).project)},
		bucketRun:                {formatJSON, rule((*ruler).run)},
		bucketRunByProject:       {0, (*ruler).runByProject},
		bucketRunActive:          {0, (*ruler).runActive},
		bucketRunText:            {formatText, (*ruler).runText},
		bucketChunk:              {formatText, (*ruler).chunk},
		bucketCandidate:          {formatJSON, rule((*ruler).candidate)},
		bucketCandidateByProject: {0, (*ruler).candidateByProject},
		bucketCandidateOpen:      {0, (*ruler).candidateOpen},
		bucketVersion:            {formatJSON, rule((*ruler).version)},
		bucketHead:               {formatJSON, rule((*ruler).head)},
		bucketBody:               {formatText, (*ruler).body},
		bucketPage:               {formatText, (*ruler).page},
		bucketGateRecord:         {formatJSON, rule((*ruler).gateRecord)},
		bucketTick:               {formatJSON, rule((*ruler).ticks)},
		bucketVariable:           {formatJSON, rule((*ruler).variables)},
		bucketEffort:             {formatJSON, rule((*ruler).effort)},
		bucketFinding:            {formatJSON, rule((*ruler).finding)},
		bucketFiling:             {formatJSON, rule((*ruler).filing)},
		bucketGitHead:            {formatJSON, rule((*ruler).gitHead)},
		bucketOutbox:             {formatJSON, rule((*ruler).commit)},
		bucketDraft:              {formatJSON, rule((*ruler).draft)},
		bucketShelfFile:          {formatJSON, rule((*ruler).shelfFile)},
		bucketSetting:            {formatJSON, rule((*ruler).settings)},
		bucketCalibration:        {formatJSON, rule((*ruler).calibration)},
		bucketNumCtx:             {formatJSON, rule((*ruler).numCtx)},
	}
}

// rule makes a rule for a kind of JSON records, which must at least be some.
func rule[T any](check func(*ruler, []byte, T) (string, error)) func(*ruler, []byte, []byte) (string, error) {
	return func(r *ruler, k, payload []byte) (string, error) {
		var record T
		if err := decodePayload(payload, &record); err != nil {
			return "the record cannot be read: " + err.Error() + ".", nil
		}
		return check(r, k, record)
	}
}

// ruler knows the rules within one transaction.
type ruler struct {
	tx *Tx
	// waiting are the keys of the versions in the outbox; nil before somebody asks.
	waiting map[string]bool
}

const (
	notItsName   = "the record is another one's."
	notItsOwner  = "its project is missing."
	notItsIndex  = "an index that should name it does not."
	notItsRecord = "what it stands for is missing or has changed."
)

// has reports whether a record is there, whatever it holds.
func (r *ruler) has(name bucketName, k []byte) bool {
	b, err := r.tx.bucket(name)
	return err == nil && b.Get(k) != nil
}

// peek reads a record, passing over one that is damaged: that is its own fault.
func peek[T any](r *ruler, name bucketName, k []byte) (record T, ok bool) {
	ok, err := r.tx.get(name, k, &record)
	return record, ok && err == nil
}

// whichever returns the first sentence whose case is true.
func whichever(cases ...problem) (string, error) {
	for _, c := range cases {
		if c.is {
			return c.why, nil
		}
	}
	return "", nil
}

type problem struct {
	is  bool
	why string
}

func (r *ruler) schema(_ []byte, s schema) (string, error) {
	return whichever(problem{s.Version < 1, "the number of the schema is missing."})
}

func (r *ruler) project(k []byte, p workflow.Project) (string, error) {
	return whichever(problem{p.ID != string(k), notItsName})
}

func (r *ruler) run(k []byte, run workflow.Run) (string, error) {
	active := r.has(bucketRunActive, k)
	return whichever(
		problem{run.ID != string(k), notItsName},
		problem{!r.has(bucketProject, key(run.ProjectID)), notItsOwner},
		problem{!r.has(bucketRunByProject, key(run.ProjectID, run.ID)), notItsIndex},
		problem{active == run.State.Ended(), "the index of the active runs is wrong about it."},
	)
}

func (r *ruler) runByProject(k, _ []byte) (string, error) {
	run, ok := peek[workflow.Run](r, bucketRun, key(lastPart(k)))
	return whichever(problem{!ok || string(key(run.ProjectID, run.ID)) != string(k), notItsRecord})
}

func (r *ruler) runActive(k, _ []byte) (string, error) {
	run, ok := peek[workflow.Run](r, bucketRun, k)
	return whichever(problem{!ok || run.State.Ended(), notItsRecord})
}

func (r *ruler) runText(k, _ []byte) (string, error) {
	run, part, _ := strings.Cut(string(k), separator)
	return whichever(
		problem{checkPart(run, part) != nil, notItsName},
		problem{!r.has(bucketRun, key(run)), "its run is missing."},
	)
}

func (r *ruler) chunk(k, _ []byte) (string, error) {
	parts := strings.Split(string(k), separator)
	if len(parts) != 3 || checkPart(parts[0], parts[1]) != nil {
		return notItsName, nil
	}
	return r.numbered(bucketChunk, parts[2])
}

// numbered checks a number that a bucket has given out.
func (r *ruler) numbered(name bucketName, text string) (string, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || sequenceKey(n) != text {
		return notItsName, nil
	}
	b, err := r.tx.bucket(name)
	if err != nil {
		return "", err
	}
	return whichever(problem{n > b.Sequence(), "its number has not been given out yet."})
}

func (r *ruler) candidate(k []byte, c workflow.Candidate) (string, error) {
	return whichever(
		problem{c.RunID != string(k), notItsName},
		problem{!r.has(bucketProject, key(c.ProjectID)), notItsOwner},
		problem{!r.has(bucketCandidateByProject, key(c.ProjectID, c.RunID)), notItsIndex},
		problem{r.has(bucketCandidateOpen, key(c.ProjectID, c.RunID)) != (c.State == workflow.CandidateOpen),
			"the index of the open candidates is wrong about it."},
	)
}

func (r *ruler) candidateByProject(k, _ []byte) (string, error) {
	c, ok := peek[workflow.Candidate](r, bucketCandidate, key(lastPart(k)))
	return whichever(problem{!ok || string(key(c.ProjectID, c.RunID)) != string(k), notItsRecord})
}

func (r *ruler) candidateOpen(k, payload []byte) (string, error) {
	c, ok := peek[workflow.Candidate](r, bucketCandidate, key(lastPart(k)))
	if ok && c.State != workflow.CandidateOpen {
		return notItsRecord, nil
	}
	return r.candidateByProject(k, payload)
}

func (r *ruler) version(k []byte, v workflow.Version) (string, error) {
	if string(versionKey(v.ProjectID, v.Path, v.Number)) != string(k) {
		return notItsName, nil
	}
	head, _ := peek[int](r, bucketHead, key(v.ProjectID, v.Path))
	next := r.has(bucketVersion, versionKey(v.ProjectID, v.Path, v.Number+1))
	waits, err := r.waits(k)
	if err != nil {
		return "", err
	}
	return whichever(
		problem{!r.has(bucketProject, key(v.ProjectID)), notItsOwner},
		problem{v.Number > 1 && !r.has(bucketVersion, versionKey(v.ProjectID, v.Path, v.Number-1)), "the version before it is missing."},
		problem{!next && head != v.Number, "it is the newest version, but another one is the current."},
		problem{!v.Lost && (v.Commit == "") != (v.Blob == ""), "git has it, or has it not, but not half of it."},
		problem{!v.Lost && v.Blob == "" && !waits, "git does not have it, and it does not wait to be written there."},
		problem{v.Blob != "" && !r.has(bucketGitHead, key(v.ProjectID)), "git has it, but the head of the history is not known."},
		problem{(head == v.Number || v.Blob == "" && !v.Lost) && !r.has(bucketBody, k), "its text is missing."},
		problem{!r.has(bucketPage, key(v.ProjectID, strings.ToLower(v.Path))), notItsIndex},
	)
}

// waits reports whether a version is in the outbox.
func (r *ruler) waits(k []byte) (bool, error) {
	if r.waiting == nil {
		commits, err := list[struct {
			ProjectID string                `json:"projectId"`
			Versions  []workflow.VersionKey `json:"versions"`
		}](r.tx, bucketOutbox, nil)
		if err != nil && workflow.CodeOf(err) != workflow.Internal {
			return false, err
		}
		r.waiting = map[string]bool{}
		for _, c := range commits {
			for _, v := range c.Versions {
				r.waiting[string(versionKey(c.ProjectID, v.Path, v.Number))] = true
			}
		}
	}
	return r.waiting[string(k)], nil
}

func (r *ruler) head(k []byte, number int) (string, error) {
	project, path, _ := strings.Cut(string(k), separator)
	return whichever(
		problem{!r.has(bucketVersion, versionKey(project, path, number)), "the version that it names is missing."},
		problem{r.has(bucketVersion, versionKey(project, path, number+1)), "there is a newer version than it names."},
	)
}

func (r *ruler) body(k, payload []byte) (string, error) {
	v, ok := peek[workflow.Version](r, bucketVersion, k)
	return whichever(
		problem{!ok, "its version is missing."},
		problem{ok && v.Hash != workflow.Hash(string(payload)), "it is not the text of its version."},
	)
}

func (r *ruler) page(k, payload []byte) (string, error) {
	return whichever(problem{strings.ToLower(string(payload)) != lastPart(k), notItsName})
}

func (r *ruler) gateRecord(k []byte, g workflow.GateRecord) (string, error) {
	number, err := strconv.Atoi(lastPart(k))
	if err != nil || string(key(g.ProjectID, numberKey(number))) != string(k) {
		return notItsName, nil
	}
	return whichever(
		problem{!r.has(bucketProject, key(g.ProjectID)), notItsOwner},
		problem{number > 1 && !r.has(bucketGateRecord, key(g.ProjectID, numberKey(number-1))), "the record before it is missing."},
	)
}

func (r *ruler) ticks(k []byte, _ map[string]workflow.Tick) (string, error) { return r.place(k) }

func (r *ruler) variables(k []byte, _ map[string]string) (string, error) { return r.place(k) }

func (r *ruler) effort(k []byte, e workflow.Effort) (string, error) {
	return whichever(
		problem{string(effortKey(e)) != string(k), notItsName},
		problem{!r.has(bucketProject, key(e.ProjectID)), notItsOwner},
	)
}

// place checks a key of a project and something in it.
func (r *ruler) place(k []byte) (string, error) {
	project, what, ok := strings.Cut(string(k), separator)
	return whichever(
		problem{!ok || what == "", notItsName},
		problem{!r.has(bucketProject, key(project)), notItsOwner},
	)
}

func (r *ruler) gitHead(k []byte, commit string) (string, error) {
	return whichever(
		problem{commit == "", "it names no commit."},
		problem{!r.has(bucketProject, k), notItsOwner},
	)
}

func (r *ruler) commit(k []byte, c workflow.Commit) (string, error) {
	if sequenceKey(c.Seq) != string(k) {
		return notItsName, nil
	}
	for _, v := range c.Versions {
		if old, ok := peek[workflow.Version](r, bucketVersion, versionKey(c.ProjectID, v.Path, v.Number)); !ok || old.Blob != "" {
			return fmt.Sprintf("version %d of %s, which it is to write to git, is missing or is there already.", v.Number, v.Path), nil
		}
	}
	return r.numbered(bucketOutbox, string(k))
}

func (r *ruler) draft(k []byte, d workflow.Draft) (string, error) {
	return whichever(problem{string(key(d.ProjectID, d.Path)) != string(k), notItsName})
}

func (r *ruler) shelfFile(k []byte, f ShelfFile) (string, error) {
	return whichever(problem{f.Path != string(k), notItsName})
}

func (r *ruler) settings(k []byte, _ workflow.Settings) (string, error) {
	return whichever(problem{string(k) != settingsKey, notItsName})
}

func (r *ruler) calibration(_ []byte, ratio float64) (string, error) {
	return whichever(problem{ratio <= 0, "no such ratio can be."})
}

func (r *ruler) numCtx(_ []byte, tokens int) (string, error) {
	return whichever(problem{tokens <= 0, "no such window can be."})
}
