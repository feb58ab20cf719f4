// Package edit owns the policy for paths that come out of a model's answer:
// which of them may be written inside a project at all.
//
// The policy is the same on every system, because a tree that is written on one
// is checked out on another. It judges the text of a path alone. That a folder
// on the way is a symbolic link, or that two names differ only in case, is for
// the one who opens the folder to find out.
package edit
