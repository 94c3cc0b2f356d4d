package native

import (
	"daybook/schemas/intake"
	"daybook/schemas/money"
)

// ReadingOf returns what writes the first of the texts that holds a value, as a book says of a column.
func ReadingOf(r *intake.Reading) Writer {
	nulls := map[string]bool{}
	for _, n := range r.Nulls {
		nulls[n] = true
	}
	return func(_ *Context, dst []byte, in [][]byte) []byte {
		for _, text := range in {
			if len(text) == 0 || len(nulls) > 0 && nulls[string(text)] {
				continue
			}
			if word, known := r.Values[string(text)]; known {
				return append(dst, word...)
			}
			if r.Factor != nil {
				return appendProduct(dst, text, *r.Factor)
			}
			return append(dst, text...)
		}
		return dst
	}
}

// appendProduct writes a number multiplied by a factor; what is no number stays as it is.
func appendProduct(dst, text []byte, factor money.Decimal) []byte {
	if v, err := money.ParseFixed(text); err == nil {
		return v.Decimal().Mul(factor).AppendText(dst)
	}
	v, err := money.ParseDecimal(string(text)) // finer than 18 places, or nothing
	if err != nil {
		return append(dst, text...)
	}
	return v.Mul(factor).AppendText(dst)
}
