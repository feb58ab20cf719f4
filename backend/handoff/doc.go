// Package handoff turns a project into the files of other programs and back: Spec
// Kit, OpenSpec, the block of an AGENTS.md, an archive that is read without
// Plumbline, and one Markdown page.
//
// It is pure: it reads no file and no clock. What it is given is untrusted; every
// path it returns is relative and stays within its folder.
package handoff
