package llm

import (
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// source is a reader that has some bytes at each tick, or always when it has none.
type source struct {
	ticks <-chan time.Time
	n     int
}

func (s *source) Read(p []byte) (int, error) {
	if s.ticks != nil {
		<-s.ticks
	}
	return min(s.n, len(p)), nil
}

func TestCalmReader(t *testing.T) {
	const reads = 5
	tests := map[string]struct {
		every time.Duration // between two ticks of the source
		n     int
		hurry bool
		took  time.Duration
	}{
		"what comes fast gathers":             {n: 100, took: (reads - 1) * readEvery},
		"what comes slowly is read at once":   {every: 30 * time.Millisecond, n: 100, took: reads * 30 * time.Millisecond},
		"what comes in lumps is read at once": {n: readSize},
		"at the end nothing gathers":          {n: 100, hurry: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := &source{n: test.n}
				if test.every > 0 {
					ticker := time.NewTicker(test.every)
					defer ticker.Stop()
					in.ticks = ticker.C
				}
				r := &calmReader{in: in, hurry: test.hurry}
				begin, p := time.Now(), make([]byte, readSize)
				for range reads {
					if n, err := r.Read(p); n != test.n || err != nil {
						t.Fatalf("read %d bytes and %v, want %d", n, err, test.n)
					}
				}
				if took := time.Since(begin); took != test.took {
					t.Errorf("took %s, want %s", took, test.took)
				}
			})
		})
	}
}

func TestCalmReaderEnds(t *testing.T) {
	r := &calmReader{in: io.LimitReader(&source{n: 3}, 8)}
	all, err := io.ReadAll(r)
	if len(all) != 8 || err != nil {
		t.Errorf("read %d bytes and %v, want 8 and no error", len(all), err)
	}
}
