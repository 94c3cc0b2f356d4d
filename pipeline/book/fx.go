package book

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// ecbBase is the base of the European Central Bank's reference rates.
const ecbBase money.Currency = "EUR"

// readRates reads exchange rates, one a row (date, base, quote, rate), or in the layout of the European Central Bank's
// history: a row per day and a column per currency, all against the euro.
func (l *loader) readRates(f *file) {
	first, _, _ := bytes.Cut(bytes.TrimPrefix(f.text, []byte("\xef\xbb\xbf")), []byte("\n"))
	if bytes.HasPrefix(first, []byte("Date,")) {
		l.readECB(f)
		return
	}
	l.rates.expect(f)
	readTable(l, f, func(at place, v *schemas.Rate) { l.rates.add(at, *v) })
}

// readECB reads the wide layout. Currencies that ISO 4217 no longer lists are left out, because nothing can be in them;
// N/A and empty cells are days without a rate.
func (l *loader) readECB(f *file) {
	text, ok := l.utf8(f)
	if !ok {
		return
	}
	t := &table{loader: l, file: f}
	r := newCSV(text)
	header, err := r.Read()
	if err != nil {
		t.syntax(err)
		return
	}
	f.header = append([]string{}, header...)
	f.rows = append(f.rows, csvRow{line: 1})
	dayOf, rateOf := scalarSetter(reflect.TypeFor[schemas.Date]()), scalarSetter(reflect.TypeFor[money.Decimal]())
	for {
		offset := r.InputOffset()
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.syntax(err)
			continue
		}
		line, _ := r.FieldPos(0)
		at := place{file: f, up: &place{file: f}, index: len(f.rows)}
		f.rows = append(f.rows, csvRow{line: int32(line), offset: offset})
		var day schemas.Date
		if w := dayOf(reflect.ValueOf(&day).Elem(), record[0]); w != nil {
			t.wrong(at.field("Date"), w)
			continue
		}
		for i := 1; i < min(len(record), len(f.header)); i++ {
			text, quote := strings.TrimSpace(record[i]), money.Currency(f.header[i])
			if text == "" || text == "N/A" || !money.ValidCurrency(quote) {
				continue
			}
			rate := schemas.Rate{Day: day, Base: ecbBase, Quote: quote}
			if w := rateOf(reflect.ValueOf(&rate.Value).Elem(), text); w != nil {
				t.wrong(at.field(f.header[i]), w)
				continue
			}
			l.rates.add(at.field(f.header[i]), rate)
		}
	}
}
