package schemas

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"daybook/schemas/money"
)

// RefusedError says that an object cannot be trusted, so its delivery must be refused whole: whatever was read of it
// before is void. It is a fact about the input, not a failure of the run; Finding puts it into the findings.
type RefusedError struct {
	// Code is CodeUnreadableObject, CodeHostileObject, CodeMissingColumn, CodeManifestMismatch or CodeTwoExports.
	Code   Code
	Object string
	// Row is where it showed, or 0.
	Row    int64
	Reason string
}

// Error names the object and the reason.
func (e *RefusedError) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("object %s, row %d: %s", e.Object, e.Row, e.Reason)
	}
	return fmt.Sprintf("object %s: %s", e.Object, e.Reason)
}

// Finding states the refusal of an object of a source.
func (e *RefusedError) Finding(id SourceID) Finding {
	return Finding{Code: e.Code, Source: id, Object: e.Object, Row: e.Row, Message: e.Reason}.WithFix()
}

// WithFix completes f with what to do about it, and with the severity that its code has where it has none of its own.
func (f Finding) WithFix() Finding {
	info, _ := f.Code.Info()
	if f.Severity == "" {
		f.Severity = info.Severity
	}
	f.Message = f.Message + "; " + info.Fix
	f.Value = ClipValue(f.Value)
	return f
}

// ClipValue cuts a text to what a finding holds, at the start of a character, and makes UTF-8 of it. What is cut does not hold on
// to the rest: a finding is kept, and a text may have a megabyte.
func ClipValue(s string) string {
	if most := 200; len(s) > most {
		for most > 200-utf8.UTFMax && !utf8.RuneStart(s[most]) {
			most--
		}
		s = strings.Clone(s[:most])
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// CurrencyName is a currency as messages name it. What a row says where a currency should be stands in quotes.
func CurrencyName(text string) string {
	if money.ValidCurrency(money.Currency(text)) {
		return text
	}
	return strconv.Quote(text)
}
