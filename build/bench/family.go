package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// markName is the variable by which the processes of a family are known.
const markName = "PLUMBLINE_BENCH_FAMILY"

// family is a program with all processes that come from it, also those that
// have let go of it: they are known by a mark in their environment.
type family struct {
	mark  string
	first *exec.Cmd
	ended chan error
}

// startFamily starts a program. begin is the moment before.
func startFamily(ctx context.Context, program string, env []string) (f *family, begin time.Time, err error) {
	f = &family{mark: fmt.Sprintf("%s=%d.%d", markName, os.Getpid(), time.Now().UnixNano()), ended: make(chan error, 1)}
	f.first = exec.CommandContext(ctx, program)
	f.first.Env = append(env, f.mark)
	begin = time.Now()
	if err := f.first.Start(); err != nil {
		return nil, begin, err
	}
	go func() { f.ended <- f.first.Wait() }()
	return f, begin, nil
}

// members returns the ids of the processes of the family.
func (f *family) members() ([]int, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, path := range paths {
		env, err := os.ReadFile(path)
		if err != nil { // it has ended, or belongs to somebody else
			continue
		}
		if !slices.Contains(strings.Split(string(env), "\x00"), f.mark) {
			continue
		}
		if id, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// memory returns the proportional share of memory of the whole family, in MB.
func (f *family) memory() (float64, error) {
	ids, err := f.members()
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, id := range ids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", id))
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("measure the memory of process %d: %w", id, err)
		}
		pss, err := pssOf(text)
		if err != nil {
			return 0, fmt.Errorf("measure the memory of process %d: %w", id, err)
		}
		sum += pss
	}
	return sum, nil
}

// pssOf reads the proportional share of one process, in MB.
func pssOf(rollup []byte) (float64, error) {
	lines := bufio.NewScanner(bytes.NewReader(rollup))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[0] == "Pss:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			return kb * 1024 / 1e6, err
		}
	}
	return 0, errors.New("there is no line of its share")
}

// end asks the program to end, and after a while ends whatever is left of the family.
func (f *family) end() error {
	_ = f.first.Process.Signal(os.Interrupt) // it has ended already if this fails
	select {
	case <-f.ended:
	case <-time.After(5 * time.Second):
		_ = f.first.Process.Kill() // likewise
		<-f.ended
	}
	ids, err := f.members()
	for _, id := range ids {
		if p, err := os.FindProcess(id); err == nil {
			_ = p.Kill() // likewise
		}
	}
	return err
}
