package pipeline

import (
	"encoding/json"
	"testing"

	"daybook/schemas"
)

func TestStepsAreWrittenAsTheLibraryWritesThem(t *testing.T) {
	for _, steps := range [][]schemas.Step{
		{},
		{{Op: "given", Out: "1"}},
		{{Op: "mul", In: []schemas.Operand{{Name: "a", Value: "1.5"}, {Name: "b", Value: "-2"}}, Out: "-3", Note: "price × quantity"}, {Op: "x", Out: ""}},
		{{Op: "<&>", In: []schemas.Operand{{Name: "quote\"", Value: "back\\slash"}}, Out: "line\nbreak", Note: "\u2028 \x00 \xff"}},
	} {
		want, err := json.Marshal(steps)
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendSteps(nil, steps)
		if err != nil || string(got) != string(want) {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
