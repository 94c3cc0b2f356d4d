package proof

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/disputed"
	"daybook/pipeline/document"
	"daybook/pipeline/explain"
	"daybook/pipeline/rows"
	"daybook/rating/decided"
	"daybook/schemas"
	"daybook/schemas/money"
)

// File is one of a proof.
type File struct {
	Name string
	Data []byte
}

// ErrNoRun says that nothing was billed yet of what is disputed.
var ErrNoRun = errors.New("the month has no run yet, so there is nothing to prove")

// maker gathers a proof.
type maker struct {
	view    *disputed.View
	usage   *document.Grid
	takes   *document.Grid
	charges *document.Grid
	steps   bytes.Buffer
	lines   *document.Grid
	terms   terms
	objects map[object]bool
	// numbers are the rows of usage by account, object and row.
	numbers map[string]int
}

// Make writes the files of a proof of a dispute, SHA256SUMS last.
func Make(ctx context.Context, v *disputed.View) ([]File, error) {
	if v.Look() == nil {
		return nil, fmt.Errorf("dispute %s: %w", v.ID, ErrNoRun)
	}
	m := &maker{
		view: v, usage: grid(usageColumns), takes: grid(takesColumns), charges: grid(chargesColumns), lines: grid(linesColumns),
		objects: map[object]bool{}, numbers: map[string]int{},
	}
	for stage := disputed.StageAgain; stage <= disputed.StageDecision; stage++ {
		for _, id := range v.Family() {
			if err := m.rows(ctx, stage, id); err != nil {
				return nil, err
			}
		}
	}
	for i := range v.Lines {
		if err := m.line(i, &v.Lines[i]); err != nil {
			return nil, err
		}
	}
	dispute, err := inJSON(m.head())
	if err != nil {
		return nil, err
	}
	prices, err := inJSON(&m.terms)
	if err != nil {
		return nil, err
	}
	held := map[string][]byte{
		readmeFile: m.readme(), disputeFile: dispute, pricesFile: prices, stepsFile: m.steps.Bytes(), usageFile: document.AppendCSV(nil, m.usage),
		takesFile: document.AppendCSV(nil, m.takes), chargesFile: document.AppendCSV(nil, m.charges), linesFile: document.AppendCSV(nil, m.lines),
	}
	var out []File
	for _, name := range names {
		out = append(out, File{name, held[name]})
	}
	return append(out, File{sumsFile, sums(out)}), nil
}

// sums is a file that sha256sum -c takes.
func sums(files []File) []byte {
	var out bytes.Buffer
	for _, f := range files {
		sum := sha256.Sum256(f.Data)
		fmt.Fprintf(&out, "%s  %s\n", hex.EncodeToString(sum[:]), f.Name)
	}
	return out.Bytes()
}

// Digest is that of a proof: of its SHA256SUMS, which has those of the other files.
func Digest(files []File) string {
	sum := sha256.Sum256(files[len(files)-1].Data)
	return hex.EncodeToString(sum[:])
}

func grid(columns []string) *document.Grid {
	g := &document.Grid{}
	for _, name := range columns {
		g.Columns = append(g.Columns, document.GridColumn{Name: name})
	}
	return g
}

// add adds a row of texts; those that are numbers stand as they are.
func add(g *document.Grid, texts ...string) {
	row := make([]document.Cell, len(texts))
	for i, t := range texts {
		_, err := money.ParseDecimal(t)
		row[i] = document.Cell{Text: t, Number: t != "" && err == nil}
	}
	g.Rows = append(g.Rows, row)
}

// rows adds the usage of an account, and what the charges of a stage take of it.
func (m *maker) rows(ctx context.Context, stage int, id schemas.AccountID) error {
	b, name := m.view.RatedBy(stage), disputed.Stages()[stage]
	of := m.view.RatedBy(disputed.StageDecision)
	month := decided.Of(of.Challenges, schemas.Date{}).In(id, m.view.Period)
	charges, err := m.view.Look().Takes(ctx, b, id, func(x *dataset.Batch, i int, takes []explain.Take) error {
		n := m.row(month, x, i, id)
		for _, t := range takes {
			add(m.takes, name, string(t.Charge), strconv.Itoa(n), string(t.Meter), t.Says, t.Unit, t.Metered, t.Distinct)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("list what account %s is charged for: %w", id, err)
	}
	for i := range charges {
		m.price(name, b, &charges[i])
	}
	return nil
}

// row is the number of a row of usage, which is added where it is met first.
func (m *maker) row(month *decided.Month, x *dataset.Batch, i int, id schemas.AccountID) int {
	text := func(col int) string { return x.Columns[col].StringAt(i) }
	number := func(col int) string {
		if x.Columns[col].IsNull(i) {
			return ""
		}
		return x.Columns[col].Decs[i].String()
	}
	when := func(col int) string { return rows.TimeOf(x.Columns[col].Ints[i]).Format(time.RFC3339Nano) }
	place := text(schemas.UseSourceId) + "\x00" + text(schemas.UseObjectKey) + "\x00" + strconv.FormatInt(x.Columns[schemas.UseObjectRow].Ints[i], 10)
	if n, known := m.numbers[place]; known {
		return n
	}
	n := len(m.numbers) + 1
	m.numbers[place] = n
	var dispute, counts, pricing string
	if month.AboutRecords() {
		at := month.Row([]byte(text(schemas.UseSourceId)), []byte(text(schemas.UseRecordId)), []byte(text(schemas.UseObjectKey)), x.Columns[schemas.UseObjectRow].Ints[i])
		if at != nil {
			dispute = at.Dispute
			if at.Void() {
				counts, pricing = "void", "void"
			}
			if at.Quantity != nil {
				counts = at.Quantity.String()
			}
			if at.Pricing != nil {
				pricing = at.Pricing.String()
			}
		}
	}
	add(m.usage, strconv.Itoa(n), string(id), text(schemas.UseSourceId), text(schemas.UseObjectKey), strconv.FormatInt(x.Columns[schemas.UseObjectRow].Ints[i], 10), text(schemas.UseRecordId),
		when(schemas.UseChargePeriodStart), when(schemas.UseChargePeriodEnd), text(schemas.UseServiceName), text(schemas.UseSkuId), text(schemas.UseRegionId), text(schemas.UseResourceId),
		number(schemas.UseConsumedQuantity), text(schemas.UseConsumedUnit), number(schemas.UsePricingQuantity), text(schemas.UsePricingUnit), number(schemas.UseEffectiveCost), number(schemas.UseBilledCost),
		number(schemas.UseContractedCost), number(schemas.UseListCost), text(schemas.UseBillingCurrency), dispute, counts, pricing)
	m.object(text(schemas.UseSourceId), text(schemas.UseObjectKey))
	return n
}

// object adds one that holds usage, as it was pinned.
func (m *maker) object(source, key string) {
	s := m.view.Look().Manifest.Spec.Sources
	for i := range s {
		if string(s[i].Source) != source {
			continue
		}
		if at := slices.IndexFunc(s[i].Objects, func(o objectOf) bool { return o.Key == key }); at >= 0 {
			o := &s[i].Objects[at]
			m.objects[object{s[i].Source, key, o.Size, o.Digest}] = true
		}
	}
}

// line adds a line, and its charges stage by stage.
func (m *maker) line(at int, l *disputed.Line) error {
	n := strconv.Itoa(at + 1)
	cells := []string{n, string(l.Account), string(l.Subscription), string(l.Offering), string(l.Price), string(l.Category), l.Group, l.Called, strconv.FormatBool(l.Disputed), string(l.Currency), l.Issued.String()}
	sum := l.Issued
	for _, d := range l.By {
		sum = sum.Add(d)
		cells = append(cells, sum.String())
	}
	add(m.lines, append(cells, l.Difference.String())...)
	for stage, name := range disputed.Stages() {
		charges := m.view.Charges(l, stage)
		for i := range charges {
			c := &charges[i]
			consumed, pricedAs := "", ""
			if c.HasQuantity {
				consumed, pricedAs = c.Consumed.String(), c.Priced.String()
			}
			add(m.charges, name, string(c.ID), n, string(c.Account), string(c.Subscription), string(c.Offering), string(c.Price), c.Version, c.Model, string(c.Meter), c.Group, string(c.Category), c.Description,
				c.Start.UTC().Format(time.RFC3339), c.End.UTC().Format(time.RFC3339), consumed, c.ConsumedUnit, pricedAs, c.PricingUnit, c.Exact.String(), c.Amount.String(), c.Residue.String(),
				string(c.Currency), strconv.FormatInt(c.UsageRows, 10))
			line, err := json.Marshal(stepsOf{name, c.ID, c.Steps})
			if err != nil {
				return err
			}
			m.steps.Write(append(line, '\n'))
		}
	}
	return nil
}
