package main

import (
	"context"
	"os"
)

const largestProgram = 40 // MB

// measureSize measures the programs as they are released.
func measureSize(ctx context.Context, shop *workshop) ([]row, error) {
	commands, err := sizeOf("plumbline, stripped", func() (string, error) { return shop.plumbline(ctx) })
	if err != nil {
		return nil, err
	}
	window := row{what: "plumbline-desktop, stripped", unit: "MB", goal: goal{kind: atMost, limit: largestProgram}, why: shop.prepareWindow(ctx)}
	if window.why == "" {
		window, err = sizeOf(window.what, func() (string, error) { return shop.desktop(ctx) })
	}
	return []row{commands, window}, err
}

func sizeOf(what string, build func() (string, error)) (row, error) {
	r := row{what: what, unit: "MB", goal: goal{kind: atMost, limit: largestProgram}}
	path, err := build()
	if err != nil {
		return r, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return r, err
	}
	r.ours = []float64{float64(info.Size()) / 1e6}
	return r, nil
}
