package emit

import (
	"bytes"
	"errors"
	"fmt"

	"daybook/pipeline/run"
	"daybook/schemas/money"
)

// wire reads the JSON of invoices as it is written: without blanks between its parts, and no name twice that is counted. A
// general reader takes more than that, and longer: every invoice of a night is read back. What is not so is an error, so
// that nothing is counted otherwise than another reader would count it.
type wire struct {
	text []byte
	at   int
	err  error
}

var (
	errNotCanonical = errors.New("it is not as invoices are written")
	errTwice        = errors.New("a name stands in it twice")
	errNoAmount     = errors.New("it has no amount")
)

func (r *wire) fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: byte %d of the line", err, r.at+1)
	}
}

// is takes a byte if it is next.
func (r *wire) is(c byte) bool {
	if r.err != nil || r.at >= len(r.text) || r.text[r.at] != c {
		return false
	}
	r.at++
	return true
}

func (r *wire) want(c byte) {
	if !r.is(c) {
		r.fail(errNotCanonical)
	}
}

// more reports whether there is a member or element n (from 0) before the end of what holds it, and goes to it.
func (r *wire) more(n int, end byte) bool {
	if r.is(end) {
		return false
	}
	if n > 0 {
		r.want(',')
	}
	return r.err == nil
}

// string reads a string and returns what stands between its quotes, as it is written.
func (r *wire) string() []byte {
	r.want('"')
	if r.err != nil {
		return nil
	}
	from, i := r.at, r.at
	for {
		for i < len(r.text) && plain[r.text[i]] {
			i++
		}
		if i < len(r.text) && r.text[i] == '"' {
			r.at = i + 1
			return r.text[from:i]
		}
		n := 0
		if i < len(r.text) && r.text[i] == '\\' {
			n = escape(r.text[i+1:])
		}
		if n == 0 {
			r.at = i
			r.fail(errNotCanonical)
			return nil
		}
		i += 1 + n
	}
}

// plain marks the bytes that stand for themselves in a string.
var plain = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return table
}()

// escape is how many bytes what follows a backslash takes; 0 for what means nothing there.
func escape(rest []byte) int {
	const digits = 4
	switch {
	case len(rest) == 0:
	case bytes.IndexByte([]byte(`"\/bfnrt`), rest[0]) >= 0:
		return 1
	case rest[0] == 'u' && len(rest) > digits:
		for _, c := range rest[1 : 1+digits] {
			if c-'0' > 9 && (c|0x20)-'a' > 'f'-'a' {
				return 0
			}
		}
		return 1 + digits
	}
	return 0
}

// key reads a member's name and what parts it from the value.
func (r *wire) key() []byte {
	name := r.string()
	r.want(':')
	return name
}

// amount reads a number that stands in quotes.
func (r *wire) amount() money.Fixed {
	v, err := money.ParseFixed(r.string())
	if err != nil {
		r.fail(err)
	}
	return v
}

// once marks a name that is counted as read, and fails if it has been.
func (r *wire) once(seen *bool) {
	if *seen {
		r.fail(errTwice)
	}
	*seen = true
}

// deepest is how deep a value may be that is passed over.
const deepest = 8

// skip passes over a value.
func (r *wire) skip(depth int) {
	if depth > deepest {
		r.fail(errNotCanonical)
	}
	switch {
	case r.err != nil:
	case r.is('{'):
		for n := 0; r.more(n, '}'); n++ {
			r.key()
			r.skip(depth + 1)
		}
	case r.is('['):
		for n := 0; r.more(n, ']'); n++ {
			r.skip(depth + 1)
		}
	case r.at < len(r.text) && r.text[r.at] == '"':
		r.string()
	default:
		r.word()
	}
}

// word passes over a whole number, or true.
func (r *wire) word() {
	if rest, ok := bytes.CutPrefix(r.text[r.at:], []byte("true")); ok {
		r.at = len(r.text) - len(rest)
		return
	}
	from := r.at
	for r.at < len(r.text) && r.text[r.at]-'0' <= 9 {
		r.at++
	}
	if n := r.at - from; n == 0 || n > 1 && r.text[from] == '0' {
		r.fail(errNotCanonical)
	}
}

// invoice reads a line's invoice to its end.
func (r *wire) invoice() (w written, err error) {
	var account, currency, lines, taxes, applied, totals bool
	r.want('{')
	for n := 0; r.more(n, '}'); n++ {
		switch name := r.key(); string(name) {
		case "account":
			r.once(&account)
			w.account = r.string()
		case "currency":
			r.once(&currency)
			w.currency = r.string()
		case "lines":
			r.once(&lines)
			w.net = r.lines(&w.rows)
		case "taxes":
			r.once(&taxes)
			w.tax = r.lines(&w.rows)
		case "applied":
			r.once(&applied)
			w.paid = r.lines(&w.rows)
		case "totals":
			r.once(&totals)
			r.totals(&w)
		default:
			r.skip(0)
		}
	}
	if r.at != len(r.text) || !currency || !totals {
		r.fail(errNotCanonical)
	}
	return w, r.err
}

// totals reads what the invoice says that its lines sum to.
func (r *wire) totals(w *written) {
	var seen [5]bool
	r.want('{')
	for n := 0; r.more(n, '}'); n++ {
		at, into := 0, (*money.Fixed)(nil)
		switch name := r.key(); string(name) {
		case "net":
			at, into = 0, &w.totals.net
		case "tax":
			at, into = 1, &w.totals.tax
		case "total":
			at, into = 2, &w.totals.total
		case "paid":
			at, into = 3, &w.totals.paid
		case "due":
			at, into = 4, &w.totals.due
		default:
			r.skip(0)
			continue
		}
		r.once(&seen[at])
		*into = r.amount()
	}
}

// lines reads lines, or rows of several charges each, and returns the sum of their amounts. Each counts as the charges that it
// names, or as one.
func (r *wire) lines(rows *int64) (sum money.Fixed) {
	r.want('[')
	for n := 0; r.more(n, ']'); n++ {
		amount, charges := r.line(n)
		*rows += max(charges, 1)
		sum = r.add(sum, amount)
	}
	return sum
}

func (r *wire) add(a, b money.Fixed) money.Fixed {
	sum, err := a.Add(b)
	if err != nil {
		r.fail(err)
	}
	return sum
}

// line reads line n, from 0: its amount, which is the sum of its parts if it has some, and how many charges it names.
func (r *wire) line(n int) (amount money.Fixed, charges int64) {
	var said, named, parted bool
	var parts money.Fixed
	count := 0
	r.want('{')
	for k := 0; r.more(k, '}'); k++ {
		switch name := r.key(); string(name) {
		case "amount":
			r.once(&said)
			amount = r.amount()
		case "charges":
			r.once(&named)
			r.want('[')
			for ; r.more(int(charges), ']'); charges++ {
				r.string()
			}
		case "parts":
			r.once(&parted)
			r.want('[')
			for ; r.more(count, ']'); count++ {
				parts = r.add(parts, r.part())
			}
		default:
			r.skip(0)
		}
	}
	switch {
	case r.err != nil:
	case !said:
		r.fail(errNoAmount)
	case count > 0 && parts != amount:
		r.err = fmt.Errorf("%w: line %d says %s, and its parts sum to %s", run.ErrUnbalanced, n+1, amount, parts)
	}
	return amount, charges
}

// part reads the amount of a step of a line's amount.
func (r *wire) part() (amount money.Fixed) {
	said := false
	r.want('{')
	for k := 0; r.more(k, '}'); k++ {
		if name := r.key(); string(name) == "amount" {
			r.once(&said)
			amount = r.amount()
		} else {
			r.skip(0)
		}
	}
	if !said {
		r.fail(errNoAmount)
	}
	return amount
}
