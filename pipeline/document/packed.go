package document

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// Bounds on what the page holds beside what it shows: rows that its script searches.
const (
	mostPacked      = 100_000
	mostPackedBytes = 2_000_000 // of the page's text, all blocks together
)

// pack holds the earners with the most revenue, for the page's search.
type pack struct {
	rows   []packedRow
	beyond bool // some were left out
}

type packedRow struct {
	id, name                string
	revenue, before, margin money.Decimal
	known                   bool // what was before
}

func (p *pack) add(r *schemas.Earning) {
	row := packedRow{id: r.Customer, name: r.CustomerName, revenue: r.Revenue, before: r.Before, margin: r.Margin, known: r.Month != ""}
	if r.Account != "" {
		row.id, row.name = string(r.Account), cmp.Or(r.AccountName, r.CustomerName)
	}
	if p.rows = append(p.rows, row); len(p.rows) >= 2*mostPacked {
		p.sort()
		p.cut(mostPacked)
	}
}

func (p *pack) sort() {
	slices.SortFunc(p.rows, func(a, b packedRow) int { return cmp.Or(b.revenue.Cmp(a.revenue), cmp.Compare(a.id, b.id)) })
}

func (p *pack) cut(most int) {
	if len(p.rows) > most {
		clear(p.rows[most:])
		p.rows, p.beyond = p.rows[:most], true
	}
}

// block returns the rows as a page holds them, in so many bytes at most: those with the most revenue, where that is not all. It is
// base64 of raw DEFLATE of lines: facts as JSON, then names, identifiers, revenue, revenue before and margin, parted by tabs,
// amounts in the least unit of the currency. The error is that of the compressor.
func (p *pack) block(places int32, most int) (text string, rows int, err error) {
	p.sort()
	p.cut(mostPacked)
	for n := len(p.rows); ; {
		if text, err = packRows(p.rows[:n], places); err != nil || len(text) <= most || n == 0 {
			return text, n, err
		}
		n = n * most / len(text) * 49 / 50 // a little less than would do if all rows took alike
	}
}

func packRows(rows []packedRow, places int32) (string, error) {
	var out bytes.Buffer
	to := base64.NewEncoder(base64.StdEncoding, &out)
	w, err := flate.NewWriter(to, flate.BestCompression)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(w, "{\"rows\":%d,\"places\":%d}", len(rows), places)
	plain := strings.NewReplacer("\t", " ", "\n", " ")
	minor := func(d money.Decimal) string { return money.RoundTo(d.Shift(places), 0, money.HalfEven).String() }
	for _, column := range []func(*packedRow) string{
		func(r *packedRow) string { return plain.Replace(r.name) },
		func(r *packedRow) string { return plain.Replace(r.id) },
		func(r *packedRow) string { return minor(r.revenue) },
		func(r *packedRow) string {
			if !r.known {
				return ""
			}
			return minor(r.before)
		},
		func(r *packedRow) string { return minor(r.margin) },
	} {
		line := []byte{'\n'}
		for i := range rows {
			if i > 0 {
				line = append(line, '\t')
			}
			line = append(line, column(&rows[i])...)
		}
		if _, err := w.Write(line); err != nil {
			return "", err
		}
	}
	// The encoder holds its last bytes back until it is closed.
	err = errors.Join(w.Close(), to.Close())
	return out.String(), err
}
