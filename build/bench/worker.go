package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// mostAllowed is how much memory, in MB, the program may need for anything.
const mostAllowed = 150

// memoryLimit is what the program sets for itself when it starts.
const memoryLimit = "GOMEMLIMIT=96MiB"

// workArgument makes this program a worker.
const workArgument = "work"

// order is what a worker is to do.
type order struct {
	Do     string `json:"do"`
	Dir    string `json:"dir"`
	Path   string `json:"path"`
	Number int    `json:"number"`
}

// result is what came of an order.
type result struct {
	Millis float64 `json:"millis"`
	Count  int     `json:"count"`  // of what was found
	Commit string  `json:"commit"` // that was asked for
	Memory float64 `json:"memory"` // the most that the process has ever had, in MB
	Error  string  `json:"error"`
}

// worker is a process of its own that works on one data folder, so that its
// memory is that of the work alone. It waits for orders between, and measures by
// itself, so that the way to it does not count.
type worker struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *json.Decoder
	// most is the most memory that it has had.
	most float64
}

func startWorker(ctx context.Context) (*worker, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w := &worker{cmd: exec.CommandContext(ctx, self, workArgument)}
	w.cmd.Stderr, w.cmd.Env = os.Stderr, append(os.Environ(), memoryLimit)
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.out = json.NewDecoder(out)
	return w, w.cmd.Start()
}

// do gives an order and waits until it is done.
func (w *worker) do(o order) (result, error) {
	var r result
	if err := json.NewEncoder(w.in).Encode(o); err != nil {
		return r, fmt.Errorf("tell a worker to %s: %w", o.Do, err)
	}
	if err := w.out.Decode(&r); err != nil {
		return r, fmt.Errorf("hear from a worker that is to %s: %w", o.Do, err)
	}
	if r.Error != "" {
		return r, fmt.Errorf("%s: %s", o.Do, r.Error)
	}
	w.most = max(w.most, r.Memory)
	return r, nil
}

// timed does an order again and again and notes how long it took.
func (w *worker) timed(next func() order, times *[]float64) func() error {
	return func() error {
		r, err := w.do(next())
		*times = append(*times, r.Millis)
		return err
	}
}

// memory is the row that tells how much memory the worker needed.
func (w *worker) memory(what string) row {
	return row{what: "memory, " + what, unit: "MB", ours: []float64{w.most}, goal: goal{kind: atMost, limit: mostAllowed}}
}

// close ends the worker, which closes what it has open.
func (w *worker) close() error { return errors.Join(w.in.Close(), w.cmd.Wait()) }

// work takes orders until there are no more.
func work(ctx context.Context, in io.Reader, out io.Writer) (err error) {
	h := &hand{}
	defer func() { err = errors.Join(err, h.close()) }()
	enc, dec := json.NewEncoder(out), json.NewDecoder(bufio.NewReader(in))
	for {
		var o order
		if err := dec.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var r result
		do, known := h.skills()[o.Do]
		if !known {
			err = errors.New("it is not known how")
		} else {
			err = do(ctx, o, &r)
		}
		if err != nil {
			r.Error = err.Error()
		}
		if r.Memory, err = mostMemory(); err != nil {
			return err
		}
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
}

// mostMemory is the most that this process has ever had in memory, in MB; 0 where
// the system does not tell.
func mostMemory() (float64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	return mostOf(string(text))
}

// mostOf reads the high water mark of the memory in the status of a process, in MB.
func mostOf(status string) (float64, error) {
	for line := range strings.Lines(status) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, errors.New("there is no line of the most memory")
}
