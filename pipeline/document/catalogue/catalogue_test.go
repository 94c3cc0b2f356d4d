package catalogue_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"daybook/pipeline/document/catalogue"
	"daybook/schemas"
	"daybook/schemas/money"
)

func ptr(s string) *money.Decimal {
	d := money.MustDecimal(s)
	return &d
}

// terms are one of each model, and what is said of it: of what, how much, in what and for what.
var terms = []struct {
	terms schemas.Terms
	want  []string
}{
	{schemas.Terms{Model: schemas.ModelFlat, Amount: ptr("30")}, []string{"|30|EUR|GB"}},
	{schemas.Terms{Model: schemas.ModelPerUnit, UnitPrice: ptr("0.05")}, []string{"|0.05|EUR|GB"}},
	{schemas.Terms{Model: schemas.ModelGraduated, Tiers: []schemas.Tier{{UpTo: ptr("10")}, {UnitPrice: *ptr("2"), FlatFee: *ptr("5")}}}, []string{"up to 10|0|EUR|GB", "beyond|2|EUR|GB", "beyond|5|EUR|once"}},
	{schemas.Terms{Model: schemas.ModelVolume, Tiers: []schemas.Tier{{UnitPrice: *ptr("2")}}}, []string{"|2|EUR|GB"}},
	{schemas.Terms{Model: schemas.ModelStairstep, Tiers: []schemas.Tier{{UpTo: ptr("5"), FlatFee: *ptr("9")}, {FlatFee: *ptr("15")}}}, []string{"up to 5|9|EUR|once", "beyond|15|EUR|once"}},
	{schemas.Terms{Model: schemas.ModelPackage, PackageSize: ptr("100"), PackagePrice: ptr("3")}, []string{"|3|EUR|100 GB"}},
	{schemas.Terms{Model: schemas.ModelBlockTiers, Blocks: []schemas.UnitBlocks{{Unit: "TB", Tiers: []schemas.Block{{Size: *ptr("2"), Price: *ptr("7"), Max: ptr("3")}}}}}, []string{"up to 3 of them|7|EUR|2 TB"}},
	{schemas.Terms{Model: schemas.ModelCapacity, Capacities: []schemas.Capacity{{Limits: []schemas.UnitLimit{{Max: ptr("4")}}, Price: *ptr("8")}, {Price: *ptr("11")}}}, []string{"up to 4 GB|8|EUR|once", "beyond|11|EUR|once"}},
	{schemas.Terms{Model: schemas.ModelPercentage, Percent: ptr("2.5"), FixedPerEvent: ptr("0.1")}, []string{"|2.5|%|amount", "|0.1|EUR|event"}},
	{schemas.Terms{Model: schemas.ModelGraduatedPercentage, Tiers: []schemas.Tier{{UpTo: ptr("10"), Percent: *ptr("3")}, {Percent: *ptr("1")}}}, []string{"up to 10|3|%|amount", "beyond|1|%|amount"}},
	{schemas.Terms{Model: schemas.ModelDynamic, Multiplier: ptr("1.2")}, []string{"times its amount|1.2|EUR|event"}},
	{schemas.Terms{Model: schemas.ModelPassThrough}, []string{"by what its provider charges|||"}},
	{schemas.Terms{Model: schemas.ModelCostPlus, MarkupPercent: ptr("77")}, []string{"by what its provider charges|||"}},
	{schemas.Terms{Model: schemas.ModelMarkdown, MarkdownPercent: ptr("4")}, []string{"off the list price|4|%|amount"}},
	{schemas.Terms{Model: schemas.ModelTieredMargin, MarginTiers: []schemas.MarginTier{{Percent: *ptr("77")}}}, []string{"by what its provider charges|||"}},
	{schemas.Terms{Model: schemas.ModelDimension, Dimensions: []schemas.DimensionPrice{{When: []schemas.DimensionMatch{{Column: "RegionId", Value: "eu"}}, UnitPrice: *ptr("6")}}}, []string{"RegionId eu|6|EUR|GB"}},
	{schemas.Terms{Model: schemas.ModelRuleGroups, Groups: []schemas.RuleGroup{{Name: "g", Rules: []schemas.Rule{{Kind: schemas.RuleFlat, Cost: *ptr("1.5")}}}}}, []string{"g flat|1.5|EUR|rule"}},
	{schemas.Terms{Model: schemas.ModelElapsedBands, ConnectFee: ptr("0.2"), ElapsedBands: []schemas.ElapsedBand{{Rate: *ptr("0.3"), RateSeconds: *ptr("60")}}}, []string{"to begin|0.2|EUR|session", "from second 0|0.3|EUR|60 s"}},
	{schemas.Terms{Model: schemas.ModelTimeOfDay, DayBands: []schemas.DayBand{{Start: "08:00", End: "20:00", Days: []string{"mon"}, Rate: *ptr("4"), RateSeconds: *ptr("60")}}}, []string{"08:00 to 20:00 on mon|4|EUR|60 s"}},
}

// all is a catalogue with a price of each model, and one that is not in force yet.
func all() *schemas.Catalogue {
	c := &schemas.Catalogue{Meters: []schemas.Meter{{ID: "m", Unit: "GB"}}}
	for _, x := range terms {
		id := string(x.terms.Model)
		later := schemas.Price{ID: "later", Meter: "m", Currency: "EUR", Terms: x.terms, Validity: schemas.Validity{From: schemas.NewDate(2024, 11, 1)}}
		c.Offerings = append(c.Offerings, schemas.Offering{
			ID: schemas.OfferingID(id), Name: id, Prices: []schemas.Price{{ID: "p", Meter: "m", Currency: "EUR", Terms: x.terms, Minimum: ptr("1")}, later},
		})
	}
	c.Offerings = append(c.Offerings,
		schemas.Offering{ID: "seat", Name: "<Seat>", Prices: []schemas.Price{{ID: "p", Currency: "EUR", Every: schemas.Recurrence{Unit: schemas.CycleMonth, Count: 3}, Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: ptr("9")}}, {ID: "p", Currency: "EUR", Timing: schemas.TimingOnce, Terms: schemas.Terms{Model: schemas.ModelFlat, Amount: ptr("9")}}}},
		schemas.Offering{ID: "gone", Name: "Gone", Validity: schemas.Validity{To: schemas.NewDate(2024, 10, 1)}})
	return c
}

// TestModels says of every price model what it charges, and nothing of what peers do.
func TestModels(t *testing.T) {
	list := catalogue.On("Acme", all(), schemas.NewDate(2024, 10, 1))
	got := map[string][]string{}
	for _, row := range list.Rows()[1:] {
		got[row[0]] = append(got[row[0]], strings.Join(row[6:10], "|"))
		if row[3] != "p" || row[0] != "seat" && row[12] != "at least 1 EUR a month" {
			t.Errorf("row %q", row)
		}
	}
	for _, x := range terms {
		if rows := got[string(x.terms.Model)]; !slices.Equal(rows, x.want) {
			t.Errorf("%s: %q, and not %q", x.terms.Model, rows, x.want)
		}
	}
	if len(got) != len(terms)+1 || !slices.Equal(got["seat"], []string{"|9|EUR|3 months", "|9|EUR|once"}) {
		t.Errorf("%d offerings, and %q", len(got), got["seat"])
	}
}

// TestForms writes the catalogue as each reader wants it: the same rates, and no margin.
func TestForms(t *testing.T) {
	list := catalogue.On("Acme", all(), schemas.NewDate(2024, 10, 1))
	rows := list.Rows()
	text, err := json.Marshal(list.TMF620(time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var offerings []struct {
		ID     string
		Prices []struct {
			ID, PriceType, RecurringChargePeriodType string
			IsBundle                                 bool
			Price                                    *struct{ Value json.Number }
			Percentage                               json.Number
			BundledPopRelationship                   []struct{ ID string }
		} `json:"productOfferingPrice"`
	}
	if err := json.Unmarshal(text, &offerings); err != nil || len(offerings) != len(terms)+1 {
		t.Fatal(len(offerings), err)
	}
	rates := 0
	for _, o := range offerings {
		for _, p := range o.Prices {
			if p.IsBundle && len(p.BundledPopRelationship) != len(o.Prices)-1 {
				t.Errorf("%s has %d parts of %d", p.ID, len(p.BundledPopRelationship), len(o.Prices)-1)
			}
			if p.Price != nil || p.Percentage != "" {
				rates++
			}
		}
	}
	if hidden := 3; rates+hidden != len(rows)-1 {
		t.Errorf("%d rates of TMF620 and %d without amount, and %d rows", rates, hidden, len(rows)-1)
	}
	page := string(list.HTML())
	if !strings.Contains(page, "&lt;Seat&gt;") || strings.Contains(page, "<Seat>") || strings.Contains(page+string(text)+fmt.Sprint(rows), "77") {
		t.Error("the page says what it must not")
	}
}
