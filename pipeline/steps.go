package pipeline

import (
	"encoding/json"

	"daybook/schemas"
)

// appendSteps appends the steps of an arithmetic as JSON, as json.Marshal writes them: a night has millions of steps, and
// looking at their types one by one was a tenth of rating.
func appendSteps(dst []byte, steps []schemas.Step) ([]byte, error) {
	var err error
	dst = append(dst, '[')
	for i := range steps {
		s := &steps[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendString(append(dst, `{"op":`...), s.Op); err != nil {
			return nil, err
		}
		for k, in := range s.In {
			if k == 0 {
				dst = append(dst, `,"in":[`...)
			} else {
				dst = append(dst, ',')
			}
			if dst, err = appendString(append(dst, `{"name":`...), in.Name); err != nil {
				return nil, err
			}
			if dst, err = appendString(append(dst, `,"value":`...), in.Value); err != nil {
				return nil, err
			}
			dst = append(dst, '}')
			if k == len(s.In)-1 {
				dst = append(dst, ']')
			}
		}
		if dst, err = appendString(append(dst, `,"out":`...), s.Out); err != nil {
			return nil, err
		}
		if s.Note != "" {
			if dst, err = appendString(append(dst, `,"note":`...), s.Note); err != nil {
				return nil, err
			}
		}
		dst = append(dst, '}')
	}
	return append(dst, ']'), nil
}

// appendString appends a text in quotes. All but plain letters and signs goes the library's way.
func appendString(dst []byte, s string) ([]byte, error) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			b, err := json.Marshal(s)
			return append(dst, b...), err
		}
	}
	return append(append(append(dst, '"'), s...), '"'), nil
}
