package book

import (
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/money"
)

// ecbBase is the base of the European Central Bank's reference rates.
const ecbBase money.Currency = "EUR"

// readRates reads exchange rates, one a row (date, base, quote, rate), or in the layout of the European Central Bank's
// history: a row per day and a column per currency, all against the euro.
func (l *loader) readRates(f *parse.File) {
	if f.Begins("Date,") {
		l.readECB(f)
		return
	}
	l.Rates.Expect(f)
	parse.ReadTable(l.Reader, f, func(at parse.Spot, v *schemas.Rate) { l.Rates.Add(at, *v) })
}

// readECB reads the wide layout. Currencies that ISO 4217 no longer lists are left out, because nothing can be in them;
// N/A and empty cells are days without a rate.
func (l *loader) readECB(f *parse.File) {
	parse.ReadRecords(l.Reader, f, func(at parse.Spot, header, record []string) {
		var day schemas.Date
		if !l.Read(at.Field("Date"), &day, record[0]) {
			return
		}
		for i := 1; i < min(len(record), len(header)); i++ {
			text, quote := strings.TrimSpace(record[i]), money.Currency(header[i])
			if text == "" || text == "N/A" || !money.ValidCurrency(quote) {
				continue
			}
			rate := schemas.Rate{Day: day, Base: ecbBase, Quote: quote}
			if l.Read(at.Field(header[i]), &rate.Value, text) {
				l.Rates.Add(at.Field(header[i]), rate)
			}
		}
	})
}
