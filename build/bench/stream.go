package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const (
	projectName = "bench"
	firstPhase  = "request"
	projectIdea = "A site where book clubs vote on what to read next."
)

// streamBench runs a prompt through the command line, and the same request through curl.
type streamBench struct {
	shop      *workshop
	server    *ollama
	plumbline string
	request   string // the file with the request that curl sends
}

// lap is one run of a client.
type lap struct {
	first, total float64 // milliseconds from its start
}

// measureStream measures a streamed answer of 10,000 tokens, from a server that
// encodes each token when it sends it, as Ollama must, and from one that does
// nothing but send.
func measureStream(ctx context.Context, shop *workshop) ([]row, error) {
	const what = "10,000 tokens, "
	encoded := row{what: what + "start to exit", unit: "ms", reference: "curl", goal: goal{kind: atMostTimes, limit: 1.3}}
	// No model is as fast as a file; this tells what the program adds by itself.
	total := row{what: what + "start to exit, from a server that replays its bytes", unit: "ms", reference: "curl"}
	first := row{what: what + "start to first output", unit: "ms", reference: "curl", goal: goal{kind: atMostMore, limit: 20}}
	if program := missing("curl"); program != "" {
		total.why = program + " is not installed"
		encoded.why, first.why = total.why, total.why
		return []row{encoded, total, first}, nil
	}
	err := timeStream(ctx, shop, false, &total, &first)
	if err == nil {
		err = timeStream(ctx, shop, true, &encoded, &row{})
	}
	return []row{encoded, total, first}, err
}

// timeStream adds to the rows what one kind of server makes of them.
func timeStream(ctx context.Context, shop *workshop, encodes bool, total, first *row) (err error) {
	b, err := setUpStream(ctx, shop, encodes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.server.close()) }()
	keep := func(measure func(context.Context) (lap, error), firsts, totals *[]float64) func() error {
		return func() error {
			l, err := measure(ctx)
			*firsts, *totals = append(*firsts, l.first), append(*totals, l.total)
			return err
		}
	}
	return interleave(3*shop.rounds, keep(b.ours, &first.ours, &total.ours), keep(b.curl, &first.theirs, &total.theirs))
}

// setUpStream runs each client once, so that both find their files in memory.
func setUpStream(ctx context.Context, shop *workshop, encodes bool) (*streamBench, error) {
	plumbline, err := shop.plumbline(ctx)
	if err != nil {
		return nil, err
	}
	server, err := startOllama(encodes)
	if err != nil {
		return nil, err
	}
	b := &streamBench{shop: shop, server: server, plumbline: plumbline, request: filepath.Join(shop.dir, "request.json")}
	_, err = b.ours(ctx)
	if err == nil {
		err = os.WriteFile(b.request, server.lastPrompt(), 0o600)
	}
	if err == nil {
		_, err = b.curl(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, server.close())
	}
	return b, nil
}

// furnish makes a data folder with one project and the address of the models.
func furnish(ctx context.Context, plumbline, home, url string) error {
	for _, args := range [][]string{{"new", projectName, "--idea", projectIdea}, {"settings", "ollamaUrl", url}} {
		if text, err := command(ctx, home, plumbline, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("plumbline %s: %w\n%s", args[0], err, text)
		}
	}
	return nil
}

// command makes a command of Plumbline on a data folder.
func command(ctx context.Context, home, plumbline string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, plumbline, args...)
	cmd.Env = append(os.Environ(), "PLUMBLINE_HOME="+home)
	return cmd
}

// ours runs the prompt of a new project in a new data folder, so that nothing
// grows from lap to lap.
func (b *streamBench) ours(ctx context.Context) (lap, error) {
	home, err := b.shop.folder("home")
	if err != nil {
		return lap{}, err
	}
	if err := furnish(ctx, b.plumbline, home, b.server.url); err != nil {
		return lap{}, err
	}
	return timed(command(ctx, home, b.plumbline, "run", projectName, firstPhase), b.server.answer)
}

func (b *streamBench) curl(ctx context.Context) (lap, error) {
	cmd := exec.CommandContext(ctx, "curl", "--silent", "--show-error", "--fail", "--no-buffer", "--noproxy", "*",
		"--header", "Content-Type: application/json", "--data-binary", "@"+b.request, b.server.url+"/api/chat")
	return timed(cmd, string(bytes.Join(b.server.lines, nil)))
}

// timed runs a client and checks that it printed everything, with or without a
// last line end.
func timed(cmd *exec.Cmd, want string) (lap, error) {
	var l lap
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return l, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return l, err
	}
	got := make([]byte, 0, len(want)+1)
	first := make([]byte, 1)
	if n, err := out.Read(first); err == nil {
		l.first = millis(time.Since(begin))
		got = append(got, first[:n]...)
	}
	rest := bytes.NewBuffer(got)
	_, readErr := io.Copy(rest, out)
	if err := errors.Join(readErr, cmd.Wait()); err != nil {
		return l, fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, complaint.Bytes())
	}
	l.total = millis(time.Since(begin))
	if text := rest.String(); text != want && text != want+"\n" {
		return l, fmt.Errorf("%s printed %d bytes that are not the %d of the answer", filepath.Base(cmd.Path), len(text), len(want))
	}
	return l, nil
}
