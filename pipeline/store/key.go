package store

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what every place accepts: a bucket takes keys of 1,024 bytes (its own prefix included), a file system names
// of 255.
const (
	maxKeyBytes     = 1024
	maxSegmentBytes = 255
)

// CheckKey returns nil if key can name an object in every kind of store, else an error wrapping ErrKey that says what is
// wrong. A key is one or more non-empty segments joined by "/", in valid UTF-8 without control characters or
// backslashes; no segment starts with "." (so no "..", and hidden names stay free for the store's own use).
func CheckKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("%w: it is empty", ErrKey)
	case len(key) > maxKeyBytes:
		return fmt.Errorf("%w: %q... has %d bytes, at most %d are possible", ErrKey, key[:64], len(key), maxKeyBytes)
	case !utf8.ValidString(key):
		return fmt.Errorf("%w: %q is not UTF-8", ErrKey, key)
	}
	if i := strings.IndexFunc(key, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }); i >= 0 {
		return fmt.Errorf("%w: %q has a backslash or control character at byte %d", ErrKey, key, i)
	}
	for segment := range strings.SplitSeq(key, "/") {
		switch {
		case segment == "":
			return fmt.Errorf("%w: %q has an empty segment; write it without leading, trailing or double slashes", ErrKey, key)
		case segment[0] == '.':
			return fmt.Errorf("%w: %q has a segment that starts with a dot", ErrKey, key)
		case len(segment) > maxSegmentBytes:
			return fmt.Errorf("%w: %q has a segment of %d bytes, at most %d are possible", ErrKey, key, len(segment), maxSegmentBytes)
		}
	}
	return nil
}

// checkPrefix returns nil if some key could start with prefix.
func checkPrefix(prefix string) error {
	if prefix == "" || CheckKey(prefix) == nil {
		return nil
	}
	if err := CheckKey(prefix + "x"); err != nil {
		return fmt.Errorf("as the prefix %q: %w", prefix, err)
	}
	return nil
}

// hidden reports whether a segment of name starts with a dot: such names are not objects, in a bucket as in a directory.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "/.")
}
