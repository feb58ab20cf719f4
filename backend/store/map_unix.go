//go:build !windows && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package store

// mapBytes is how much address space the file is mapped into from the start. To
// map more, bbolt waits for all who read, and a snapshot reads for long.
const mapBytes = 1 << 30
