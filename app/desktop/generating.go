//go:build bindings

package desktop

// generating says that only the TypeScript bindings are written: nothing is opened.
const generating = true
