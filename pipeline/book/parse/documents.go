package parse

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// Documents reads a YAML file that others than daybook define: each of its documents is a file for itself, to be looked into by
// spots, and may say whatever its definition lets it say. It reports whether the file could be parsed.
func (r *Reader) Documents(f *File) ([]*File, bool) {
	text, ok := r.utf8(f)
	if !ok {
		return nil, false
	}
	var out []*File
	for dec := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			return out, true
		} else if err != nil {
			r.yamlSyntax(f, err)
			return nil, false
		}
		if len(doc.Content) == 0 || isNull(doc.Content[0]) {
			continue
		}
		one := &File{Name: f.Name, text: text, root: doc.Content[0]}
		r.plain(one)
		out = append(out, one)
	}
}

// plain complains of what no file of a book may hold, whoever defines it: secrets, and keys that stand twice.
func (r *Reader) plain(f *File) {
	complain := func(n *yaml.Node, message, suggestion string) {
		r.found.add(Problem{File: f.Name, Line: max(n.Line, 1), Column: max(n.Column, 1), Message: message, Suggestion: suggestion})
	}
	for rest := []*yaml.Node{f.root}; len(rest) > 0; {
		n := rest[len(rest)-1]
		rest = append(rest[:len(rest)-1], n.Content...)
		if n.Kind == yaml.ScalarNode {
			if w := secretValue(n.Value); w != nil {
				complain(n, w.Message, w.Suggestion)
			}
		}
		if n.Kind != yaml.MappingNode {
			continue
		}
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if seen[key.Value] {
				complain(key, "the key "+Clip(key.Value)+" stands here twice", "keep one of them")
			}
			seen[key.Value] = true
			if key.Value == "connectionDetails" && value.Kind == yaml.MappingNode {
				for j := 0; j < len(value.Content); j += 2 {
					if w := secretName(value.Content[j].Value); w != nil {
						complain(value.Content[j], w.Message, w.Suggestion)
					}
				}
			}
		}
	}
}
