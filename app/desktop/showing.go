//go:build desktop && !bindings

package desktop

const generating = false
