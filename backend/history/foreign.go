package history

import (
	"bytes"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// signatureLine is an author or a committer as git wants it.
var signatureLine = pattern.New(`^(author|committer) [^<>\x00\n]*<[^<>\x00\n]*> (0|[1-9][0-9]{0,11}) [+-][0-9]{4}$`)

// checkForeign reports, as an Invalid error, why a commit or a tree that somebody
// else has made is not taken in.
func checkForeign(path string, content []byte) error {
	if path == "" {
		return checkForeignCommit(content)
	}
	var before treeEntry
	for len(content) > 0 {
		e, rest, err := nextEntry(content)
		if err != nil {
			return err
		}
		if mode := string(e.mode); mode != "100644" && mode != "100755" && mode != "40000" {
			return workflow.Errorf(workflow.Invalid, "%.80s%.80s is neither a file nor a folder.", path, e.name)
		}
		if err := workflow.CheckPath(path[1:] + string(e.name)); err != nil {
			return err
		}
		if bytes.IndexByte(e.name, '/') >= 0 {
			return workflow.Errorf(workflow.Invalid, "The name %.80q in the folder %.80s has a slash.", e.name, path)
		}
		if before.name != nil && (compareEntries(before, e) >= 0 || bytes.Equal(before.name, e.name)) {
			return workflow.Errorf(workflow.Invalid, "The folder %.80s is not in order.", path)
		}
		before, content = e, rest
	}
	return nil
}

func checkForeignCommit(content []byte) error {
	head, message, _ := bytes.Cut(content, []byte("\n\n"))
	lines := bytes.Split(head, []byte("\n"))[1:] // after the tree
	for len(lines) > 0 && bytes.HasPrefix(lines[0], []byte("parent ")) {
		lines = lines[1:]
	}
	if len(lines) < 2 || !bytes.HasPrefix(lines[0], []byte("author ")) || !bytes.HasPrefix(lines[1], []byte("committer ")) ||
		!signatureLine.Match(lines[0]) || !signatureLine.Match(lines[1]) || bytes.IndexByte(message, 0) >= 0 {
		return workflow.Errorf(workflow.Invalid, "A commit does not say properly who wrote it.")
	}
	return nil
}
