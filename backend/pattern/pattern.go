// Package pattern holds regular expressions that are compiled when they are
// first used. The readers of answers, plans and foreign prompts know some two
// hundred; compiling them all took longer than the rest of a command's start.
package pattern

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// Pattern is a regular expression in the syntax of package regexp. Its methods
// are those of regexp.Regexp.
type Pattern struct {
	re func() *regexp.Regexp
}

// New returns a pattern. One that cannot be compiled panics when it is used, and
// at once in a test.
func New(text string) *Pattern {
	p := &Pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
	if inTest() {
		p.re()
	}
	return p
}

func inTest() bool { return strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test") }

func (p *Pattern) Match(b []byte) bool { return p.re().Match(b) }

func (p *Pattern) MatchString(s string) bool { return p.re().MatchString(s) }

func (p *Pattern) FindString(s string) string { return p.re().FindString(s) }

func (p *Pattern) FindStringIndex(s string) []int { return p.re().FindStringIndex(s) }

func (p *Pattern) FindStringSubmatch(s string) []string { return p.re().FindStringSubmatch(s) }

func (p *Pattern) FindStringSubmatchIndex(s string) []int { return p.re().FindStringSubmatchIndex(s) }

func (p *Pattern) FindSubmatch(b []byte) [][]byte { return p.re().FindSubmatch(b) }

func (p *Pattern) FindAllIndex(b []byte, n int) [][]int { return p.re().FindAllIndex(b, n) }

func (p *Pattern) FindAllString(s string, n int) []string { return p.re().FindAllString(s, n) }

func (p *Pattern) FindAllStringIndex(s string, n int) [][]int { return p.re().FindAllStringIndex(s, n) }

func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.re().FindAllStringSubmatch(s, n)
}

func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return p.re().FindAllStringSubmatchIndex(s, n)
}

func (p *Pattern) ReplaceAllString(s, with string) string { return p.re().ReplaceAllString(s, with) }

func (p *Pattern) Split(s string, n int) []string { return p.re().Split(s, n) }
