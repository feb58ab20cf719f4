package store

import (
	"fmt"
	"strings"
)

// Fault is something in a database or a history that is not as it should be.
type Fault struct {
	// Bucket and Key name a record, as far as they are known.
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	// Where is the page of the file, or the commit and file, that it was found in.
	Where string `json:"where"`
	// Reason says in a sentence what is wrong.
	Reason string `json:"reason"`
}

// String shows a fault in one line.
func (f Fault) String() string {
	place := strings.Trim(f.Bucket+"/"+f.Key, "/")
	if place == "" || f.Where != "" {
		place = strings.TrimSpace(place + " " + f.Where)
	}
	if place == "" {
		return f.Reason
	}
	return place + ": " + f.Reason
}

// faultOf makes a fault of one record.
func faultOf(name bucketName, k []byte, reason string) Fault {
	return Fault{Bucket: string(name), Key: shownKey(k), Reason: reason}
}

// shownKey shows a key without its bucket.
func shownKey(k []byte) string { return strings.ReplaceAll(string(k), separator, "/") }

// maxFaults is how many faults are listed; the others are counted.
const maxFaults = 200

// faults gathers faults.
type faults struct {
	list []Fault
	more int
}

func (f *faults) add(fault Fault) {
	if len(f.list) == maxFaults {
		f.more++
		return
	}
	f.list = append(f.list, fault)
}

// faultsError is the error for a database with faults; nil when there are none.
func faultsError(path string, list []Fault, more int) error {
	n := len(list) + more
	if n == 0 {
		return nil
	}
	first := strings.TrimPrefix(list[0].String(), fmt.Sprintf("The database %s is damaged: ", path))
	first = strings.TrimSuffix(first, ".")
	if n == 1 {
		return damagedFile(path, first)
	}
	return damagedFile(path, fmt.Sprintf("%d faults, the first is %s", n, first))
}
