package prompt

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// yamlNode is a value of the front matter.
type yamlNode = ast.Node

// fields says what to do with the value of each key of a mapping.
type fields map[string]func(yamlNode)

// front reads the values of a front matter and keeps what is wrong with them. It
// walks the syntax tree rather than decoding into structs, so that every message
// has its line and its expectation, and so that aliases cannot multiply.
type front struct {
	file   string
	faults map[int]*workflow.Error // the first of each line
	failed int                     // how often fail was called
	side
}

// side is what a file says besides what it holds.
type side struct {
	refs []reference // to other files, in the order they are read
	at   int         // the line of its id
}

// firstLine is the line of the file that the front matter begins on.
const firstLine = 2

// maxNesting is far more than any of our files needs. The YAML parser recurses
// without a limit of its own.
const maxNesting = 64

var (
	idRE   = pattern.New(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	nameRE = pattern.New(`^[A-Za-z][A-Za-z0-9_-]*$`)
	// factRE is what a variable can be filled from besides an artifact.
	factRE = pattern.New(`^((project|pack|persona|ledger)\.[a-z][a-zA-Z0-9-]*|given)$`)
)

// parseFront returns the root of the front matter.
func parseFront(file string, doc document) (f *front, root yamlNode, err error) {
	root, err = ParseYAML(file, doc.front, firstLine)
	if err != nil {
		return nil, nil, err
	}
	if root == nil {
		return nil, nil, errorAt(file, firstLine, "the front matter is empty; keys such as “id: …” are expected")
	}
	return &front{file: file, faults: map[int]*workflow.Error{}}, root, nil
}

// tooDeep returns the line, from 1, on which brackets or indentation nest
// deeper than maxNesting, and 0 if none does. It counts generously: brackets in
// texts count, too.
func tooDeep(front []byte) int {
	open := 0
	for i, line := range strings.Split(string(front), "\n") {
		open += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		open = max(open, 0)
		inLine := max(strings.Count(line, "["), strings.Count(line, "{"), strings.Count(line, "- "), strings.Count(line, "? "), strings.Count(line, ": "))
		if max(open, inLine) > maxNesting || len(line)-len(strings.TrimLeft(line, " ")) > 4*maxNesting {
			return i + 1
		}
	}
	return 0
}

// syntaxError tells what the YAML parser found, in the form of our own errors.
func syntaxError(file string, err error) error {
	line, message := firstLine, err.Error()
	var e yaml.Error
	if errors.As(err, &e) {
		message = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line + firstLine - 1
		}
	}
	return errorAt(file, line, "the front matter is not YAML: %s", strings.TrimSuffix(message, "."))
}

func (f *front) lineOf(n yamlNode) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return firstLine
	}
	return n.GetToken().Position.Line + firstLine - 1
}

// maxFaults is more than anyone reads before beginning to mend.
const maxFaults = 20

func (f *front) fail(n yamlNode, format string, args ...any) {
	f.failAt(f.lineOf(n), format, args...)
}

func (f *front) failAt(line int, format string, args ...any) {
	f.note(errorAt(f.file, line, format, args...))
}

// note keeps what is wrong in a line, unless something is known of that line.
func (f *front) note(err *workflow.Error) {
	f.failed++
	if line := ProblemOf(err).Line; f.faults[line] == nil && len(f.faults) < maxFaults {
		f.faults[line] = err
	}
}

// end returns what is wrong with the file, or nil.
func (f *front) end() error {
	var all faults
	for _, line := range slices.Sorted(maps.Keys(f.faults)) {
		all = append(all, f.faults[line])
	}
	return all.err()
}

// mapping reads a mapping whose keys are all known, and of which the required
// ones are there and not empty. It reports whether all in it is right, so that
// nothing is held against a value that could not be read.
func (f *front) mapping(n yamlNode, what string, required []string, known fields) (sound bool) {
	m, ok := n.(ast.MapNode)
	if !ok || n.Type() == ast.AliasType || n.Type() == ast.AnchorType {
		f.fail(n, "%s is expected, as keys with values", what)
		return false
	}
	before := f.failed
	seen := map[string]bool{}
	for it := m.MapRange(); it.Next(); {
		key := keyOf(it.Key())
		read, ok := known[key]
		switch {
		case !ok:
			f.fail(it.Key(), "“%s” is not a key of %s; expected are %s", key, what, list(known))
			continue
		case seen[key]:
			f.fail(it.Key(), "the key “%s” is there twice", key)
			continue
		}
		seen[key] = true
		if value := it.Value(); value.Type() != ast.NullType {
			read(value)
		} else if slices.Contains(required, key) {
			f.fail(it.Key(), "“%s” has no value", key)
		}
	}
	for _, key := range required {
		if !seen[key] {
			f.fail(n, "“%s” is missing in %s", key, what)
		}
	}
	return f.failed == before
}

// keyOf is the text of a key. Keys that are not plain words are in no set of known ones.
func keyOf(key ast.MapKeyNode) string {
	if s, ok := key.(*ast.StringNode); ok {
		return s.Value
	}
	return strings.TrimSpace(key.String())
}

func list(known fields) string {
	keys := make([]string, 0, len(known))
	for key := range known {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return strings.Join(keys, ", ")
}

func (f *front) sequence(n yamlNode, each func(yamlNode)) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		f.fail(n, "a list is expected, with “- ” before each item")
		return
	}
	for _, value := range s.Values {
		each(value)
	}
}

// text is a string; a number or true must be quoted to be one.
func (f *front) text(n yamlNode) string {
	switch v := n.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(v.Value)
	case *ast.LiteralNode:
		return strings.TrimSpace(v.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		f.fail(n, "text is expected; put %s into quotes", n.GetToken().Value)
	default:
		f.fail(n, "text is expected")
	}
	return ""
}

// line is a text without line breaks, and not an empty one.
func (f *front) line(n yamlNode) string {
	s := f.text(n)
	if s == "" || strings.ContainsAny(s, "\r\n") {
		f.fail(n, "text on one line is expected")
	}
	return s
}

// scalar is the text of any single value, as it is written.
func (f *front) scalar(n yamlNode) string {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	}
	return f.text(n)
}

func (f *front) texts(n yamlNode) []string {
	all := []string{}
	f.sequence(n, func(n yamlNode) {
		s := f.scalar(n)
		if s == "" || strings.ContainsAny(s, "\r\n") {
			f.fail(n, "text on one line is expected")
		}
		if slices.Contains(all, s) {
			f.fail(n, "“%s” is listed twice", s)
		}
		all = append(all, s)
	})
	return all
}

func (f *front) id(n yamlNode) string {
	s := f.line(n)
	if !idRE.MatchString(s) {
		f.fail(n, "“%s” is not an id; lower-case words joined by “-” are expected", s)
	}
	return s
}

// own reads the id of the file itself.
func (f *front) own(n yamlNode) string {
	f.at = f.lineOf(n)
	return f.id(n)
}

var baseRE = pattern.New(`^[0-9a-f]{64}$`)

// madeFrom reads the revision of the built-in file that one of the user's was made from.
func (f *front) madeFrom(n yamlNode) string {
	s := f.scalar(n)
	if !baseRE.MatchString(s) {
		f.fail(n, "“%s” is not a revision; the 64 hexadecimal digits of a SHA-256 are expected", s)
	}
	return s
}

func (f *front) oneOf(n yamlNode, allowed []string) string {
	s := f.line(n)
	if !slices.Contains(allowed, s) {
		f.fail(n, "“%s” is not known here; one of %s is expected", s, strings.Join(allowed, ", "))
	}
	return s
}

func (f *front) yes(n yamlNode) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		f.fail(n, "true or false is expected")
		return false
	}
	return b.Value
}

func (f *front) number(n yamlNode, low, high float64) float64 {
	x := math.NaN()
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if v, err := strconv.ParseFloat(n.GetToken().Value, 64); err == nil {
			x = v
		}
	}
	if !(x >= low && x <= high) {
		f.fail(n, "a number from %v to %v is expected", low, high)
		return low
	}
	return x
}

func (f *front) whole(n yamlNode, low, high int) int {
	x := math.MinInt
	if _, ok := n.(*ast.IntegerNode); ok {
		if v, err := strconv.Atoi(n.GetToken().Value); err == nil {
			x = v
		}
	}
	if x < low || x > high {
		f.fail(n, "a whole number from %d to %d is expected", low, high)
		return low
	}
	return x
}

// source is the path of an artifact or the name of a fact of the project.
func (f *front) source(n yamlNode) string {
	s := f.line(n)
	if expected := checkPath(s); expected != "" && !factRE.MatchString(s) {
		f.fail(n, "“%s” is no source; an artifact such as “request.md” or a fact such as “project.name” is expected", s)
	}
	return s
}

// path is the path of an artifact.
func (f *front) path(n yamlNode) string {
	s := f.line(n)
	if expected := checkPath(s); expected != "" {
		f.fail(n, "“%s” is not a path for an artifact; %s is expected", s, expected)
	}
	return s
}

// checkPath returns what is expected of the path of an artifact where s is not
// one, and nothing where it is.
func checkPath(s string) string {
	if !strings.HasSuffix(s, ".md") {
		return "a relative path that ends in “.md”"
	}
	if err := workflow.CheckPath(s); err != nil {
		return "a relative path with slashes that every system can keep"
	}
	return ""
}

// checkValue returns what is expected of the value of a variable where it does
// not fit the type, and nothing where it does.
func checkValue(v workflow.Variable, value string) string {
	value = strings.TrimSpace(value)
	switch v.Type {
	case workflow.VarChoice:
		if !slices.Contains(v.Options, value) {
			return "one of " + strings.Join(v.Options, ", ")
		}
	case workflow.VarMulti:
		for _, one := range strings.Split(value, "\n") {
			if !slices.Contains(v.Options, strings.TrimSpace(one)) {
				return "some of " + strings.Join(v.Options, ", ") + ", each on its own line,"
			}
		}
	case workflow.VarNumber:
		if x, err := strconv.ParseFloat(value, 64); err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return "a number"
		}
	case workflow.VarYesNo:
		if !slices.Contains([]string{"yes", "no", "true", "false"}, value) {
			return "yes or no"
		}
	case workflow.VarDate:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "a date such as 2030-01-31"
		}
	}
	return ""
}

// invalidUTF8 returns the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// quoted joins names for a sentence: “A”, “B” and “C”.
func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = fmt.Sprintf("“%s”", name)
	}
	return workflow.JoinAnd(all)
}
