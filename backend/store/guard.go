package store

import (
	"fmt"
	"runtime/debug"

	"plumbline/backend/workflow"
)

// guard runs what reads pages of a database. bbolt maps the file into memory and
// trusts it: on a damaged page it panics with a sentence or touches memory that
// is not there. Both become an Invalid error that names the file. Any other
// panic is a mistake of the program and goes on.
func guard(path string, fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if !fromDamage(p) {
			panic(p)
		}
		err = because(fmt.Errorf("%v\n%s", p, debug.Stack()), workflow.Invalid, "The database %s is damaged: %v.", path, p).WithHint(repairHint)
	}()
	return fn()
}

// fromDamage tells bbolt's own panics, which are texts, and bad addresses from
// all others.
func fromDamage(p any) bool {
	switch p.(type) {
	case string, interface{ Addr() uintptr }:
		return true
	}
	return false
}

// repairHint is the way out of a damaged database.
const repairHint = "Nothing was changed. “plumbline repair” saves what can be read; “plumbline restore FILE” puts a backup in its place."

// damagedFile is the error for a database with a part that cannot be right.
func damagedFile(path, why string) error {
	return workflow.Errorf(workflow.Invalid, "The database %s is damaged: %s.", path, why).WithHint(repairHint)
}
