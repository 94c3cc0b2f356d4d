package store

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func testOddKeys(t *testing.T, s Store) {
	odd := []string{
		"billing_period=2024-09/part 1.parquet", "a+b", "100%", "100%25", "%2e%2e", "%", "a&b?c#d", "é/ü", "日本語/データ",
		"e\u0301", "-rf", "~", "con", "a:b", "*", "'\"`", "<x>", "a,b;c", "$HOME", "{}[]()|^", "x/" + strings.Repeat("n", maxSegmentBytes),
		strings.Repeat("deep/", 40) + "x", "😀", " ", "a ", " a/ b", "a.", "a..b", "x.tmp",
	}
	for _, key := range odd {
		create(t, s, key, "body of "+key)
	}
	for _, key := range odd {
		wantBody(t, s, key, "body of "+key)
		if got := keys(t, s.List(t.Context(), key)); !slices.Contains(got, key) {
			t.Errorf("list %q: %q", key, got)
		}
	}
	slices.Sort(odd)
	if got := keys(t, s.List(t.Context(), "")); !slices.Equal(got, odd) {
		t.Errorf("listed %q, want %q", got, odd)
	}
}

func testHostileKeys(t *testing.T, s Store) {
	ctx := t.Context()
	for _, key := range []string{
		"", "/", "/etc/passwd", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "./a", ".daybook/lock", "a/.hidden", "a\\b",
		"..\\a", "C:\\a", "a\x00b", "a\nb", "a\x7fb", "a\u0085b", "\xff\xfe", "a/\xc0\xae", strings.Repeat("n", maxSegmentBytes+1),
		strings.Repeat("n/", maxKeyBytes/2) + "n",
	} {
		_, err := s.Get(ctx, key, 0, -1)
		wantError(t, err, ErrKey)
		_, err = s.Create(ctx, key, strings.NewReader("x"))
		wantError(t, err, ErrKey)
		_, err = s.Swap(ctx, key, nil, "")
		wantError(t, err, ErrKey)
		_, err = CreateFrom(ctx, s, key, func(io.Writer) error { return nil })
		wantError(t, err, ErrKey)
		_, _, err = OpenReaderAt(ctx, s, key)
		wantError(t, err, ErrKey)
	}
	if got := keys(t, s.List(ctx, "")); len(got) != 0 {
		t.Errorf("listed %q", got)
	}
}
