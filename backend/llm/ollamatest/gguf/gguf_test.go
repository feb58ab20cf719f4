package gguf_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/llm/ollamatest/gguf"
)

// reader reads a file back by the words of the format's specification.
type reader struct {
	t *testing.T
	*bytes.Reader
}

func read[T any](r reader) (v T) {
	r.t.Helper()
	if err := binary.Read(r, binary.LittleEndian, &v); err != nil {
		r.t.Fatal(err)
	}
	return v
}

func (r reader) text() string {
	b := make([]byte, read[uint64](r))
	if _, err := io.ReadFull(r, b); err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

func (r reader) value(kind uint32) any {
	switch kind {
	case 4:
		return read[uint32](r)
	case 5:
		return read[int32](r)
	case 6:
		return read[float32](r)
	case 7:
		return read[uint8](r) == 1
	case 8:
		return r.text()
	case 9:
		kind, n := read[uint32](r), read[uint64](r)
		var all []any
		for range n {
			all = append(all, r.value(kind))
		}
		return all
	}
	r.t.Fatalf("a value of type %d", kind)
	return nil
}

func TestFileReadsBackAsItWasWritten(t *testing.T) {
	var out bytes.Buffer
	n, err := gguf.File{
		Values: []gguf.Value{
			{Key: "s", Value: "text ✓"}, {Key: "b", Value: true}, {Key: "u", Value: uint32(7)},
			{Key: "i", Value: int32(-7)}, {Key: "f", Value: float32(0.5)},
			{Key: "ss", Value: []string{"a", "", "c"}}, {Key: "is", Value: []int32{1, -2}},
		},
		Tensors: []gguf.Tensor{
			{Name: "vector", Cols: 3, Values: []float32{1, 2, 3}},
			{Name: "matrix", Rows: 2, Cols: 3, Values: []float32{1, -2, 0.5, 1000, 0, -0.25}, Half: true},
			{Name: "last", Cols: 1, Values: []float32{1e6}},
		},
	}.WriteTo(&out)
	if err != nil || n != int64(out.Len()) || n%32 != 0 {
		t.Fatalf("%d bytes of %d, error %v", n, out.Len(), err)
	}
	r := reader{t, bytes.NewReader(out.Bytes())}
	if magic := read[[4]byte](r); string(magic[:]) != "GGUF" {
		t.Errorf("it begins with %q", magic)
	}
	if version := read[uint32](r); version != 3 {
		t.Errorf("version %d", version)
	}
	tensors, values := read[uint64](r), read[uint64](r)
	want := []any{
		"s", "text ✓", "b", true, "u", uint32(7), "i", int32(-7), "f", float32(0.5),
		"ss", []any{"a", "", "c"}, "is", []any{int32(1), int32(-2)},
	}
	for i := range values {
		key, value := r.text(), r.value(read[uint32](r))
		wanted, isList := want[2*i+1].([]any)
		if key != want[2*i] || !isList && value != want[2*i+1] || isList && !slices.Equal(value.([]any), wanted) {
			t.Errorf("value %d is %s = %v, want %s = %v", i, key, value, want[2*i], want[2*i+1])
		}
	}
	checkTensors(t, r, int(tensors), out.Bytes())
}

func checkTensors(t *testing.T, r reader, n int, file []byte) {
	type shape struct {
		name   string
		dims   []uint64
		kind   uint32
		offset uint64
	}
	want := []shape{{"vector", []uint64{3}, 0, 0}, {"matrix", []uint64{3, 2}, 1, 32}, {"last", []uint64{1}, 0, 64}}
	if n != len(want) {
		t.Fatalf("%d tensors, want %d", n, len(want))
	}
	for _, w := range want {
		got := shape{name: r.text()}
		for range read[uint32](r) {
			got.dims = append(got.dims, read[uint64](r))
		}
		got.kind, got.offset = read[uint32](r), read[uint64](r)
		if got.name != w.name || !slices.Equal(got.dims, w.dims) || got.kind != w.kind || got.offset != w.offset {
			t.Errorf("tensor %+v, want %+v", got, w)
		}
	}
	data := file[len(file)-96:]
	if v := math.Float32frombits(binary.LittleEndian.Uint32(data[8:])); v != 3 {
		t.Errorf("the last value of the vector is %v, want 3", v)
	}
	for i, bits := range []uint16{0x3c00, 0xc000, 0x3800, 0x63d0, 0, 0xb400} {
		if got := binary.LittleEndian.Uint16(data[32+2*i:]); got != bits {
			t.Errorf("value %d of the matrix has the bits %04x, want %04x", i, got, bits)
		}
	}
}

func TestFileIsRefused(t *testing.T) {
	for name, file := range map[string]gguf.File{
		"value of type int64":       {Values: []gguf.Value{{Key: "n", Value: int64(1)}}},
		"2 values for 1 × 3":        {Tensors: []gguf.Tensor{{Name: "a", Rows: 1, Cols: 3, Values: []float32{1, 2}}}},
		"0 values for 0 × 0":        {Tensors: []gguf.Tensor{{Name: "a"}}},
		"16 bits do not hold 0.1":   {Tensors: []gguf.Tensor{{Name: "a", Cols: 1, Values: []float32{0.1}, Half: true}}},
		"16 bits do not hold 1e+06": {Tensors: []gguf.Tensor{{Name: "a", Cols: 1, Values: []float32{1e6}, Half: true}}},
	} {
		if _, err := file.WriteTo(io.Discard); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
