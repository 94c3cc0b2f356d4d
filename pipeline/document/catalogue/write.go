package catalogue

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
)

// Rows are the catalogue as a table, with its header: a row for each rate.
func (l *List) Rows() [][]string {
	out := [][]string{{"offering", "name", "service", "price", "called", "model", "when", "amount", "unit", "per", "from", "to", "notes"}}
	for i := range l.Offerings {
		o := &l.Offerings[i]
		for k := range o.Prices {
			p := &o.Prices[k]
			for n := range p.Rates {
				r := &p.Rates[n]
				out = append(out, []string{
					string(o.ID), o.Name, o.Service, string(p.ID), p.Called(), string(p.Terms.Model), r.When, r.Text(), r.Unit, p.For(r),
					day(p.Validity.From), day(p.Validity.To), strings.Join(p.Notes, "; "),
				})
			}
		}
	}
	return out
}

func day(d schemas.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// HTML returns the catalogue as a page.
func (l *List) HTML() []byte {
	title := "Catalogue of " + l.Provider + ", " + l.On.String()
	p := markup.NewPage(title)
	p.Begin("", "")
	p.Raw("<header>")
	p.Element("h1", "", title)
	p.Element("p", "lead", strconv.Itoa(len(l.Offerings))+" offerings are in force on "+l.On.String()+". Amounts are without tax.")
	p.Raw("</header>\n")
	for i := range l.Offerings {
		o := &l.Offerings[i]
		p.Section("offering-"+string(o.ID), o.Name, markup.Sources{})
		about := strings.Trim(o.ServiceCategory+" · "+o.Service, " ·")
		if o.Included {
			about += " · every account has it"
		}
		if about != "" {
			p.Element("p", "", about)
		}
		p.Table("", "Price", "Of", "Amount#", "In", "For", "Notes")
		for k := range o.Prices {
			price := &o.Prices[k]
			for n := range price.Rates {
				r := &price.Rates[n]
				called, notes := price.Called(), strings.Join(price.Notes, "; ")
				if n > 0 {
					called, notes = "", ""
				}
				p.Row("")
				p.Head(called)
				p.Element("td", "", r.When)
				p.Element("td", "n", r.Text())
				p.Element("td", "", r.Unit)
				p.Element("td", "", price.For(r))
				p.Element("td", "", notes)
				p.RowEnd()
			}
		}
		p.TableEnd()
		p.SectionEnd()
	}
	return p.End()
}

// The objects of TMF620, as far as a catalogue has something to say in them.
type (
	tmfOffering struct {
		Type      string     `json:"@type"`
		ID        string     `json:"id"`
		Name      string     `json:"name"`
		Status    string     `json:"lifecycleStatus"`
		IsBundle  bool       `json:"isBundle"`
		ValidFor  *tmfPeriod `json:"validFor,omitempty"`
		Category  []tmfRef   `json:"category,omitempty"`
		Prices    []tmfPrice `json:"productOfferingPrice"`
		Offerings []tmfRef   `json:"bundledProductOffering,omitempty"`
	}
	tmfPrice struct {
		Type        string       `json:"@type"`
		ID          string       `json:"id"`
		Name        string       `json:"name"`
		Description string       `json:"description,omitempty"`
		Version     string       `json:"version,omitempty"`
		IsBundle    bool         `json:"isBundle"`
		PriceType   string       `json:"priceType"`
		PeriodType  string       `json:"recurringChargePeriodType,omitempty"`
		Period      int          `json:"recurringChargePeriodLength,omitempty"`
		Percentage  json.Number  `json:"percentage,omitempty"`
		Price       *tmfMoney    `json:"price,omitempty"`
		Unit        *tmfQuantity `json:"unitOfMeasure,omitempty"`
		ValidFor    *tmfPeriod   `json:"validFor,omitempty"`
		Bundled     []tmfRef     `json:"bundledPopRelationship,omitempty"`
	}
	tmfMoney struct {
		Unit  string      `json:"unit"`
		Value json.Number `json:"value"`
	}
	tmfQuantity struct {
		Amount json.Number `json:"amount"`
		Units  string      `json:"units"`
	}
	tmfPeriod struct {
		Start string `json:"startDateTime,omitempty"`
		End   string `json:"endDateTime,omitempty"`
	}
	tmfRef struct {
		ID   string `json:"id,omitempty"`
		Name string `json:"name,omitempty"`
	}
)

// TMF620 returns the catalogue as product offerings of TM Forum's API 620: a price of several rates is a bundle of one price for
// each. Days begin in the zone.
func (l *List) TMF620(zone *time.Location) any {
	out := make([]tmfOffering, 0, len(l.Offerings))
	for i := range l.Offerings {
		o := &l.Offerings[i]
		x := tmfOffering{
			Type: "ProductOffering", ID: string(o.ID), Name: o.Name, Status: "Active", IsBundle: len(o.Parts) > 0,
			ValidFor: validFor(o.Validity, zone), Prices: []tmfPrice{},
		}
		if o.ServiceCategory != "" {
			x.Category = []tmfRef{{Name: o.ServiceCategory}}
		}
		for _, part := range o.Parts {
			x.Offerings = append(x.Offerings, tmfRef{ID: string(part.Offering)})
		}
		for k := range o.Prices {
			x.Prices = append(x.Prices, o.Prices[k].tmf(string(o.ID), zone)...)
		}
		out = append(out, x)
	}
	return out
}

// tmf are the objects of a price: itself, and one for each of several rates.
func (p *Price) tmf(offering string, zone *time.Location) []tmfPrice {
	whole := tmfPrice{
		Type: "ProductOfferingPrice", ID: offering + "/" + string(p.ID), Name: p.Called(), Version: p.Version, PriceType: "usage",
		Description: strings.Join(p.Notes, "; "), ValidFor: validFor(p.Validity, zone),
	}
	switch {
	case p.Every != "":
		whole.PriceType, whole.PeriodType, whole.Period = "recurring", string(p.Price.Every.Unit), max(p.Price.Every.Count, 1)
		if whole.PeriodType == "" || whole.PeriodType == string(schemas.CyclePeriod) {
			whole.PeriodType = "month"
		}
	case p.Per == "":
		whole.PriceType = "oneTime"
	}
	if len(p.Rates) == 1 {
		p.Rates[0].fill(p, &whole)
		return []tmfPrice{whole}
	}
	out := []tmfPrice{whole}
	out[0].IsBundle = true
	for i := range p.Rates {
		part := whole
		part.ID += "/" + strconv.Itoa(i+1)
		part.Description = ""
		p.Rates[i].fill(p, &part)
		out[0].Bundled = append(out[0].Bundled, tmfRef{ID: part.ID})
		out = append(out, part)
	}
	return out
}

// fill writes a rate into a price.
func (r *Rate) fill(p *Price, into *tmfPrice) {
	into.Description = strings.Trim(r.When+"; "+into.Description, "; ")
	switch {
	case r.Hidden:
	case r.Unit == "%":
		into.Percentage = json.Number(r.Text())
	default:
		into.Price = &tmfMoney{Unit: r.Unit, Value: json.Number(r.Text())}
	}
	per := p.For(r)
	if per == "" || per == p.Every || per == once {
		return
	}
	amount, units, counted := strings.Cut(per, " ")
	if !counted || !json.Valid([]byte(amount)) {
		amount, units = "1", per
	}
	into.Unit = &tmfQuantity{Amount: json.Number(amount), Units: units}
}

// validFor is when something is in force; nil is always.
func validFor(v schemas.Validity, zone *time.Location) *tmfPeriod {
	out := tmfPeriod{}
	if !v.From.IsZero() {
		out.Start = v.From.Time(zone).Format(time.RFC3339)
	}
	if !v.To.IsZero() {
		out.End = v.To.Time(zone).Format(time.RFC3339)
	}
	if out == (tmfPeriod{}) {
		return nil
	}
	return &out
}
