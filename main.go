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
	"syscall"

	"plumbline/app/cli"
	"plumbline/app/desktop"
	"plumbline/frontend"
)

// version is set by the linker.
var version = "0.1.0"

func main() { os.Exit(run()) }

func run() int {
	if desktop.Available && len(os.Args) == 1 {
		err := desktop.Run(desktop.Options{Assets: frontend.Assets(), Version: version, Getenv: os.Getenv})
		if err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			return 1
		}
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return cli.Main(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Program: program, Version: version, Assets: frontend.Assets(),
	})
}
