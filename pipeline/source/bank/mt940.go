package bank

import (
	"bufio"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// mt940 reads statements of SWIFT: the fields
//
//	:20: reference   :25: account   :28C: number/page   :60F: or :60M: opening   :61: transaction   :86: what it is for   :62F: or :62M: closing
//
// of which :60M: and :62M: are those of pages between. Other fields are passed over, and so are the blocks of SWIFT around the text.
func (d *decoder) mt940() error {
	m := &mt940Reader{d: d}
	lines := bufio.NewScanner(text{d})
	lines.Buffer(make([]byte, 4096), mostText)
	var field strings.Builder
	flush := func() error {
		if field.Len() == 0 {
			return nil
		}
		found := mtField.FindStringSubmatch(field.String())
		field.Reset()
		if found == nil {
			return nil // what stands before the first field
		}
		m.fields++
		return m.take(found[1], found[2])
	}
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if _, rest, blocks := strings.Cut(line, "{4:"); blocks {
			line = rest
		}
		line = strings.TrimSuffix(line, "-}")
		if strings.HasPrefix(line, ":") || line == "-" {
			if err := flush(); err != nil {
				return err
			}
		}
		if line == "-" {
			continue
		}
		if field.Len()+len(line) > mostText {
			return d.refuse(schemas.CodeHostileObject, "a field of it is longer than %d bytes", mostText)
		}
		if field.Len() > 0 {
			field.WriteByte('\n')
		}
		field.WriteString(line)
	}
	if err := lines.Err(); err != nil {
		if strings.Contains(err.Error(), "too long") {
			return d.refuse(schemas.CodeHostileObject, "a line of it is longer than %d bytes", mostText)
		}
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	switch {
	case m.fields == 0:
		return d.refuse(schemas.CodeUnreadableObject, "it is no MT940: no line begins with a field such as :20:")
	case m.open:
		return d.refuse(schemas.CodeUnreadableObject, "it is truncated: a statement has no closing balance, :62F:")
	}
	return nil
}

var (
	mtField       = regexp.MustCompile(`(?s)^:(\d\d[A-Z]?):(.*)$`)
	mtBalance     = regexp.MustCompile(`^([CD])(\d{6})([A-Z]{3})([\d,]+)$`)
	mtTransaction = regexp.MustCompile(`(?s)^(\d{6})(\d{4})?(E?R?[CD])([A-Z])?([\d,]+)([NFS][A-Z0-9]{3})([^\n]*)(?:\n(.*))?$`)
)

// mt940Reader walks one object.
type mt940Reader struct {
	d      *decoder
	fields int
	// open says that a statement has begun and not ended; last is its transaction whose :86: may come.
	open bool
	stmt payment.Row
	in   balance
	last *payment.Row
	// entries counts those of the statement.
	entries int64
}

func (m *mt940Reader) take(tag, value string) error {
	switch tag {
	case "20":
		m.stmt, m.in, m.open, m.entries = payment.Row{Statement: strings.TrimSpace(value)}, balance{}, true, 0
	case "25":
		account := strings.TrimSpace(value)
		if at := strings.LastIndexByte(account, '/'); at >= 0 { // the bank's code stands before it
			account = account[at+1:]
		}
		m.stmt.Account = payment.Plain(account)
	case "28C", "28":
		number, page, _ := strings.Cut(value, "/")
		m.stmt.Sequence, _ = strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		m.stmt.Statement = strings.TrimSpace(m.stmt.Statement + " " + strings.TrimSpace(number))
		if page != "" {
			m.stmt.Statement += "/" + strings.TrimSpace(page)
		}
	case "60F", "60M":
		return m.balance(value, &m.in.opening, &m.in.openingIn, &m.stmt.Booked)
	case "61":
		if err := m.flush(); err != nil {
			return err
		}
		return m.transaction(value)
	case "86":
		if m.last != nil {
			purpose(m.last, value)
		}
	case "62F", "62M":
		if err := m.flush(); err != nil {
			return err
		}
		if err := m.balance(value, &m.in.closing, &m.in.closingIn, &m.stmt.Valued); err != nil {
			return err
		}
		return m.close()
	}
	return nil
}

// balance reads :60F: and the like.
func (m *mt940Reader) balance(value string, to **money.Decimal, in *money.Currency, on *schemas.Date) error {
	found := mtBalance.FindStringSubmatch(strings.TrimSpace(value))
	if found == nil {
		return m.d.refuse(schemas.CodeUnreadableObject, "a balance of it is %q, and not such as C240930EUR1234,56", schemas.ClipValue(value))
	}
	a, wrong := amount("balance", strings.Replace(found[4], ",", ".", 1))
	if wrong != nil {
		return m.d.refuse(schemas.CodeUnreadableObject, "a balance of it is %q: %s", schemas.ClipValue(value), wrong.what)
	}
	if found[1] == "D" {
		a = a.Neg()
	}
	if *on, wrong = mtDay(found[2]); wrong != nil {
		return m.d.refuse(schemas.CodeUnreadableObject, "a balance of it is of the day %q", found[2])
	}
	*to, *in = &a, money.Currency(found[3])
	return nil
}

// mtDay reads YYMMDD.
func mtDay(text string) (schemas.Date, *wrongValue) {
	return day("day", fmt.Sprintf("20%s-%s-%s", text[:2], text[2:4], text[4:6]))
}

// close ends a statement.
func (m *mt940Reader) close() error {
	if m.stmt.Account == "" {
		return m.d.refuse(schemas.CodeUnreadableObject, "a statement of it names no account, :25:")
	}
	m.open = false
	if m.stmt.Booked.After(m.stmt.Valued) {
		m.stmt.Booked = m.stmt.Valued
	}
	row := m.stmt
	return m.d.statement(&row, &m.in)
}

// flush hands the transaction on whose :86: has been.
func (m *mt940Reader) flush() error {
	if m.last == nil {
		return nil
	}
	row := m.last
	m.last = nil
	return m.d.row(row)
}

// transaction reads :61:. RC and RD reverse a credit and a debit, so that money goes the other way than the letter says; EC and ED are expected.
func (m *mt940Reader) transaction(value string) error {
	found := mtTransaction.FindStringSubmatch(value)
	if found == nil {
		return m.d.reject(":61:", schemas.CodeBadValue, "it is not such as 2409300930CR12,50NTRFREF//BANKREF", value)
	}
	m.entries++
	row := &payment.Row{
		Kind: payment.Booked, Account: m.stmt.Account, Statement: m.stmt.Statement, Sequence: m.stmt.Sequence, Part: m.entries, Currency: m.in.openingIn,
		Reversal: strings.Contains(found[3], "R"), Text: strings.TrimSpace(found[8]),
	}
	var wrong *wrongValue
	if row.Amount, wrong = amount(":61:", strings.Replace(found[5], ",", ".", 1)); wrong == nil {
		row.Valued, wrong = mtDay(found[1])
	}
	if wrong != nil {
		return m.d.reject(wrong.column, wrong.code, wrong.what, value)
	}
	row.Booked = row.Valued
	if found[2] != "" {
		row.Booked = entryDay(row.Valued, found[2])
	}
	if strings.HasSuffix(found[3], "D") != row.Reversal {
		row.Amount = row.Amount.Neg()
	}
	customers, banks, _ := strings.Cut(found[7], "//")
	row.Reference = strings.TrimSpace(banks)
	if c := strings.TrimSpace(customers); c != "NONREF" {
		row.EndToEnd = c
	}
	if strings.HasPrefix(found[3], "E") {
		row.Kind = payment.Pending
	} else {
		m.in.booked = m.in.booked.Add(row.Amount)
	}
	m.last = row
	return nil
}

// entryDay is MMDD of the year in which it is nearest to the day of value.
func entryDay(valued schemas.Date, text string) schemas.Date {
	year, _, _ := valued.Date()
	best := valued
	nearest := 1 << 30
	for y := year - 1; y <= year+1; y++ {
		on, wrong := day(":61:", fmt.Sprintf("%04d-%s-%s", y, text[:2], text[2:]))
		if wrong != nil {
			continue
		}
		if off := max(on.Sub(valued), valued.Sub(on)); off < nearest {
			best, nearest = on, off
		}
	}
	return best
}
