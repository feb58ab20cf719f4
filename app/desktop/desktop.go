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
	// Getenv reads the environment.
	Getenv func(string) string
	// Say tells the user something in the terminal, if there is one.
	Say func(sentence string)
}
