package tinymodel

import (
	"fmt"
	"io"

	"plumbline/backend/llm/ollamatest/gguf"
)

// The dimensions of the hidden state. They are few, because the score of every
// token of the vocabulary is computed for every piece of an answer.
const (
	codeBase   = 4
	codeDigits = 6

	dimCode   = 0                             // the number of a piece, a digit each codeBase
	dimOne    = dimCode + codeDigits*codeBase // 1 everywhere
	dimAsk    = dimOne + 1                    // 1 where an answer is to begin
	dimLast   = dimAsk + 1                    // 1 at the last piece of a script
	dimHeard  = dimLast + 1                   // a channel each script: 1 at its trigger, the mean of that after the attention
	dimChosen = dimHeard + MaxScripts         // strong where an answer is to begin and the trigger was heard
	width     = 64                            // of the hidden state
	hidden    = 32                            // of the feed-forward layer: two neurons a script
	head      = 16                            // of the one attention head: a dimension a script

	// These do not compile when a part outgrows its place.
	_ = uint(width - dimChosen - MaxScripts)
	_ = uint(hidden - 2*MaxScripts)
	_ = uint(head - MaxScripts)
)

// The strengths of connections. Scores are compared after normalisation, which
// divides by the length of the state; the margins between the first and the second
// score stay above 15 in every case the tests go through.
const (
	digitScore  = 10  // of a right digit, and against a wrong one
	lastScore   = 80  // for the end after the last piece: more than any code comes to
	askScore    = 20  // for the first script
	chosenScore = 40  // for the first script with a channel
	laterScore  = 8   // more for each later script
	slope       = 1e6 // so steep that one trigger in 100,000 tokens is heard
	ceiling     = 4   // where a neuron's rise is taken back
)

// Model is a model ready to be written.
type Model struct {
	spec   Spec
	vocab  *vocabulary
	pieces int

	embedding, output      matrix // a row each token
	value, attentionOutput matrix
	gate, up, down         matrix
}

// matrix holds rows one after the other.
type matrix struct {
	cols   int
	values []float32
}

func newMatrix(rows, cols int) matrix { return matrix{cols: cols, values: make([]float32, rows*cols)} }

func (m matrix) set(row, col int, to float32) { m.values[row*m.cols+col] = to }

func (m matrix) row(i int) []float32 { return m.values[i*m.cols : (i+1)*m.cols] }

// New makes a model. It returns an error when the scripts do not fit or cannot be told apart.
func New(spec Spec) (*Model, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	if spec.ContextLength == 0 {
		spec.ContextLength = DefaultContext
	}
	vocab, err := newVocabulary()
	if err != nil {
		return nil, err
	}
	m := &Model{spec: spec, vocab: vocab}
	scripts, err := m.cutScripts()
	if err != nil {
		return nil, err
	}
	triggers := make([][]int, len(spec.Scripts))
	for k, script := range spec.Scripts {
		for _, word := range script.Triggers {
			for _, spelling := range spellings(word) {
				triggers[k] = append(triggers[k], vocab.addText(spelling))
			}
		}
	}
	m.embedding, m.output = newMatrix(len(vocab.texts), width), newMatrix(len(vocab.texts), width)
	for id := range vocab.texts {
		m.embedding.set(id, dimOne, 1)
	}
	m.follow(scripts)
	m.listen(triggers)
	m.choose(scripts)
	return m, nil
}

// cutScripts adds the pieces of each script to the vocabulary and returns their ids.
func (m *Model) cutScripts() ([][]int, error) {
	c := cutter{used: map[string]bool{}}
	for id, kind := range m.vocab.kinds {
		if kind == kindControl {
			c.used[m.vocab.texts[id]] = true
		}
	}
	scripts := make([][]int, len(m.spec.Scripts))
	for k, script := range m.spec.Scripts {
		pieces, err := c.cut(script.Text)
		if err != nil {
			return nil, fmt.Errorf("cut script %d: %w", k, err)
		}
		for _, p := range pieces {
			scripts[k] = append(scripts[k], m.vocab.addText(p))
		}
		m.pieces += len(pieces)
	}
	if m.pieces > MaxPieces {
		return nil, fmt.Errorf("the scripts have %d pieces, at most %d fit into a model", m.pieces, MaxPieces)
	}
	return scripts, nil
}

// follow lets each piece be followed by the next of its script.
func (m *Model) follow(scripts [][]int) {
	number := 0
	for k, script := range scripts {
		for i, id := range script {
			digits := codeOf(number)
			number++
			for _, d := range digits {
				m.embedding.set(id, d, 1)
			}
			switch {
			case i+1 < len(script):
				m.succeed(script[i+1], digits)
			case m.spec.Scripts[k].Loop:
				m.succeed(script[0], digits)
			default:
				m.embedding.set(id, dimLast, 1)
			}
		}
	}
	m.output.set(m.vocab.end, dimLast, lastScore)
}

// succeed makes a piece the one to follow the piece with these digits.
func (m *Model) succeed(id int, digits [codeDigits]int) {
	for d := range codeDigits * codeBase {
		m.output.set(id, dimCode+d, -digitScore)
	}
	for _, d := range digits {
		m.output.set(id, d, digitScore)
	}
}

// codeOf returns the dimensions that spell a number, one for each digit.
func codeOf(number int) (dims [codeDigits]int) {
	for i := range dims {
		dims[i] = dimCode + i*codeBase + number%codeBase
		number /= codeBase
	}
	return dims
}

// listen brings the mean of each channel of triggers to every place after them.
func (m *Model) listen(triggers [][]int) {
	m.value, m.attentionOutput = newMatrix(head, width), newMatrix(width, head)
	for k, ids := range triggers {
		for _, id := range ids {
			m.embedding.set(id, dimHeard+k, 1)
		}
		m.value.set(k, dimHeard+k, 0.125) // about undoes the normalisation of a trigger
		m.attentionOutput.set(dimHeard+k, k, 1)
	}
}

// choose begins the answer with the first piece of a script.
func (m *Model) choose(scripts [][]int) {
	m.gate, m.up, m.down = newMatrix(hidden, width), newMatrix(hidden, width), newMatrix(width, hidden)
	m.embedding.set(m.vocab.assistant, dimAsk, 1)
	m.output.set(scripts[0][0], dimAsk, askScore)
	for k, script := range scripts {
		rise, fall := 2*k, 2*k+1
		for _, neuron := range []int{rise, fall} {
			m.gate.set(neuron, dimHeard+k, slope)
			m.up.set(neuron, dimAsk, 1)
		}
		m.gate.set(fall, dimOne, -ceiling)
		m.down.set(dimChosen+k, rise, 1)
		m.down.set(dimChosen+k, fall, -1)
		m.output.set(script[0], dimChosen+k, float32(chosenScore+laterScore*k))
	}
}

// Pieces returns how many pieces the scripts have, of MaxPieces.
func (m *Model) Pieces() int { return m.pieces }

// Template is the chat template the server must be given with the model.
func (m *Model) Template() string {
	thinking := ""
	if m.spec.Thinking {
		thinking = "{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}"
	}
	return "{{ range .Messages }}<|{{ .Role }}|>" + thinking + "{{ .Content }}<|end|>{{ end }}<|assistant|>"
}

// WriteTo writes the model as a GGUF file.
func (m *Model) WriteTo(w io.Writer) (int64, error) {
	tokens := len(m.vocab.texts)
	file := gguf.File{Values: []gguf.Value{
		{Key: "general.architecture", Value: "llama"},
		{Key: "general.name", Value: "scripted test model"},
		{Key: "general.file_type", Value: uint32(1)}, // mostly 16 bits
		{Key: "llama.block_count", Value: uint32(1)},
		{Key: "llama.context_length", Value: uint32(m.spec.ContextLength)},
		{Key: "llama.embedding_length", Value: uint32(width)},
		{Key: "llama.feed_forward_length", Value: uint32(hidden)},
		{Key: "llama.attention.head_count", Value: uint32(1)},
		{Key: "llama.attention.head_count_kv", Value: uint32(1)},
		{Key: "llama.attention.key_length", Value: uint32(head)},
		{Key: "llama.attention.value_length", Value: uint32(head)},
		{Key: "llama.attention.layer_norm_rms_epsilon", Value: float32(1e-6)},
		{Key: "llama.rope.dimension_count", Value: uint32(head)},
		{Key: "llama.vocab_size", Value: uint32(tokens)},
		{Key: "tokenizer.ggml.model", Value: "gpt2"},
		{Key: "tokenizer.ggml.pre", Value: "llama-bpe"},
		{Key: "tokenizer.ggml.tokens", Value: m.vocab.texts},
		{Key: "tokenizer.ggml.token_type", Value: m.vocab.kinds},
		{Key: "tokenizer.ggml.merges", Value: m.vocab.merges},
		{Key: "tokenizer.ggml.bos_token_id", Value: uint32(m.vocab.begin)},
		{Key: "tokenizer.ggml.eos_token_id", Value: uint32(m.vocab.end)},
		{Key: "tokenizer.ggml.add_bos_token", Value: true},
	}, Tensors: []gguf.Tensor{
		{Name: "token_embd.weight", Rows: tokens, Cols: width, Values: m.embedding.values, Half: true},
		{Name: "output.weight", Rows: tokens, Cols: width, Values: m.output.values, Half: true},
		{Name: "output_norm.weight", Cols: width, Values: ones(width)},
		{Name: "blk.0.attn_norm.weight", Cols: width, Values: ones(width)},
		{Name: "blk.0.attn_q.weight", Rows: head, Cols: width, Values: make([]float32, head*width)},
		{Name: "blk.0.attn_k.weight", Rows: head, Cols: width, Values: make([]float32, head*width)},
		{Name: "blk.0.attn_v.weight", Rows: head, Cols: width, Values: m.value.values},
		{Name: "blk.0.attn_output.weight", Rows: width, Cols: head, Values: m.attentionOutput.values},
		{Name: "blk.0.ffn_norm.weight", Cols: width, Values: ones(width)},
		{Name: "blk.0.ffn_gate.weight", Rows: hidden, Cols: width, Values: m.gate.values},
		{Name: "blk.0.ffn_up.weight", Rows: hidden, Cols: width, Values: m.up.values},
		{Name: "blk.0.ffn_down.weight", Rows: width, Cols: hidden, Values: m.down.values},
	}}
	n, err := file.WriteTo(w)
	if err != nil {
		return n, fmt.Errorf("write model: %w", err)
	}
	return n, nil
}

func ones(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 1
	}
	return v
}
