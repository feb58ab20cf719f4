package llm

import (
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// source is a reader that has some bytes every so often, whether they are read or not.
type source struct {
	every time.Duration
	n     int
	at    time.Time // when it has the next
}

func (s *source) Read(p []byte) (int, error) {
	if s.at.IsZero() {
		s.at = time.Now()
	}
	s.at = s.at.Add(s.every)
	time.Sleep(time.Until(s.at))
	return min(s.n, len(p)), nil
}

func TestCalmReader(t *testing.T) {
	const reads = 5
	tests := map[string]struct {
		source source
		hurry  bool
		took   time.Duration
	}{
		"what comes fast gathers":             {source{n: 100}, false, (reads - 1) * readEvery},
		"what comes slowly is read at once":   {source{every: 30 * time.Millisecond, n: 100}, false, reads * 30 * time.Millisecond},
		"what comes in lumps is read at once": {source{n: readSize}, false, 0},
		"at the end nothing gathers":          {source{n: 100}, true, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &calmReader{in: &test.source, hurry: test.hurry}
				begin, p := time.Now(), make([]byte, readSize)
				for range reads {
					if n, err := r.Read(p); n != test.source.n || err != nil {
						t.Fatalf("read %d bytes and %v, want %d", n, err, test.source.n)
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
