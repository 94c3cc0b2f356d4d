package requested

import (
	"context"
	"errors"
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/disputed"
	stage "daybook/pipeline/requests"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/request"
	"daybook/schemas/service"
)

// View is a request with all that it is linked to.
type View struct {
	Row
	// Where is the line of the book, and Object and SourceRow the place of the delivery.
	Where     string `json:"where,omitempty"`
	Object    string `json:"object,omitempty"`
	SourceRow int64  `json:"row,omitempty"`
	// Lines are what of the month's charges the customer named.
	Lines []string `json:"lines,omitempty"`
	// Run is that of the month which was issued, or the current one; it is empty where the month has none.
	Run     schemas.RunID `json:"run,omitempty"`
	Charges []Charge      `json:"charges"`
	// Findings are those of the run about the account, or of the codes that the request names; Results what became of promises to it.
	Findings []Finding `json:"findings"`
	Results  []Result  `json:"sla_results"`
	// Documents are the account's of the month where a dispute came of it, and Notes those that correct them.
	Documents []disputed.Document `json:"documents"`
	Notes     []disputed.Document `json:"notes"`
	Challenge []disputed.Row      `json:"disputes_standing"`
	// Asked are the changes that are asked for, and Made those of changes.csv with the number.
	Asked    []string            `json:"changes_asked,omitempty"`
	Made     []string            `json:"changes_made,omitempty"`
	Decision *request.Resolution `json:"decision,omitempty"`
	Answer   *request.Reply      `json:"answer,omitempty"`
	Closed   *schemas.Date       `json:"closed,omitempty"`

	name, provider string
}

// Charge is one that a request is about.
type Charge struct {
	ID       schemas.ChargeID `json:"charge"`
	Called   string           `json:"called"`
	From     schemas.Date     `json:"from"`
	To       schemas.Date     `json:"to"`
	Quantity *money.Decimal   `json:"quantity,omitempty"`
	Unit     string           `json:"unit,omitempty"`
	Amount   money.Decimal    `json:"amount"`
	Currency money.Currency   `json:"currency"`
	ofCost   bool
}

// Finding is one about the account.
type Finding struct {
	Code    schemas.Code `json:"code"`
	Object  string       `json:"object,omitempty"`
	Row     int64        `json:"row,omitempty"`
	Message string       `json:"message"`
}

// Result is what became of a promise.
type Result struct {
	ID       string            `json:"result"`
	Service  string            `json:"service"`
	Status   service.SLAStatus `json:"status"`
	Credit   money.Decimal     `json:"credit"`
	Currency money.Currency    `json:"currency"`
}

// Open follows the links of a request. The error wraps [ErrUnknown] where there is no such.
func (d *Desk) Open(ctx context.Context, id string, today schemas.Date) (*View, error) {
	s, err := d.Find(id)
	if err != nil {
		return nil, err
	}
	v := &View{
		Row: rowOf(s), Where: d.book.Where(book.KindRequest, book.RequestKey(&s.Request)), provider: d.book.Provider.Name, Decision: s.Decision, Answer: s.Answer,
		Charges: []Charge{}, Findings: []Finding{}, Results: []Result{}, Documents: []disputed.Document{}, Notes: []disputed.Document{}, Challenge: []disputed.Row{},
	}
	if s.At != nil {
		v.Object, v.SourceRow = s.At.Object, s.At.Row
	}
	if !s.Done.IsZero() {
		v.Closed = &s.Done
	}
	for _, l := range s.Lines {
		v.Lines = append(v.Lines, l.String())
	}
	for _, c := range s.Changes {
		v.Asked = append(v.Asked, c.String())
	}
	for _, c := range s.Applied {
		v.Made = append(v.Made, c.String())
	}
	for _, x := range disputed.Disputes(d.book, today) {
		if slices.Contains(s.Disputes, x.ID) {
			v.Challenge = append(v.Challenge, x)
		}
	}
	if a, c, ok := d.book.Account(s.Account); ok {
		if v.name = a.Name; v.name == "" {
			v.name = c.Name
		}
	}
	if d.store == nil {
		return v, nil
	}
	return v, d.follow(ctx, v, s)
}

// follow reads what the run of the month has.
func (d *Desk) follow(ctx context.Context, v *View, s *request.Standing) error {
	id, closed, err := d.now.Of(ctx, s.Month)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, run.ErrPointer) {
		return nil // the month has no run yet
	}
	if err != nil {
		return err
	}
	v.Run = id
	m, err := run.ReadManifest(ctx, d.store, s.Month, id)
	if err != nil {
		return err
	}
	charges, err := stage.Charges(ctx, d.store, m.FilesOf(&schemas.Charges)(s.Account), s)
	if err != nil {
		return err
	}
	costs := disputed.CostMeters(d.book)
	for i := range charges {
		c := &charges[i]
		x := Charge{
			ID: c.ID, Called: c.Description, From: schemas.DateOf(c.Start, d.book.Zone), To: schemas.DateOf(c.End, d.book.Zone).AddDays(-1), Unit: c.PricingUnit,
			Amount: c.Amount, Currency: c.Currency, ofCost: disputed.OfCost(costs, c),
		}
		if c.HasQuantity {
			x.Quantity = &c.Priced
		}
		v.Charges = append(v.Charges, x)
	}
	if closed && len(s.Disputes) > 0 {
		if v.Documents, v.Notes, err = disputed.DocumentsOf(ctx, d.store, d.now.Register, d.book.Payer(s.Account), s.Month); err != nil {
			return err
		}
	}
	for _, o := range m.Outputs {
		switch o.Dataset {
		case schemas.Findings.Name:
			err = d.findings(ctx, o.Key, v, s)
		case service.SLAResults.Name:
			err = rows.ReadSLARows(ctx, d.store, o.Key, &service.SLAResults, func(r *service.SLARow) error {
				if len(s.Results) > 0 && slices.Contains(s.Results, r.ID) || len(s.Results) == 0 && r.Account == s.Account && r.Peer == "" {
					credit, _ := r.Credit()
					v.Results = append(v.Results, Result{r.ID, r.Service, r.Status, credit, r.Currency})
				}
				return nil
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// findings takes those about the account; where the request names codes, these alone.
func (d *Desk) findings(ctx context.Context, key string, v *View, s *request.Standing) error {
	return rows.ScanTable(ctx, d.store, key, &schemas.Findings, nil, func(b *dataset.Batch) error {
		for i := range b.Rows {
			text := func(col int) string { return b.Columns[col].StringAt(i) }
			if string(b.Columns[schemas.FindAccountId].TextAt(i)) != string(s.Account) {
				continue
			}
			f := Finding{Code: schemas.Code(text(schemas.FindCode)), Object: text(schemas.FindObjectKey), Message: text(schemas.FindMessage)}
			if len(s.Findings) > 0 && !slices.Contains(s.Findings, f.Code) {
				continue
			}
			if row := &b.Columns[schemas.FindObjectRow]; !row.IsNull(i) {
				f.Row = row.Ints[i]
			}
			v.Findings = append(v.Findings, f)
		}
		return nil
	})
}
