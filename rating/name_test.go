package rating

import (
	"reflect"
	"testing"
	"time"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

// unnamed are the fields of a charge that its identifier does not tell of, with the reason.
var unnamed = map[string]string{
	"ID":      "it is the identifier",
	"Value":   "it is looked up after the charge was made",
	"Steps":   "they say how what the charge says came about",
	"Segment": "it is the account's, and known of charges that are read",
}

// TestNameTellsAll changes each field of a charge, every number and text of it: the identifier becomes another, that no other
// change makes. So do the period of the run, and the place among charges that say the same.
func TestNameTellsAll(t *testing.T) {
	price := money.MustDecimal("0.25")
	c := schemas.Charge{
		Account: "a", Exact: money.MustDecimal("1.005"), Amount: money.MustDecimal("1.01"), Residue: money.MustDecimal("-0.005"), HasQuantity: true, HasCost: true,
		UnitPrice: &price, Start: time.Unix(0, 0), End: time.Unix(86400, 0),
	}
	var room model.Room
	seen := map[schemas.ChargeID]string{model.ChargeID(&c, "2024-09", 0, &room): "no change"}
	differs := func(what string, id schemas.ChargeID) {
		t.Helper()
		if seen[id] != "" {
			t.Errorf("%s leads to the identifier of %s", what, seen[id])
		}
		seen[id] = what
	}
	for field := range reflect.TypeFor[schemas.Charge]().Fields() {
		if unnamed[field.Name] != "" {
			continue
		}
		x := c
		switch v := reflect.ValueOf(&x).Elem().FieldByName(field.Name).Addr().Interface().(type) {
		case *money.Decimal:
			*v = v.Add(money.MustDecimal("7"))
		case **money.Decimal:
			*v = nil
		case *time.Time:
			*v = v.Add(time.Hour)
		case *bool:
			*v = !*v
		case *int64:
			*v++
		default:
			text := reflect.ValueOf(v).Elem()
			if text.Kind() != reflect.String {
				t.Fatalf("%s is %T: how is that changed?", field.Name, v)
			}
			text.SetString(text.String() + "x")
		}
		differs(field.Name, model.ChargeID(&x, "2024-09", 0, &room))
	}
	differs("the period", model.ChargeID(&c, "2024-10", 0, &room))
	differs("the place", model.ChargeID(&c, "2024-09", 1, &room))
	x := c
	x.Subscription, x.Offering = "ab", "c"
	differs("texts", model.ChargeID(&x, "2024-09", 0, &room))
	x.Subscription, x.Offering = "a", "bc"
	differs("the same letters, divided otherwise", model.ChargeID(&x, "2024-09", 0, &room))
}
