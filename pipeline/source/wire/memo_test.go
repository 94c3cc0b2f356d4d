package wire_test

import (
	"fmt"
	"testing"

	"daybook/fixtures/random"
	"daybook/pipeline/source/wire"
)

// TestMade makes texts of texts, many of which stand again, few, and none: each row has what its own text came to.
func TestMade(t *testing.T) {
	for _, kinds := range []uint64{1, 3, 500, 20_000, 1 << 40} {
		r, calls := random.Of(kinds), 0
		var m wire.Made
		for range 12 {
			m.Begin()
			var want []string
			for range 2000 {
				text := fmt.Sprintf("a text of number %d", r.Below(kinds))
				if r.Chance(500) {
					text = ""
				}
				if len(want) > 0 && r.Chance(500) {
					m.Again()
					want = append(want, want[len(want)-1])
					continue
				}
				want = append(want, "made of "+text)
				padded := append([]byte(text), make([]byte, wire.Slack)...)
				if !m.Remembers() || !m.Known(padded, 0, uint32(len(text))) {
					calls++
					m.Add(append(append(m.Text, "made of "...), text...))
					m.Learn(padded, 0, uint32(len(text)))
				}
			}
			m.End()
			for i, w := range want {
				if got := string(m.Text[m.Pos[2*i]:m.Pos[2*i+1]]); got != w {
					t.Fatalf("row %d of texts of %d kinds is %q, not %q", i, kinds, got, w)
				}
			}
		}
		if kinds <= 500 && calls > 3000 {
			t.Errorf("texts of %d kinds are made %d times", kinds, calls)
		}
		if m.Remembers() != (kinds <= 500) {
			t.Errorf("texts of %d kinds: is it of use to remember them? %v", kinds, m.Remembers())
		}
	}
}

// TestRoom makes room without loss, and objects of members.
func TestRoom(t *testing.T) {
	b := wire.Room([]byte("abc"), 100)
	if string(b) != "abc" || cap(b) < 103 {
		t.Errorf("%q with room for %d", b, cap(b))
	}
	if got := string(wire.CloseObject([]byte(`x,"a":1,"b":2`), 1)); got != `x{"a":1,"b":2}` {
		t.Error(got)
	}
	if got := string(wire.CloseObject([]byte("x"), 1)); got != "x" {
		t.Error(got)
	}
}

// TestStrings writes texts as JSON strings, whatever stands behind them.
func TestStrings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `""`},
		{"a", `"a"`},
		{`"`, `"\""`},
		{"1234567", `"1234567"`},
		{"12345678", `"12345678"`},
		{`1234567"`, `"1234567\""`},
		{`a\b"c` + "\n\t\x01" + "long enough for words", `"a\\b\"c\n\t\u0001long enough for words"`},
		{"Maßeinheit und mehr davon", `"Maßeinheit und mehr davon"`},
		{"bad \xff end", "\"bad \uFFFD end\""},
		{`{"a":"b","c":"d"}`, `"{\"a\":\"b\",\"c\":\"d\"}"`},
	} {
		if got := string(wire.AppendString(nil, []byte(c.text))); got != c.want {
			t.Errorf("%q is %s, not %s", c.text, got, c.want)
		}
		behind := []byte(c.text + "\"\\\n\x00\xff and more")
		if got := string(wire.AppendString([]byte("x"), behind[:len(c.text)])); got != "x"+c.want {
			t.Errorf("%q before others is %s, not x%s", c.text, got, c.want)
		}
	}
}
