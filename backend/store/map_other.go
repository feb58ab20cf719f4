//go:build windows || !(amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package store

// mapBytes is 0 where a larger map would make a larger file, or where there is
// little address space: somebody who writes may wait there for who reads.
const mapBytes = 0
