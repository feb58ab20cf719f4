// Package desktop owns the window: its options, size, menus and the bridge of
// events. Without the build tags of Wails it is a stub.
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
}
