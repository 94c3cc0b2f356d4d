package issued

import (
	"daybook/schemas"
	"daybook/schemas/einvoice"
	"daybook/schemas/money"
)

type precedingText struct {
	Number string         `json:"number"`
	Date   schemas.Date   `json:"issued"`
	Period schemas.Period `json:"period"`
}

type referencesText struct {
	Buyer      string `json:"buyer"`
	Order      string `json:"order"`
	Contract   string `json:"contract"`
	CostCentre string `json:"cost_centre"`
}

// vatText is how something is taxed.
type vatText struct {
	Category einvoice.Category `json:"category"`
	Rate     money.Fixed       `json:"rate"`
	Reason   string            `json:"reason"`
	Code     string            `json:"reason_code"`
}

func (v *vatText) tax() einvoice.Tax {
	return einvoice.Tax{Rate: einvoice.Rate{Category: v.Category, Percent: v.Rate}, Reason: v.Reason, Code: v.Code}
}

// termsText is the JSON of the terms of an electronic invoice.
type termsText struct {
	Bank []struct {
		Currency money.Currency `json:"currency"`
		Holder   string         `json:"holder"`
		IBAN     string         `json:"iban"`
		BIC      string         `json:"bic"`
	} `json:"bank"`
	VAT []struct {
		vatText
		Base money.Fixed `json:"base"`
		Tax  money.Fixed `json:"tax"`
	} `json:"vat"`
	TaxCurrency money.Currency `json:"tax_currency"`
	TaxValue    money.Fixed    `json:"tax_value"`
	Lines       money.Fixed    `json:"lines"`
	Allowances  money.Fixed    `json:"allowances"`
	Charges     money.Fixed    `json:"charges"`
	Net         money.Fixed    `json:"net"`
	Tax         money.Fixed    `json:"tax"`
	Gross       money.Fixed    `json:"gross"`
	Paid        money.Fixed    `json:"paid"`
	Rounding    money.Fixed    `json:"rounding"`
	Due         money.Fixed    `json:"due"`
}

func (t *termsText) terms() *einvoice.Terms {
	if t == nil {
		return nil
	}
	out := &einvoice.Terms{
		TaxCurrency: t.TaxCurrency, TaxValue: t.TaxValue, Lines: t.Lines, Allowances: t.Allowances, Charges: t.Charges, Net: t.Net,
		Tax: t.Tax, Gross: t.Gross, Paid: t.Paid, Rounding: t.Rounding, Due: t.Due,
	}
	for _, b := range t.Bank {
		out.Bank = append(out.Bank, einvoice.BankAccount(b))
	}
	for i := range t.VAT {
		x, of := &t.VAT[i], t.VAT[i].tax()
		out.VAT = append(out.VAT, einvoice.VAT{Rate: of.Rate, Base: x.Base, Tax: x.Tax, Reason: of.Reason, Code: of.Code})
	}
	return out
}

// lineTermsText is the JSON of what a line is on an electronic invoice.
type lineTermsText struct {
	As einvoice.Kind `json:"as"`
	vatText
	Quantity   money.Fixed     `json:"quantity"`
	UnitCode   string          `json:"unit_code"`
	Price      money.Fixed     `json:"price"`
	Per        money.Fixed     `json:"per"`
	Allowances []reductionText `json:"allowances"`
	Charges    []reductionText `json:"charges"`
}

type reductionText struct {
	Reason  string       `json:"reason"`
	Base    money.Fixed  `json:"base"`
	Percent *money.Fixed `json:"percent"`
	Amount  money.Fixed  `json:"amount"`
}

func (l *lineTermsText) line() *einvoice.Line {
	if l == nil {
		return nil
	}
	return &einvoice.Line{
		Kind: l.As, Tax: l.tax(), Quantity: l.Quantity, UnitCode: l.UnitCode, Price: l.Price, Per: l.Per,
		Allowances: reductions(l.Allowances), Charges: reductions(l.Charges),
	}
}

func reductions(list []reductionText) (out []einvoice.Reduction) {
	for _, r := range list {
		x := einvoice.Reduction{Reason: r.Reason, Base: r.Base, Amount: r.Amount}
		x.HasPercent, x.Percent = optionalFixed(r.Percent)
		out = append(out, x)
	}
	return out
}
