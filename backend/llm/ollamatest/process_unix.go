//go:build unix

package ollamatest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// guardian runs the server in a process group of its own and ends the whole
// group when the server ends, or when the pipe it reads from closes: that happens
// also when this process is killed. The server's own runner, which outlives a
// killed server, is in the group too.
const guardian = `exec 3<&0
{ cat <&3 >/dev/null; kill -KILL 0; } &
trap : TERM
"$0" serve </dev/null 3<&-
kill -KILL 0`

// group is a running server with everything it has started.
type group struct {
	cmd  *exec.Cmd
	pipe *os.File // its closing is the end of the group
	done chan struct{}
}

func startGroup(binary string, env []string, dir string, log *os.File) (*group, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	cmd := exec.Command("/bin/sh", "-c", guardian, binary)
	cmd.Env, cmd.Dir = env, dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = read, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		write.Close()
		return nil, err
	}
	g := &group{cmd: cmd, pipe: write, done: make(chan struct{})}
	go func() {
		defer close(g.done)
		// How it ended is of no interest: the group always ends by a signal.
		_ = cmd.Wait()
		// The pipe must be in reach until here, or the collector of garbage closes it.
		g.pipe.Close()
	}()
	return g, nil
}

// ended is closed once the server has ended.
func (g *group) ended() <-chan struct{} { return g.done }

// kill ends every process of the group at once.
func (g *group) kill() {
	g.signal(syscall.SIGKILL)
	<-g.done
}

// stop lets the server end by itself, for a while.
func (g *group) stop() {
	g.signal(syscall.SIGTERM)
	select {
	case <-g.done:
	case <-time.After(5 * time.Second):
	}
	g.kill()
}

// signal sends to the group unless its leader is gone, whose number may then be another's.
func (g *group) signal(s syscall.Signal) {
	select {
	case <-g.done:
	default:
		_ = syscall.Kill(-g.cmd.Process.Pid, s)
	}
}

// lockFile waits until no other process holds the lock of that name, and takes it.
func lockFile(ctx context.Context, name string) (unlock func(), err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		}
	}
}
