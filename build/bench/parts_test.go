package main

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestInterleaveTakesTurnsAndSwapsWhoIsFirst(t *testing.T) {
	order := ""
	say := func(s string) func() error {
		return func() error { order += s; return nil }
	}
	if err := interleave(3, say("a"), say("b")); err != nil || order != "abbaab" {
		t.Errorf("order %q, %v", order, err)
	}
	broken := errors.New("broken")
	order = ""
	if err := interleave(3, say("a"), func() error { return broken }); !errors.Is(err, broken) || order != "a" {
		t.Errorf("after an error: order %q, %v", order, err)
	}
}

func TestSplitKeepsTheText(t *testing.T) {
	for _, n := range []int{1, 7, renderChunks} {
		text := mixedText(renderSize)
		pieces := split(text, n)
		if len(pieces) != n || strings.Join(pieces, "") != text {
			t.Errorf("split in %d: %d pieces", n, len(pieces))
		}
	}
}

func TestStreamHasOneLineForEachToken(t *testing.T) {
	var lines [][]byte
	for _, c := range chunksOf(mixedText(answerTokens * bytesPerToken)) {
		lines = append(lines, c.line())
	}
	if len(lines) != answerTokens+1 {
		t.Errorf("%d lines", len(lines))
	}
	for i, line := range lines {
		last := i == len(lines)-1
		if !strings.HasSuffix(string(line), "}\n") || strings.Contains(string(line), `"done":true`) != last {
			t.Fatalf("line %d: %s", i, line)
		}
	}
}

func TestPSS(t *testing.T) {
	const rollup = "55d0-7ffc ---p 00000000 00:00 0   [rollup]\nRss:   99 kB\nPss:   2000 kB\nPss_Anon:  7 kB\n"
	if got, err := pssOf([]byte(rollup)); err != nil || got != 2.048 {
		t.Errorf("pss: %v %v", got, err)
	}
	if _, err := pssOf([]byte("Rss: 1 kB\n")); err == nil {
		t.Error("a text without a share is no error")
	}
}

func TestArguments(t *testing.T) {
	s, err := parse([]string{"-rows", "save, render", "-n", "2", "-strict"}, io.Discard)
	if err != nil || s.rounds != 2 || !s.strict || s.json {
		t.Fatalf("%+v %v", s, err)
	}
	names := []string{}
	for _, subject := range s.chosen {
		names = append(names, subject.name)
	}
	if !slices.Equal(names, []string{"save", "render"}) {
		t.Errorf("chosen: %v", names)
	}
	for _, wrong := range [][]string{{"-rows", "speed"}, {"-n", "0"}, {"more"}, {"-wrong"}} {
		if _, err := parse(wrong, io.Discard); err == nil {
			t.Errorf("%v was taken", wrong)
		}
	}
}
