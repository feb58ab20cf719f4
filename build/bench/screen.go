package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	screenWidth, screenHeight = 1440, 900
	// lineStep is how many lines of the screen lie between two that are looked at;
	// no line of text fits between them.
	lineStep = 6
	// fewColours is the most that an empty window shows: the root of the screen,
	// the window, and the page before there is anything on it.
	fewColours = 8
)

// screen is a display without a monitor. Its picture is a file that the server
// writes, so looking at it costs the measured programs nothing.
type screen struct {
	display string
	server  *exec.Cmd
	file    *os.File
	start   int64 // of the pixels in the file
	stride  int64 // bytes of one line
	seed    maphash.Seed
	line    []byte
}

// openScreen starts the display server and waits until it is ready.
func openScreen(ctx context.Context, dir string) (*screen, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	s := &screen{seed: maphash.MakeSeed()}
	s.server = exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-fbdir", dir, "-nolisten", "tcp", "-nocursor",
		"-screen", "0", fmt.Sprintf("%dx%dx24", screenWidth, screenHeight))
	s.server.ExtraFiles = []*os.File{write}
	err = s.server.Start()
	if err = errors.Join(err, write.Close()); err != nil {
		return nil, fmt.Errorf("start Xvfb: %w", err)
	}
	// The server writes its number once it is ready, and closes the pipe when it cannot start.
	number, err := io.ReadAll(io.LimitReader(read, 16))
	s.display = ":" + strings.TrimSpace(string(number))
	if err == nil && s.display == ":" {
		err = errors.New("it ended at once")
	}
	if err == nil {
		err = s.openPicture(filepath.Join(dir, "Xvfb_screen0"))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start Xvfb: %w", err), s.close())
	}
	return s, nil
}

// openPicture reads the head of the file, which is one of XWD.
func (s *screen) openPicture(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	s.file = file
	head := make([]byte, 100)
	if _, err := file.ReadAt(head, 0); err != nil {
		return err
	}
	field := func(i int) int64 { return int64(binary.BigEndian.Uint32(head[4*i:])) }
	const version, width, height, bitsPerPixel, bytesPerLine, colours = 1, 4, 5, 11, 12, 19
	if field(version) != 7 || field(width) != screenWidth || field(height) != screenHeight || field(bitsPerPixel) != 32 {
		return errors.New("its picture is not as it was asked for")
	}
	s.start = field(0) + 12*field(colours)
	s.stride = field(bytesPerLine)
	s.line = make([]byte, s.stride)
	return nil
}

func (s *screen) close() error {
	var err error
	if s.file != nil {
		err = s.file.Close()
	}
	_ = s.server.Process.Kill() // it has ended already if this fails
	_ = s.server.Wait()         // which says that it was killed
	return err
}

// look returns a fingerprint of the picture and whether there is something on it.
func (s *screen) look() (fingerprint uint64, painted bool, err error) {
	var hash maphash.Hash
	hash.SetSeed(s.seed)
	colours := map[uint32]struct{}{}
	for y := int64(0); y < screenHeight; y += lineStep {
		if _, err := s.file.ReadAt(s.line, s.start+y*s.stride); err != nil {
			return 0, false, fmt.Errorf("look at the screen: %w", err)
		}
		_, _ = hash.Write(s.line) // never fails
		last := ^uint32(0)        // no pixel uses its highest byte
		for x := 0; x+4 <= len(s.line) && len(colours) <= fewColours; x += 4 {
			if pixel := binary.LittleEndian.Uint32(s.line[x:]); pixel != last {
				colours[pixel], last = struct{}{}, pixel
			}
		}
	}
	return hash.Sum64(), len(colours) > fewColours, nil
}

// watch looks at the screen until its picture has stayed the same for a while
// after something was painted. It returns when that was, and when the last
// change was, from begin.
func (s *screen) watch(ctx context.Context, begin time.Time) (painted, complete time.Duration, err error) {
	const interval, still, patience = 5 * time.Millisecond, 600 * time.Millisecond, 30 * time.Second
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var before uint64
	for {
		select {
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-ticker.C:
		}
		now, something, err := s.look()
		since := time.Since(begin)
		switch {
		case err != nil:
			return 0, 0, err
		case since > patience:
			return 0, 0, errors.New("the window has not come to rest in time")
		case painted == 0 && something:
			painted = since
		}
		if now != before {
			before, complete = now, since
		}
		if painted > 0 && since-complete > still {
			return painted, complete, nil
		}
	}
}

// wait waits until the screen is empty again.
func (s *screen) wait(ctx context.Context) error {
	for deadline := time.Now().Add(10 * time.Second); ; {
		_, painted, err := s.look()
		if err != nil || !painted {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New("the window has not closed in time")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
