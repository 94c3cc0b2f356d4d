package proof

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// said is an entry of the book as JSON may hold it, by the keys that the book has, without those that say nothing.
func said(v any) any { return saidValue(reflect.ValueOf(v)) }

func saidValue(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return saidValue(v.Elem())
	default:
	}
	if _, texts := reflect.TypeAssert[encoding.TextMarshaler](v); texts {
		return v.Interface()
	}
	switch v.Kind() {
	case reflect.Struct:
		out := map[string]any{}
		saidFields(v, out)
		return out
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = saidValue(v.Index(i))
		}
		return out
	default:
		return v.Interface()
	}
}

// saidFields adds the fields of a struct by their keys; those of one that stands inline in another are its own.
func saidFields(v reflect.Value, out map[string]any) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(options, "inline"):
			saidFields(v.Field(i), out)
		case key != "" && key != "-" && !v.Field(i).IsZero():
			out[key] = saidValue(v.Field(i))
		}
	}
}

// inJSON writes a value to be read by people, too.
func inJSON(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return append(data, '\n'), err
}
