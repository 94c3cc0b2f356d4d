package schemas_test

import (
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// A remark has the severity of its code, counts no row, and holds no more of a value than findings may, cut between letters.
func TestRemark(t *testing.T) {
	long := strings.Repeat("x", 198)
	for _, c := range []struct{ value, want string }{
		{"short", "short"},
		{long + "yz", long + "yz"},
		{long + "yz!", long + "yz"},
		{long + "é", long + "é"},
		{long + "yé", long + "y"},
		{long + "€", long},
		{long + "y😀", long + "y"},
	} {
		f := schemas.Remark(schemas.CodeNoRate, c.value, "message", money.MustDecimal("-1.5"), "EUR")
		info, _ := schemas.CodeNoRate.Info()
		if f.Value != c.want || f.Severity != info.Severity || f.Rows != 0 || f.Cost.Decimal().String() != "-1.5" || f.Currency != "EUR" || f.Message != "message" {
			t.Errorf("%q: %+v", c.value, f)
		}
	}
	if f := schemas.Remark("unknown", "", "", money.NewDecimal(1, 30), "EUR"); f.Severity != schemas.Warning || !f.Cost.IsZero() {
		t.Errorf("of no known code, and of an amount that no dataset holds: %+v", f)
	}
}

func TestMaxAge(t *testing.T) {
	none := 0
	if a, b := (schemas.Exchange{}).MaxAge(), (schemas.Exchange{MaxAgeDays: &none}).MaxAge(); a != 7 || b != 0 {
		t.Errorf("a rate may be %d days old by default and %d where the book says 0", a, b)
	}
}
