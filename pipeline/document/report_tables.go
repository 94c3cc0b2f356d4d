package document

import (
	"cmp"
	"slices"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
)

func (r *Report) hasFindings() bool { return len(r.Findings) > 0 }

// drawFindings draws how many findings there are of each code, and lists them with their meaning and what to do.
func (r *Report) drawFindings(p *markup.Page) {
	list := slices.Clone(r.Findings)
	slices.SortStableFunc(list, func(a, b FindingCount) int { return cmp.Compare(b.Findings, a.Findings) })
	var bars []markup.Bar
	for _, f := range list[:min(len(list), mostBars)] {
		bars = append(bars, markup.Bar{
			Label: string(f.Code), Value: money.NewDecimal(f.Findings, 0), Text: markup.Count(f.Findings) + " " + string(f.Severity),
			Class: "s-" + string(markup.AppendID(nil, string(f.Severity))),
		})
	}
	p.Raw("<div class=\"figures\">\n")
	p.Figure("codes", "Findings by code", "", true, markup.Files("findings.csv"))
	p.Dst = markup.AppendBars(p.Dst, "codes-picture", "Findings by code", "How many findings of each code, most first.", bars)
	p.FigureEnd()
	p.Raw("</div>\n")
	p.Table("", "Code", "Severity?", "Findings#", "Rows kept out#", "Meaning", "What to do")
	for _, f := range r.Findings {
		info, _ := f.Code.Info()
		p.Row(string(f.Code))
		p.Head(string(f.Code))
		p.Cell(string(f.Severity))
		p.Number(markup.Count(f.Findings))
		p.Number(markup.Count(f.Rows))
		p.Cell(markup.Sentence(info.Meaning))
		p.Cell(markup.Sentence(info.Fix))
		p.RowEnd()
	}
	p.TableEnd()
}

// unbilled is money that findings keep out of invoices, of one code in one currency.
type unbilled struct {
	FindingCount
	amount   money.Decimal
	currency money.Currency
}

// keptOut lists the money that is not billed, by its worth.
func (r *Report) keptOut() []unbilled {
	var out []unbilled
	for _, f := range r.Findings {
		if s := f.fate(); s != schemas.Suspended && s != schemas.Rejected && s != outOfScope {
			continue
		}
		for _, a := range f.Amounts {
			if !a.Amount.IsZero() {
				out = append(out, unbilled{f, a.Amount, a.Currency})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b unbilled) int { return r.worth(b.amount, b.currency).Cmp(r.worth(a.amount, a.currency)) })
	return out
}

func (r *Report) hasUnbilled() bool { return len(r.keptOut()) > 0 }

// drawUnbilled lists what is delivered and not billed, by amount.
func (r *Report) drawUnbilled(p *markup.Page) {
	p.Table("What is in the rows that findings keep out, by its worth. Amounts are those that the rows state, such as a peer's cost; a row without any is not in them.",
		"Code", "Fate?", "Amount#", "Currency?", "Rows#", "What to do")
	for _, x := range r.keptOut() {
		info, _ := x.Code.Info()
		p.Row("")
		p.Head(string(x.Code))
		p.Cell(string(x.fate()))
		p.Element("td", "n bad", r.rounded(x.amount))
		p.Cell(string(x.currency))
		p.Number(markup.Count(x.Rows))
		p.Cell(markup.Sentence(info.Fix))
		p.RowEnd()
	}
	p.TableEnd()
}

func (r *Report) hasRounding() bool { return len(r.Rounding) > 0 }

// drawRounding says what declared rounding left out, to the last digit.
func (r *Report) drawRounding(p *markup.Page) {
	p.Table("", "Source", "Column", "In", "Values rounded#", "Delivered less counted#")
	shown := r.Rounding[:min(len(r.Rounding), mostPeople)]
	for i := range shown {
		x := &shown[i]
		p.Row("")
		p.Head(string(x.Source))
		p.Cell(x.Column)
		p.Cell(x.Of)
		p.Number(markup.Count(x.Values))
		p.Number(x.Residue.String())
		p.RowEnd()
	}
	p.TableEnd()
	p.More(len(shown), len(r.Rounding), "the manifest")
}

// fromRounding leads to the findings, which say of each object and column what was rounded.
func (r *Report) fromRounding() markup.Sources {
	return markup.Sources{Explain: string(schemas.CodeRounded), Files: []string{"findings.csv"}}
}

// quantityRounded is a quantity for people, to three decimal places.
func quantityRounded(d money.Decimal) string {
	return string(markup.AppendDecimal(nil, money.RoundTo(d, 3, money.HalfEven), 0))
}

// percentRounded is a percentage with one decimal place.
func percentRounded(d money.Decimal) string {
	return string(markup.AppendDecimal(nil, money.RoundTo(d, 1, money.HalfEven), 1)) + "%"
}

func signedPercent(d money.Decimal) string {
	s := percentRounded(d)
	if d.IsPositive() {
		return "+" + s
	}
	return s
}
