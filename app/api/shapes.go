//go:build !bindings

package api

func shapes() []any { return nil }
