package engine

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"plumbline/backend/llm"
	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// liveRun is a run while its answer comes.
type liveRun struct {
	order  order
	cancel context.CancelFunc
	done   chan struct{} // closed when the run has ended and is recorded
	begun  chan struct{} // closed when the model has written something to tell

	mu       sync.Mutex
	run      workflow.Run
	split    splitter
	answer   strings.Builder
	thinking strings.Builder
	stream   *markdown.Stream
	finished []markdown.Block
	hasBegun bool
	chunks   int // with text; an estimate of tokens until the provider counts

	toldAnswer, toldThinking int // bytes that events have carried
	keptAnswer, keptThinking int // bytes that the journal holds
}

func (l *liveRun) start(at time.Time) workflow.Run {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.run.State, l.run.StartedAt = workflow.RunRunning, at
	l.put(l.order.prefix)
	return l.run
}

// write takes the next part of the answer.
func (l *liveRun) write(c llm.Chunk, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.run.FirstAt.IsZero() {
		l.run.FirstAt = at
	}
	l.chunks++
	l.run.AnswerTokens = l.chunks
	l.thinking.WriteString(c.Thinking)
	thinking, text := l.split.write(c.Text)
	l.thinking.WriteString(thinking)
	l.put(text)
	if !l.hasBegun && c.Thinking+thinking+text != "" {
		l.hasBegun = true
		close(l.begun)
	}
}

// flush takes what the splitter held back. No more text comes.
func (l *liveRun) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	thinking, text := l.split.rest()
	l.thinking.WriteString(thinking)
	l.put(text)
}

func (l *liveRun) put(text string) {
	if text == "" {
		return
	}
	l.answer.WriteString(text)
	l.finished = append(l.finished, l.stream.Write(text)...)
	l.run.AnswerSize, l.run.ThinkingSize = l.answer.Len(), l.thinking.Len()
}

func (l *liveRun) snapshot() (r workflow.Run, answer, thinking string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.run, l.answer.String(), l.thinking.String()
}

// deltas returns the text that no event has carried yet, in pieces that fit one.
func (l *liveRun) deltas() []workflow.Delta {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []workflow.Delta
	piece := func(text string, from int, thinking bool) {
		for len(text) > 0 {
			n := cutAt(text, deltaSize)
			list = append(list, workflow.Delta{RunID: l.run.ID, Offset: from, Text: text[:n], Thinking: thinking,
				Blocks: len(l.finished), BlocksEnd: l.stream.End(), Tokens: l.chunks})
			text, from = text[n:], from+n
		}
	}
	piece(l.thinking.String()[l.toldThinking:], l.toldThinking, true)
	piece(l.answer.String()[l.toldAnswer:], l.toldAnswer, false)
	l.toldThinking, l.toldAnswer = l.thinking.Len(), l.answer.Len()
	return list
}

// cutAt returns how many bytes of text fit max without cutting a character.
func cutAt(text string, max int) int {
	if len(text) <= max {
		return len(text)
	}
	n := max
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	if n == 0 {
		return max
	}
	return n
}

// unkept returns the text that the journal does not hold yet, and counts it as kept.
func (l *liveRun) unkept() (answer, thinking string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answer, thinking = l.answer.String()[l.keptAnswer:], l.thinking.String()[l.keptThinking:]
	l.keptAnswer, l.keptThinking = l.answer.Len(), l.thinking.Len()
	return answer, thinking
}

// keepAgain takes back that these texts were kept.
func (l *liveRun) keepAgain(answer, thinking string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keptAnswer -= len(answer)
	l.keptThinking -= len(thinking)
}

func (l *liveRun) blocks(from int) workflow.RunBlocks {
	l.mu.Lock()
	defer l.mu.Unlock()
	from = min(from, len(l.finished))
	b := workflow.RunBlocks{Run: l.run, From: from, Blocks: []workflow.RunBlock{}, End: l.stream.End(), Tail: l.stream.Tail(),
		Thinking: l.thinking.String()}
	for _, block := range l.finished[from:] {
		b.Blocks = append(b.Blocks, workflow.RunBlock{Start: block.Start, End: block.End, HTML: block.HTML})
	}
	return b
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
