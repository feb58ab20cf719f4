// Command ollamatest builds the Ollama server that tests use, and runs it with
// scripted models.
//
//	ollamatest build                               builds it once and prints its path
//	ollamatest serve [-model name=scripts.json …]  runs it and prints its address
//	ollamatest model -scripts f.json -out x.gguf   writes a scripted model
//	ollamatest learn -merges 12000 < text          writes the vocabulary that a text is made of
//
// The server runs until the command is stopped, or until the process that has
// started the command is gone: “go run” does not pass on that it was killed.
//
// A file of scripts is a JSON array of {"triggers": […], "text": "…", "loop": false}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"plumbline/backend/llm/ollamatest"
	"plumbline/backend/llm/ollamatest/tinymodel"
)

const usage = `usage:
  ollamatest build
  ollamatest serve [-model name=scripts.json …] [-context tokens]
  ollamatest model -scripts f.json -out x.gguf [-context tokens]
  ollamatest learn [-merges n] < text > merges.txt
`

// errUsage is an error of the command line, which has been told already.
var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "build":
		return build(ctx, stdout, stderr)
	case "serve":
		return serve(ctx, args, stdout, stderr)
	case "model":
		return writeModel(args, stderr)
	case "learn":
		return learn(args, stdin, stdout, stderr)
	}
	fmt.Fprint(stderr, usage)
	return errUsage
}

func build(ctx context.Context, stdout, stderr io.Writer) error {
	path, err := ollamatest.Build(ctx, stderr)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, path)
	return err
}

func parse(flags *flag.FlagSet, args []string, stderr io.Writer) error {
	flags.SetOutput(stderr)
	if err := flags.Parse(args); err != nil {
		return errUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "ollamatest %s: %q is not expected\n", flags.Name(), flags.Arg(0))
		return errUsage
	}
	return nil
}

func serve(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	window := flags.Int("context", 0, "context length that the models declare")
	specs := map[string]tinymodel.Spec{}
	flags.Func("model", "name=scripts.json: a model to serve; may be given again", func(text string) error {
		name, file, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return errors.New("expected name=scripts.json")
		}
		spec, err := readSpec(file)
		specs[name] = spec
		return err
	})
	if err := parse(flags, args, stderr); err != nil {
		return err
	}
	binary, err := ollamatest.Build(ctx, stderr)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "ollamatest-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := ollamatest.Launch(ctx, binary, dir)
	if err != nil {
		return err
	}
	defer server.Stop()
	for name, spec := range specs {
		spec.ContextLength = *window
		if err := server.Load(ctx, name, spec); err != nil {
			return err
		}
	}
	fmt.Fprintln(stdout, server.URL())
	awaitStop(ctx)
	return nil
}

// awaitStop returns when ctx ends or this process has got another parent.
func awaitStop(ctx context.Context) {
	parent := os.Getppid()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	for os.Getppid() == parent {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

func writeModel(args []string, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("model", flag.ContinueOnError)
	scripts := flags.String("scripts", "", "file of scripts")
	out := flags.String("out", "", "model file to write")
	window := flags.Int("context", 0, "context length that the model declares")
	if err := parse(flags, args, stderr); err != nil {
		return err
	}
	if *scripts == "" || *out == "" {
		fmt.Fprintln(stderr, "ollamatest model: -scripts and -out are needed")
		return errUsage
	}
	spec, err := readSpec(*scripts)
	if err != nil {
		return err
	}
	spec.ContextLength = *window
	model, err := tinymodel.New(spec)
	if err != nil {
		return err
	}
	file, err := os.Create(*out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := model.WriteTo(file); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%s: %d of %d pieces\ntemplate: %s\n", *out, model.Pieces(), tinymodel.MaxPieces, model.Template())
	return nil
}

func learn(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("learn", flag.ContinueOnError)
	n := flags.Int("merges", 12000, "number of pairs to learn")
	if err := parse(flags, args, stderr); err != nil {
		return err
	}
	return tinymodel.LearnMerges(bufio.NewReader(stdin), *n, stdout)
}

func readSpec(file string) (tinymodel.Spec, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return tinymodel.Spec{}, err
	}
	var scripts []ollamatest.Script
	if err := json.Unmarshal(content, &scripts); err != nil {
		return tinymodel.Spec{}, fmt.Errorf("read scripts %s: %w", file, err)
	}
	return ollamatest.SpecOf(scripts), nil
}
