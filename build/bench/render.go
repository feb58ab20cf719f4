package main

import (
	"context"
	"fmt"
	"time"

	"plumbline/backend/markdown"
)

const (
	renderSize   = 200 << 10
	renderChunks = 2000
)

// measureRender measures an answer that is rendered while it comes, from the
// first chunk to the final HTML, against one rendering of the whole.
func measureRender(ctx context.Context, shop *workshop) ([]row, error) {
	rows := []row{}
	for _, text := range []struct{ name, text string }{
		{"mixed text", mixedText(renderSize)}, {"one list", listText(renderSize)}, {"one code fence", fenceText(renderSize)},
	} {
		r := row{what: fmt.Sprintf("200 KB in 2,000 chunks, %s", text.name), unit: "ms", reference: "one rendering",
			goal: goal{kind: atMostTimes, limit: 3}}
		chunks := split(text.text, renderChunks)
		err := interleave(2*shop.rounds,
			func() error { r.ours = append(r.ours, timeOf(func() { stream(chunks) })); return ctx.Err() },
			func() error {
				r.theirs = append(r.theirs, timeOf(func() { markdown.Render(text.text, markdown.Options{}) }))
				return ctx.Err()
			})
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// stream does what a run and its page do with an answer: finished blocks are
// rendered as they come, and the whole once more at the end.
func stream(chunks []string) {
	s := markdown.NewStream()
	for _, c := range chunks {
		s.Write(c)
		s.Blocks()
	}
	s.Finish()
}

func timeOf(f func()) float64 {
	begin := time.Now()
	f()
	return millis(time.Since(begin))
}
