package native

import (
	"daybook/schemas/money"
)

// firstText writes the first of the texts that is not empty.
func firstText(_ *Context, dst []byte, in [][]byte) []byte {
	for _, text := range in {
		if len(text) > 0 {
			return append(dst, text...)
		}
	}
	return dst
}

// meaning writes what the format calls a text that FOCUS has another for; what it does not know stays.
func meaning(of map[string]string) Writer {
	return func(_ *Context, dst []byte, in [][]byte) []byte {
		if word, known := of[string(in[0])]; known {
			return append(dst, word...)
		}
		return append(dst, in[0]...)
	}
}

// only is meaning, but that what the format does not know is nothing.
func only(of map[string]string) Writer {
	return func(_ *Context, dst []byte, in [][]byte) []byte { return append(dst, of[string(in[0])]...) }
}

// decimal reads a number; most are of so few digits that they are read at once.
func decimal(text []byte) (money.Decimal, error) {
	if f, err := money.ParseFixed(text); err == nil {
		return f.Decimal(), nil
	}
	return money.ParseDecimal(string(text))
}

// addTo writes a number with another added; what is no number stays as it is.
func addTo(dst, text []byte, other money.Decimal) []byte {
	v, err := decimal(text)
	if err != nil || other.IsZero() {
		return append(dst, text...)
	}
	return v.Add(other).AppendText(dst)
}
