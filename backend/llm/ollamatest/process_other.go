//go:build !unix

package ollamatest

import (
	"context"
	"errors"
	"os"
)

var errUnsupported = errors.New("a test server runs on Linux and macOS only")

// group stands for a running server; there is none on this system.
type group struct{}

func startGroup(string, []string, string, *os.File) (*group, error) { return nil, errUnsupported }

func (g *group) ended() <-chan struct{} { return nil }
func (g *group) kill()                  {}
func (g *group) stop()                  {}

func lockFile(context.Context, string) (func(), error) { return nil, errUnsupported }
