package parse

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Wrong is a complaint about a text that has no place yet.
type Wrong struct{ Message, Suggestion string }

// setter puts a text into a value; it returns nil when the text is right.
type setter func(v reflect.Value, text string) *Wrong

// valued is a type that lists what a book may say.
type valued interface{ Values() []string }

// scalarSetter returns how texts become values of t, for which isScalar holds.
func scalarSetter(t reflect.Type) setter {
	if t.Kind() == reflect.Pointer {
		inner := scalarSetter(t.Elem())
		return func(v reflect.Value, text string) *Wrong {
			v.Set(reflect.New(t.Elem()))
			return inner(v.Elem(), text)
		}
	}
	switch t {
	case reflect.TypeFor[money.Decimal]():
		return setDecimal
	case reflect.TypeFor[schemas.Date]():
		return setDate
	case reflect.TypeFor[schemas.Period]():
		return setPeriod
	case reflect.TypeFor[money.Currency]():
		return setCurrency
	}
	if allowed := AllowedValues(t); allowed != nil {
		return enumSetter(t, allowed)
	}
	return kindSetter(t)
}

// AllowedValues returns what a book may say for a type with a closed list, or nil.
func AllowedValues(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[money.Mode]():
		return texts(money.Modes())
	case reflect.TypeFor[schemas.Severity]():
		return texts([]schemas.Severity{schemas.Note, schemas.Warning, schemas.Suspended, schemas.Rejected, schemas.Blocking})
	case reflect.TypeFor[schemas.Format]():
		return texts(schemas.Formats)
	case reflect.TypeFor[schemas.Semantics]():
		return texts([]schemas.Semantics{schemas.Snapshot, schemas.Append})
	case reflect.TypeFor[schemas.View]():
		return texts([]schemas.View{schemas.Actual, schemas.Amortised})
	case reflect.TypeFor[schemas.VersionOrder]():
		return texts([]schemas.VersionOrder{schemas.ByText, schemas.ByArrival, schemas.ByManifest})
	case reflect.TypeFor[schemas.Cadence]():
		return texts([]schemas.Cadence{schemas.EveryMonth, schemas.EveryDay})
	case reflect.TypeFor[schemas.Code]():
		codes := make([]string, len(schemas.Codes))
		for i, c := range schemas.Codes {
			codes[i] = string(c.Code)
		}
		return codes
	}
	if v, ok := reflect.TypeAssert[valued](reflect.Zero(t)); ok {
		return v.Values()
	}
	return nil
}

func texts[T any](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return out
}

func enumSetter(t reflect.Type, allowed []string) setter {
	set := kindSetter(t)
	return func(v reflect.Value, text string) *Wrong {
		if !slices.Contains(allowed, text) {
			return &Wrong{fmt.Sprintf("%q is not allowed here", Clip(text)), DidYouMean(text, allowed, "see the list in the schema")}
		}
		return set(v, text)
	}
}

func kindSetter(t reflect.Type) setter {
	if reflect.PointerTo(t).Implements(textual) {
		return setText
	}
	switch t.Kind() {
	case reflect.Bool:
		return setBool
	case reflect.Int, reflect.Int32, reflect.Int64:
		return setInteger
	default:
		return func(v reflect.Value, text string) *Wrong {
			if strings.ContainsRune(text, 0) {
				return &Wrong{"the text holds a zero byte", "remove it"}
			}
			v.SetString(text)
			return nil
		}
	}
}

func setText(v reflect.Value, text string) *Wrong {
	u, ok := reflect.TypeAssert[encoding.TextUnmarshaler](v.Addr())
	if !ok {
		return &Wrong{fmt.Sprintf("%q cannot be read here", Clip(text)), ""}
	}
	if err := u.UnmarshalText([]byte(text)); err != nil {
		return &Wrong{err.Error(), ""}
	}
	return nil
}

func setBool(v reflect.Value, text string) *Wrong {
	switch text {
	case "true", "false":
		v.SetBool(text == "true")
		return nil
	case "yes", "on", "y", "1", "True", "TRUE", "Yes", "YES":
		return &Wrong{fmt.Sprintf("%q is neither true nor false", text), "write true"}
	case "no", "off", "n", "0", "False", "FALSE", "No", "NO":
		return &Wrong{fmt.Sprintf("%q is neither true nor false", text), "write false"}
	}
	return &Wrong{fmt.Sprintf("%q is neither true nor false", Clip(text)), "write true or false"}
}

func setInteger(v reflect.Value, text string) *Wrong {
	n, err := strconv.ParseInt(text, 10, v.Type().Bits())
	if err != nil || text[0] == '+' {
		return &Wrong{fmt.Sprintf("%q is not a whole number", Clip(text)), "write digits only, such as 30"}
	}
	v.SetInt(n)
	return nil
}

func setDecimal(v reflect.Value, text string) *Wrong {
	d, err := money.ParseDecimal(text)
	if err != nil {
		return &Wrong{fmt.Sprintf("%q is not a decimal number", Clip(text)), decimalHint(text, err)}
	}
	if w := tooFine(text, d); w != nil {
		return w
	}
	v.Set(reflect.ValueOf(d))
	return nil
}

// mostWhole is ten to the number of digits that a decimal of the book may have before its point: so much less than the 20
// of the datasets that a quantity times a price times a rate of exchange still fits them.
const mostWhole = 15

// tooFine complains of a decimal that is too large or too fine for the datasets, in which its products would break the run.
func tooFine(text string, d money.Decimal) *Wrong {
	if !d.Abs().LessThan(money.NewDecimal(1, mostWhole)) {
		return &Wrong{fmt.Sprintf("%q is too large", Clip(text)), fmt.Sprintf("write a number of at most %d digits before the point", mostWhole)}
	}
	if _, err := money.FixedFromDecimal(d); err != nil {
		return &Wrong{fmt.Sprintf("%q has more than %d decimal places", Clip(text), money.Scale), fmt.Sprintf("round it to %d decimal places", money.Scale)}
	}
	return nil
}

// decimalHint guesses what the writer of a bad decimal meant.
func decimalHint(text string, err error) string {
	if errors.Is(err, money.ErrLimit) {
		return "at most 64 digits and an exponent of at most 64 are read"
	}
	digits := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r == '.' || r == '-' {
				return r
			}
			return -1
		}, text)
	}
	comma, point := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	guess := digits(text)
	if strings.Count(text, ",") == 1 && comma > point {
		fraction := digits(strings.NewReplacer(".", "", ",", ".").Replace(text))
		// 1,200 is a thousand times as much to some as to others, so neither is proposed alone.
		if _, behind, _ := strings.Cut(fraction, "."); point < 0 && len(behind) == 3 && len(guess) <= 40 {
			return "write " + guess + " or " + fraction + ", whichever is meant: a point before the decimals, no separators"
		}
		guess = fraction
	}
	if _, err := money.ParseDecimal(guess); err == nil && len(guess) <= 40 {
		return "write " + guess + ": a point before the decimals, no separators, currency or percent sign"
	}
	return "write a plain decimal such as 12.5"
}

func setDate(v reflect.Value, text string) *Wrong {
	d, err := schemas.ParseDate(text)
	if err != nil {
		return &Wrong{fmt.Sprintf("%q is not a day", Clip(text)), "write it as YYYY-MM-DD, for example 2024-09-30"}
	}
	v.Set(reflect.ValueOf(d))
	return nil
}

func setPeriod(v reflect.Value, text string) *Wrong {
	p, err := schemas.ParsePeriod(text)
	if err != nil {
		return &Wrong{fmt.Sprintf("%q is not a month", Clip(text)), "write it as YYYY-MM, for example 2024-09"}
	}
	v.SetString(string(p))
	return nil
}

func setCurrency(v reflect.Value, text string) *Wrong {
	if c := money.Currency(text); !money.ValidCurrency(c) {
		hint := "write a code of three capital letters, such as EUR"
		if up := money.Currency(strings.ToUpper(text)); money.ValidCurrency(up) {
			hint = "write " + string(up)
		}
		return &Wrong{fmt.Sprintf("%q is not a currency of ISO 4217", Clip(text)), hint}
	}
	v.SetString(text)
	return nil
}

// Clip keeps a quoted text short.
func Clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
