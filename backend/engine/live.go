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

// liveRun is a run from just before it is recorded until its end is.
type liveRun struct {
	order  order
	ctx    context.Context // of the run; cancel ends it
	cancel context.CancelFunc
	done   chan struct{} // closed when nothing more happens to it
	begun  chan struct{} // closed when the model has written something to tell

	mu       sync.Mutex
	run      workflow.Run
	split    splitter
	answer   strings.Builder
	thinking strings.Builder
	stream   *markdown.Stream
	hasBegun bool
	chunks   int // with text; an estimate of tokens until the provider counts

	toldAnswer, toldThinking int  // bytes that events have carried
	keptAnswer, keptThinking int  // bytes that the journal holds
	failing                  bool // the journal could not be written the last time
}

func (l *liveRun) start(at time.Time) workflow.Run {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.run.State, l.run.StartedAt = workflow.RunRunning, at
	l.put("", l.order.prefix)
	return l.run
}

// write takes the next part of the answer.
func (l *liveRun) write(c llm.Chunk, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.run.FirstAt.IsZero() {
		l.run.FirstAt = at
		if at.Before(l.run.StartedAt) { // which may be a little ahead of the clock
			l.run.FirstAt = l.run.StartedAt
		}
	}
	l.chunks++
	l.run.AnswerTokens = l.chunks
	thinking, text := l.split.write(c.Text)
	l.put(c.Thinking+thinking, text)
	if !l.hasBegun && c.Thinking+thinking+text != "" {
		l.hasBegun = true
		close(l.begun)
	}
}

// flush takes what the splitter held back. No more text comes.
func (l *liveRun) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.put(l.split.rest())
}

func (l *liveRun) put(thinking, text string) {
	l.thinking.WriteString(thinking)
	l.answer.WriteString(text)
	l.stream.Write(text)
	l.run.AnswerSize, l.run.ThinkingSize = l.answer.Len(), l.thinking.Len()
}

func (l *liveRun) snapshot() (r workflow.Run, answer, thinking string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.run, l.answer.String(), l.thinking.String()
}

// trouble notes why the end of the run cannot be kept. It reports whether that is new.
func (l *liveRun) trouble(err *workflow.Error) (r workflow.Run, news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	news = l.run.Error == nil || l.run.Error.Message != err.Message
	l.run.Error = err
	return l.run, news
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
				Blocks: l.stream.Finished(), BlocksEnd: l.stream.End(), Tokens: l.chunks})
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

// unkept returns the text that the journal does not hold yet.
func (l *liveRun) unkept() (answer, thinking string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answer.String()[l.keptAnswer:], l.thinking.String()[l.keptThinking:]
}

// kept counts these texts as kept, if they are. It reports whether the journal
// has begun to fail.
func (l *liveRun) kept(answer, thinking string, ok bool) (fails bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ok {
		l.keptAnswer += len(answer)
		l.keptThinking += len(thinking)
	}
	fails = !ok && !l.failing
	l.failing = !ok
	return fails
}

func (l *liveRun) blocks(from int) workflow.RunBlocks {
	l.mu.Lock()
	defer l.mu.Unlock()
	finished := l.stream.Blocks()
	from = min(from, len(finished))
	b := workflow.RunBlocks{Run: l.run, From: from, Blocks: []workflow.RunBlock{}, End: l.stream.End(), Tail: l.stream.Tail(),
		Thinking: l.thinking.String()}
	for _, block := range finished[from:] {
		b.Blocks = append(b.Blocks, workflow.RunBlock{Start: block.Start, End: block.End, HTML: block.HTML})
	}
	return b
}
