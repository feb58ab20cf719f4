// Package desktop owns the window: its options, its place on the screen, its
// menu and the bridge of events. Without the build tags of Wails it is a stub.
package desktop

import "io/fs"

// Options say what the window shows.
type Options struct {
	// Assets holds the built front end.
	Assets fs.FS
	// Version is that of the program.
	Version string
	// Program is the path of the running program, which reads damaged data for the
	// window in a process of its own.
	Program string
	// Getenv reads the environment.
	Getenv func(string) string
	// Say tells the user something in the terminal, if there is one.
	Say func(sentence string)
}
