package source

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

func ptr[T any](v T) *T { return new(v) }

// wrongFor returns a value that a usage column cannot hold, and the code of what is wrong with it.
func wrongFor(use int, r *rule) (value string, code schemas.Code) {
	switch {
	case schemas.Usage.Columns[use].Type == schemas.Decimal:
		return "1,5 EUR", schemas.CodeBadDecimal
	case r.json:
		return "env=prod", schemas.CodeBadJSON
	case r.side && r.notNull:
		return "", schemas.CodeMissingValue
	case r.side && r.allowed != nil:
		return "Odd", schemas.CodeBadValue
	default:
		return "a\xff", schemas.CodeBadEncoding
	}
}

// TestSideColumnsCostNoRow puts into every column of every format what it cannot hold: the row of a side column counts, with
// a warning, and that of another is rejected with its amount.
func TestSideColumnsCostNoRow(t *testing.T) {
	for _, format := range []schemas.Format{schemas.FOCUS10, schemas.FOCUS11, schemas.FOCUS12} {
		f, err := formatOf(format)
		if err != nil {
			t.Fatal(err)
		}
		for use := range f.columns {
			r, name := &f.columns[use], schemas.Usage.Columns[use].Name
			if r.absent || ours(use) {
				continue
			}
			src := peer(schemas.Tolerate{})
			src.Format = format
			value, code := wrongFor(use, r)
			if schemas.Usage.Columns[use].Type == schemas.Time {
				value, code = "yesterday", schemas.CodeBadTime
			}
			got, err := decodeText(t, src, "2024-09", edited(name, value), 1<<20)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			i := slices.IndexFunc(got.findings, func(f schemas.Finding) bool { return f.Column == name && f.Code != schemas.CodeUnknownColumn })
			if i < 0 {
				t.Errorf("%s %s: nothing says that %q is wrong", format, name, value)
				continue
			}
			switch is := got.findings[i]; {
			case (r.side || r.besideBilled) && code != schemas.CodeBadEncoding: // which casts doubt on the whole row
				if len(got.rows) != 2 || is.Severity != schemas.Warning || is.Rows != 0 || is.Row != 1 {
					t.Errorf("%s %s is a side column: %d rows count, and %+v", format, name, len(got.rows), is)
				}
			case len(got.rows) != 1 || is.Severity == schemas.Warning || is.Rows != 1 || is.Code != code && !r.currency && r.allowed == nil:
				t.Errorf("%s %s: %d rows count, and %+v", format, name, len(got.rows), is)
			}
		}
	}
}

// TestListCostWithoutBilledCost has money on the list cost where there is no billed one.
func TestListCostWithoutBilledCost(t *testing.T) {
	got, err := decodeText(t, peer(schemas.Tolerate{AbsentColumns: []string{"BilledCost"}}), "2024-09", edited("BilledCost", "-", "ListCost", "x"), 1<<20)
	if err != nil || len(got.rows) != 1 || got.findings[0].Severity != schemas.Rejected {
		t.Errorf("%d rows, %+v, %v; want the row rejected", len(got.rows), got.findings, err)
	}
}

func TestIgnoredColumns(t *testing.T) {
	for _, name := range []string{"Tags", "tags", "ListCost", "BilledCost", "ServiceName", "Weather"} {
		src := peer(schemas.Tolerate{})
		src.Ignore = []string{name}
		column := map[string]string{"tags": "Tags"}[name]
		if column == "" {
			column = name
		}
		got, err := decodeText(t, src, "2024-09", edited(column, "\x00"), 1<<20)
		if err != nil || len(got.rows) != 2 || len(got.findings) > 0 || strings.Contains(strings.Join(got.rows, ""), column+"=") {
			t.Errorf("ignoring %s: %q, %+v, %v", name, got.rows, got.findings, err)
		}
	}
	src := peer(schemas.Tolerate{})
	src.Ignore = []string{"ChargePeriodEnd"}
	if _, err := decodeText(t, src, "2024-09", edited(), 1<<20); err == nil || !strings.Contains(err.Error(), "cannot be ignored") {
		t.Errorf("%v, want that the charge period cannot be ignored", err)
	}
}

// TestRounding rounds by each mode, and by the one that holds without a declaration, and holds the residue against the
// difference.
func TestRounding(t *testing.T) {
	const cost = "-0.1234567890123456785"
	for _, mode := range money.Modes() {
		src := peer(schemas.Tolerate{Rounding: &mode})
		got, err := decodeText(t, src, "2024-09", edited("BilledCost", cost, "EffectiveCost", "1.00000000000000000049"), 1<<20)
		if err != nil || len(got.rows) != 2 {
			t.Fatalf("%s: %q, %v", mode, got.rows, err)
		}
		exact := money.MustDecimal(cost)
		want := money.RoundTo(exact, money.Scale, mode)
		if !strings.Contains(got.rows[0], "BilledCost="+want.String()+" ") {
			t.Errorf("%s: %s, want %s", mode, got.rows[0], want)
		}
		r := got.stats.Rounded
		if len(r) != 2 || r[0].Column != "BilledCost" || r[0].Of != "USD" || r[0].Values != 1 || !r[0].Residue.Equal(exact.Sub(want)) {
			t.Errorf("%s: %+v, want a residue of %s USD", mode, r, exact.Sub(want))
		}
	}
	got, err := decodeText(t, peer(schemas.Tolerate{}), "2024-09", edited("BilledCost", cost), 1<<20)
	if err != nil || len(got.rows) != 1 || len(got.stats.Rounded) > 0 {
		t.Fatalf("%q, %+v, %v", got.rows, got.stats, err)
	}
	if f := got.findings[0]; f.Code != schemas.CodeTooPrecise || f.Cost.String() != "-0.123456789012345678" {
		t.Errorf("%+v, want the row rejected with its amount", f)
	}
}

// TestResiduesBalance sums what objects hold exactly: what counts and what is left out come to the same, each currency on
// its own, and a rejected row is in neither.
func TestResiduesBalance(t *testing.T) {
	var text strings.Builder
	text.WriteString("SkuId,ChargePeriodStart,ChargePeriodEnd,BilledCost,BillingCurrency\n")
	want := map[string]money.Decimal{}
	rows := map[string]int64{}
	for i := range 40_000 {
		currency := []string{"EUR", "JPY", "XXX?"}[i%3]
		cost := fmt.Sprintf("%d.%018d%d", i, i*7919, 1+i%9)
		fmt.Fprintf(&text, "s,2024-09-01T00:00:00Z,2024-09-02T00:00:00Z,%s,%s\n", cost, currency)
		if currency != "XXX?" {
			want[currency] = want[currency].Add(money.MustDecimal(cost))
			rows[currency]++
		}
	}
	src := plainSource()
	src.Tolerate.Rounding = ptr(money.HalfEven)
	src.Columns, src.Constants = nil, nil
	got, err := decodeText(t, src, "", text.String(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]money.Decimal{}
	for _, row := range got.rows {
		for currency := range want {
			if strings.Contains(row, "BillingCurrency="+currency+" ") {
				_, rest, _ := strings.Cut(row, "BilledCost=")
				cost, _, _ := strings.Cut(rest, " ")
				have[currency] = have[currency].Add(money.MustDecimal(cost))
			}
		}
	}
	if len(got.stats.Rounded) != 2 {
		t.Fatalf("%+v", got.stats.Rounded)
	}
	for _, r := range got.stats.Rounded {
		if sum := have[r.Of].Add(r.Residue); !sum.Equal(want[r.Of]) || r.Values != rows[r.Of] {
			t.Errorf("%s: %s counts and %s is left out of %d values, together %s, want %s of %d", r.Of, have[r.Of], r.Residue, r.Values, sum, want[r.Of], rows[r.Of])
		}
	}
}
