package text

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// maxLine is the longest line of JSON that is read.
const maxLine = 64 << 20

// jsonSource takes JSON lines apart.
type jsonSource struct {
	in     *bufio.Scanner
	name   string
	line   int
	names  []string
	index  map[string]int
	frozen bool
}

func newJSONSource(in io.Reader, opts Options) *jsonSource {
	s := &jsonSource{in: bufio.NewScanner(in), name: opts.Name, index: map[string]int{}}
	s.in.Buffer(make([]byte, 0, bufferBytes), maxLine)
	return s
}

func (s *jsonSource) columns() []string { return s.names }

func (s *jsonSource) freeze() { s.frozen = true }

func (s *jsonSource) next() (record, error) {
	for s.in.Scan() {
		s.line++
		if line := bytes.TrimSpace(s.in.Bytes()); len(line) > 0 {
			return s.object(line)
		}
	}
	if err := s.in.Err(); err != nil {
		return record{}, fmt.Errorf("%sreading: %w", where(s.name, s.line+1), err)
	}
	return record{}, io.EOF
}

// object reads one object, token by token so that its keys keep their order.
func (s *jsonSource) object(line []byte) (record, error) {
	rec := record{line: s.line, fields: make([]field, len(s.names))}
	for i := range rec.fields {
		rec.fields[i].null = true
	}
	d := json.NewDecoder(bytes.NewReader(line))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return rec, problem(s.name, s.line, "the line is not a JSON object")
	}
	for d.More() {
		key, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			return rec, problem(s.name, s.line, "the line is not a JSON object: %v", err)
		}
		at, known := s.index[key.(string)]
		if !known {
			if s.frozen {
				return rec, problem(s.name, s.line, "the key %q does not occur in the first %d rows, from which the columns were taken", key, sampleRows)
			}
			at = len(s.names)
			s.index[key.(string)] = at
			s.names = append(s.names, key.(string))
			rec.fields = append(rec.fields, field{})
		}
		if rec.fields[at], err = valueOf(value); err != nil {
			return rec, problem(s.name, s.line, "%q is not JSON: %v", key, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return rec, problem(s.name, s.line, "the line is not a JSON object: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return rec, problem(s.name, s.line, "something follows the JSON object")
	}
	return rec, nil
}

// valueOf is the text of a JSON value: of a string its content.
func valueOf(raw json.RawMessage) (field, error) {
	switch raw[0] {
	case 'n':
		return field{null: true}, nil
	case '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return field{text: []byte(text), quoted: true}, err
	}
	return field{text: raw}, nil
}
