package desktop

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPlaceIsRemembered(t *testing.T) {
	dir := t.TempDir()
	want := place{Width: 1200, Height: 800, X: 40, Y: 60, Dark: true, Known: true}
	if err := want.save(dir); err != nil {
		t.Fatal(err)
	}
	if got := readPlace(dir); got != want {
		t.Errorf("readPlace = %+v, want %+v", got, want)
	}
}

func TestUnusablePlaceIsTheUsualOne(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":   "",
		"garbage":   "{\"width\":",
		"too small": `{"width":10,"height":10,"known":true}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if text != "" {
				if err := os.WriteFile(filepath.Join(dir, placeFile), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want := place{Width: usualWidth, Height: usualHeight}
			if got := readPlace(dir); got != want {
				t.Errorf("readPlace = %+v, want %+v", got, want)
			}
		})
	}
}

func TestPlaceFitsTheScreen(t *testing.T) {
	for name, c := range map[string]struct{ in, want place }{
		"first start is centred": {
			place{Width: 1440, Height: 900},
			place{Width: 1440, Height: 900, X: 240, Y: 90},
		},
		"known place is kept": {
			place{Width: 1000, Height: 700, X: 5, Y: 7, Known: true},
			place{Width: 1000, Height: 700, X: 5, Y: 7, Known: true},
		},
		"larger than the screen": {
			place{Width: 3000, Height: 2000},
			place{Width: 1920, Height: 1080},
		},
		"on a screen that is gone": {
			place{Width: 1000, Height: 700, X: 2500, Y: 10, Known: true},
			place{Width: 1000, Height: 700, X: 460, Y: 190, Known: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.in.fit(1920, 1080); got != c.want {
				t.Errorf("fit = %+v, want %+v", got, c.want)
			}
		})
	}
}
