// Plumbline takes a piece of software from idea to production through phases.
//
// One main makes two programs: plumbline, the commands and the server, without
// cgo; and, with the tags of Wails, plumbline-desktop, the window.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"plumbline/app/cli"
	"plumbline/app/desktop"
	"plumbline/backend/workflow"
	"plumbline/frontend"
)

// version is set by the linker.
var version = "0.1.0"

// memoryGoal is from where on the memory is tidied more often than usual: most of
// what is used is waste by then, and time to tidy is cheaper than memory.
const memoryGoal = 96 << 20

// commandGrowth is by how many per cent the memory of a command may grow before it
// is tidied, below that goal: most end before it would pay. serve, which stays,
// takes the usual again.
const commandGrowth = 800

func main() { os.Exit(run()) }

func run() int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryGoal)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	if desktop.Available && len(os.Args) == 1 {
		return show(ctx, program)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(commandGrowth)
	}
	return cli.Main(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Program: program, Version: version, Assets: frontend.Assets(),
	})
}

func show(ctx context.Context, program string) int {
	say := func(sentence string) { fmt.Fprintln(os.Stderr, sentence) }
	err := desktop.Run(ctx, desktop.Options{Assets: frontend.Assets(), Version: version, Program: program, Getenv: os.Getenv, Say: say})
	if err == nil {
		return 0
	}
	e := workflow.Describe(err)
	say("error: " + e.Message)
	if e.Hint != "" {
		say("hint: " + e.Hint)
	}
	return 1
}
