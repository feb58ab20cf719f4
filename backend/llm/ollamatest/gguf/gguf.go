// Package gguf writes model files in version 3 of the GGUF format.
package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// alignment is that of every tensor's data; it is the default of the format.
const alignment = 32

// The numbers the format gives to types of values and of tensors.
const (
	typeUint32  uint32 = 4
	typeInt32   uint32 = 5
	typeFloat32 uint32 = 6
	typeBool    uint32 = 7
	typeString  uint32 = 8
	typeArray   uint32 = 9

	tensorFloat32 uint32 = 0
	tensorFloat16 uint32 = 1
)

// Value is one entry of a file's metadata. Value.Value is a string, a bool, a
// uint32, an int32, a float32, a []string or an []int32.
type Value struct {
	Key   string
	Value any
}

// Tensor is a matrix, or a vector when Rows is 0. Its values are row after row.
type Tensor struct {
	Name       string
	Rows, Cols int
	Values     []float32
	// Half stores the values in 16 bits. They must be exact in that form.
	Half bool
}

// File is what a model file consists of, in order.
type File struct {
	Values  []Value
	Tensors []Tensor
}

// WriteTo writes the file. It refuses values of other types, tensors whose
// values do not match their shape, and values that 16 bits do not hold exactly.
func (f File) WriteTo(w io.Writer) (int64, error) {
	head, err := f.head()
	if err != nil {
		return 0, err
	}
	written := int64(0)
	put := func(b []byte) error {
		n, err := w.Write(b)
		written += int64(n)
		return err
	}
	if err := put(head); err != nil {
		return written, err
	}
	for _, t := range f.Tensors {
		data, err := t.data()
		if err != nil {
			return written, err
		}
		if err := put(data); err != nil {
			return written, err
		}
	}
	return written, nil
}

// head is everything before the data of the tensors, padded.
func (f File) head() ([]byte, error) {
	e := &encoder{}
	e.WriteString("GGUF")
	e.fixed(uint32(3), uint64(len(f.Tensors)), uint64(len(f.Values)))
	for _, v := range f.Values {
		e.text(v.Key)
		if err := e.value(v.Value); err != nil {
			return nil, fmt.Errorf("value of %s: %w", v.Key, err)
		}
	}
	offset := 0
	for _, t := range f.Tensors {
		if t.count() != len(t.Values) || t.Cols <= 0 {
			return nil, fmt.Errorf("tensor %s has %d values for %d × %d", t.Name, len(t.Values), t.Rows, t.Cols)
		}
		e.text(t.Name)
		if t.Rows == 0 {
			e.fixed(uint32(1), uint64(t.Cols))
		} else {
			e.fixed(uint32(2), uint64(t.Cols), uint64(t.Rows))
		}
		e.fixed(t.kind(), uint64(offset))
		offset += padded(t.size())
	}
	return append(e.Bytes(), make([]byte, padded(e.Len())-e.Len())...), nil
}

func (t Tensor) count() int { return max(t.Rows, 1) * t.Cols }

func (t Tensor) kind() uint32 {
	if t.Half {
		return tensorFloat16
	}
	return tensorFloat32
}

func (t Tensor) size() int {
	if t.Half {
		return 2 * t.count()
	}
	return 4 * t.count()
}

func (t Tensor) data() ([]byte, error) {
	out := make([]byte, 0, padded(t.size()))
	for _, v := range t.Values {
		if !t.Half {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
			continue
		}
		h, ok := half(v)
		if !ok {
			return nil, fmt.Errorf("tensor %s: 16 bits do not hold %v", t.Name, v)
		}
		out = binary.LittleEndian.AppendUint16(out, h)
	}
	return append(out, make([]byte, padded(len(out))-len(out))...), nil
}

// half returns v as a 16-bit float, and whether that is exact. Numbers too small
// for a normal 16-bit float count as inexact.
func half(v float32) (bits uint16, exact bool) {
	b := math.Float32bits(v)
	sign := uint16(b >> 16 & 0x8000)
	if v == 0 {
		return sign, true
	}
	exponent := int(b>>23&0xff) - 127
	mantissa := b & 0x7fffff
	if exponent < -14 || exponent > 15 || mantissa&0x1fff != 0 {
		return 0, false
	}
	return sign | uint16(exponent+15)<<10 | uint16(mantissa>>13), true
}

func padded(n int) int { return (n + alignment - 1) / alignment * alignment }

type encoder struct{ bytes.Buffer }

// fixed writes numbers of fixed size. A buffer takes all of them.
func (e *encoder) fixed(numbers ...any) {
	for _, n := range numbers {
		out, err := binary.Append(nil, binary.LittleEndian, n)
		if err != nil {
			panic(err) // only for a type of no fixed size, which is a mistake in this file
		}
		e.Write(out)
	}
}

func (e *encoder) text(s string) {
	e.fixed(uint64(len(s)))
	e.WriteString(s)
}

func (e *encoder) value(v any) error {
	switch v := v.(type) {
	case string:
		e.fixed(typeString)
		e.text(v)
	case bool:
		e.fixed(typeBool, v)
	case uint32:
		e.fixed(typeUint32, v)
	case int32:
		e.fixed(typeInt32, v)
	case float32:
		e.fixed(typeFloat32, v)
	case []string:
		e.fixed(typeArray, typeString, uint64(len(v)))
		for _, s := range v {
			e.text(s)
		}
	case []int32:
		e.fixed(typeArray, typeInt32, uint64(len(v)), v)
	default:
		return fmt.Errorf("a value of type %T", v)
	}
	return nil
}
