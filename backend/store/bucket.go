package store

import "bytes"

// bucketName names a bucket of the database. Every one is declared in declarations.
type bucketName string

const (
	bucketMeta               bucketName = "meta"
	bucketProject            bucketName = "project"
	bucketRun                bucketName = "run"
	bucketRunByProject       bucketName = "run_by_project"
	bucketRunActive          bucketName = "run_active"
	bucketRunText            bucketName = "run_text"
	bucketChunk              bucketName = "chunk"
	bucketCandidate          bucketName = "candidate"
	bucketCandidateByProject bucketName = "candidate_by_project"
	bucketCandidateOpen      bucketName = "candidate_open"
	bucketVersion            bucketName = "version"
	bucketHead               bucketName = "head"
	bucketBody               bucketName = "body"
	bucketPage               bucketName = "page"
	bucketGateRecord         bucketName = "gate_record"
	bucketTick               bucketName = "tick"
	bucketVariable           bucketName = "variable"
	bucketEffort             bucketName = "effort"
	bucketFinding            bucketName = "finding"
	bucketFiling             bucketName = "filing"
	bucketGitHead            bucketName = "git_head"
	bucketOutbox             bucketName = "outbox"
	bucketDraft              bucketName = "draft"
	bucketShelfFile          bucketName = "shelf_file"
	bucketSetting            bucketName = "setting"
	bucketCalibration        bucketName = "calibration"
	bucketNumCtx             bucketName = "num_ctx"
)

// nature says where the records of a bucket can be had from again.
type nature string

const (
	projected nature = "projected" // from the project's git repository
	derived   nature = "derived"   // from projected records and git objects
	local     nature = "local"     // nowhere: they belong to this machine
)

// declaration says what a bucket holds.
type declaration struct {
	name   bucketName
	nature nature
}

// declarations lists every bucket of the database, in the order of doc.go.
func declarations() []declaration {
	return []declaration{
		{bucketMeta, local},
		{bucketProject, projected},
		{bucketRun, projected},
		{bucketRunByProject, derived},
		{bucketRunActive, derived},
		{bucketRunText, projected},
		{bucketChunk, local},
		{bucketCandidate, projected},
		{bucketCandidateByProject, derived},
		{bucketCandidateOpen, derived},
		{bucketVersion, projected},
		{bucketHead, derived},
		{bucketBody, derived},
		{bucketPage, derived},
		{bucketGateRecord, projected},
		{bucketTick, projected},
		{bucketVariable, projected},
		{bucketEffort, projected},
		{bucketFinding, projected},
		{bucketFiling, projected},
		{bucketGitHead, derived},
		{bucketOutbox, local},
		{bucketDraft, local},
		{bucketShelfFile, local},
		{bucketSetting, local},
		{bucketNumCtx, local}, // before calibration: a record of it could be one of those too
		{bucketCalibration, local},
	}
}

// separator joins the parts of a key. No part can hold it.
const separator = "\x00"

// key joins the parts of a key.
func key(parts ...string) []byte {
	size := len(parts) - 1
	for _, p := range parts {
		size += len(p)
	}
	k := make([]byte, 0, size)
	for i, p := range parts {
		if i > 0 {
			k = append(k, separator...)
		}
		k = append(k, p...)
	}
	return k
}

// under is the prefix of all keys that begin with the given parts and go on.
func under(parts ...string) []byte { return append(key(parts...), separator...) }

// lastPart returns the last part of a key.
func lastPart(k []byte) string { return string(k[bytes.LastIndexByte(k, separator[0])+1:]) }

// readable shows a key in a sentence.
func readable(b bucketName, k []byte) string {
	return string(b) + "/" + string(bytes.ReplaceAll(k, []byte(separator), []byte("/")))
}
