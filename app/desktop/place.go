package desktop

import (
	"encoding/json"
	"os"
	"path/filepath"
)

const (
	usualWidth, usualHeight = 1440, 900
	minWidth, minHeight     = 900, 600
	placeFile               = "window.json"
)

// place is where the window was when it was closed, and how dark it was.
type place struct {
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Maximised bool `json:"maximised"`
	Dark      bool `json:"dark"`
	// Known is false at the first start: the window is then centred.
	Known bool `json:"known"`
}

// readPlace reads the place of a data folder. What cannot be read or used is
// not worth an error: the window then opens as at its first start.
func readPlace(dir string) place {
	p := place{}
	text, err := os.ReadFile(filepath.Join(dir, placeFile))
	if err != nil || json.Unmarshal(text, &p) != nil || p.Width < minWidth || p.Height < minHeight {
		return place{Width: usualWidth, Height: usualHeight, Dark: p.Dark}
	}
	return p
}

// save writes the place beside the data. It is renamed into place, so that no
// crash leaves half of it.
func (p place) save(dir string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, placeFile)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// fit makes the place lie on a screen of the given size: in its middle at the
// first start, and where the window would be mostly off the screen.
func (p place) fit(width, height int) place {
	if width <= 0 || height <= 0 {
		return p
	}
	p.Width, p.Height = min(p.Width, width), min(p.Height, height)
	const grip = 100 // so much must be seen to be dragged
	if !p.Known || p.X < 0 || p.Y < 0 || p.X > width-grip || p.Y > height-grip {
		p.X, p.Y = (width-p.Width)/2, (height-p.Height)/2
	}
	return p
}
