package source

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"daybook/fixtures/effort"
	"daybook/pipeline/dataset"
	"daybook/schemas"
	"daybook/schemas/intake"
)

// writers are the programs that write random files; write.py says how.
var writers = []string{"pyarrow", "duckdb", "pandas", "csv"}

// randomRequest asks for files.
type randomRequest struct {
	Format  schemas.Format `json:"format"`
	Writer  string         `json:"writer"`
	Dir     string         `json:"dir"`
	First   int            `json:"first"`
	Behind  int            `json:"behind"`
	Fields  []randomField  `json:"fields"`
	CSV     bool           `json:"csv"`
	Parquet bool           `json:"parquet"`
	JSON    bool           `json:"json"`
	Nested  bool           `json:"nested"`
}

// randomField is a field of a format, what it holds, and whether every object has it, and every row a value of it.
type randomField struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	Filled bool     `json:"filled"`
	There  bool     `json:"there"`
	Values []string `json:"values"`
}

// randomCase is a file that was written: how, what its source declares, for what it may be refused, and with what findings rows of
// it may be rejected. Failed is why the writer could not.
type randomCase struct {
	N            int
	How, Zone    string
	Nulls, Times []string
	Binary       bool
	May          []string
	Codes        []schemas.Code
	Failed       string
}

// TestRandomFiles decodes random files of every format, as pyarrow, DuckDB, pandas and Python's csv write them: each comes to the
// rows that were written, or is refused for what is named. DAYBOOK_PYTHON names a python that has these; without one it is skipped.
func TestRandomFiles(t *testing.T) {
	python := os.Getenv("DAYBOOK_PYTHON")
	if python == "" {
		t.Skip("set DAYBOOK_PYTHON to a python that has pyarrow, duckdb and pandas")
	}
	count, w := effort.Count(t, 10, 2000), startWriter(t, python)
	for _, format := range randomFormats() {
		for _, writer := range writers {
			t.Run(string(format.name)+viewOf(&format)+"/"+writer, func(t *testing.T) {
				const most = 100
				for first := 0; first < count && !t.Failed(); first += most {
					checkRandom(t, w, &format, writer, first, min(first+most, count))
				}
			})
		}
	}
}

func viewOf(f *format) string {
	if f.native == nil || f.native.View == "" {
		return ""
	}
	return "_" + string(f.native.View)
}

// randomFormats are the formats, mapped with a mapping of its own.
func randomFormats() []format {
	out := slices.Clone(formats)
	for i := range out {
		if out[i].name == schemas.Mapped {
			f, err := mappedBy(randomSource(&out[i]))
			if err != nil {
				panic(err)
			}
			out[i] = *f
		}
	}
	return out
}

// randomSource is a source of a format.
func randomSource(f *format) *schemas.Source {
	src := &schemas.Source{ID: "random", Format: f.name}
	if f.native != nil {
		src.View = f.native.View
	}
	switch f.name {
	case schemas.Mapped:
		src.Mapping = map[string]intake.Reading{
			"ChargePeriodStart": {From: []string{"from"}}, "ChargePeriodEnd": {From: []string{"to_end"}}, "BilledCost": {From: []string{"cost", "amount"}},
			"BillingCurrency": {From: []string{"currency"}}, "ConsumedQuantity": {From: []string{"used"}}, "ResourceId": {From: []string{"thing"}},
			"SkuId": {From: []string{"sku"}}, "SubAccountId": {From: []string{"account"}},
		}
	case schemas.CloudEvents10:
		src.Columns = map[string]string{
			"ChargePeriodStart": "time", "ChargePeriodEnd": "data.end", "ConsumedQuantity": "data.used", "SubAccountId": "subject", "SkuId": "type", "ResourceId": "data.thing",
		}
	default:
	}
	return src
}

// randomFields are the fields of a format.
func randomFields(f *format, src *schemas.Source) []randomField {
	var out []randomField
	add := func(name string, use int, filled bool) {
		r := &f.columns[use]
		if i := slices.IndexFunc(out, func(x randomField) bool { return x.Name == name }); i >= 0 {
			out[i].Filled = out[i].Filled || filled || r.notNull || r.mandatory
			return
		}
		x := randomField{Name: name, Kind: kindOf(use, r), Filled: filled || (r.notNull || r.mandatory) && (r.from == nil || !r.from.Made()), Values: r.allowed}
		if f.native != nil {
			x.There = slices.ContainsFunc(f.native.Together, func(names []string) bool { return slices.Contains(names, name) })
		}
		if own, is := oddFields[name]; is {
			x.Kind, x.Values = own.Kind, own.Values
		}
		out = append(out, x)
	}
	switch f.name {
	case schemas.CloudEvents10:
		return []randomField{
			{Name: "specversion", Kind: "choice", Filled: true, Values: []string{"1.0"}},
			{Name: "id", Kind: "number", Filled: true},
			{Name: "source", Kind: "choice", Filled: true, Values: []string{"/meter"}},
			{Name: "type", Kind: "choice", Filled: true, Values: []string{"a.b"}},
			{Name: "subject", Kind: "text", Filled: true},
			{Name: "time", Kind: "time", Filled: true},
			{Name: "data.end", Kind: "time", Filled: true},
			{Name: "data.used", Kind: "decimal", Filled: true},
			{Name: "data.thing", Kind: "text"},
		}
	default:
	}
	for _, name := range f.recordKey(src) {
		out = append(out, randomField{Name: name, Kind: "digits", Filled: true})
	}
	for use := range f.columns {
		r := &f.columns[use]
		switch {
		case r.absent || r.from != nil && r.from.Constant != "" || r.from == nil && r.read == nil && ours(use):
		case r.from != nil && r.from.Prefix != "":
			add(r.from.Prefix+"user:Name", use, false)
			add(r.from.Prefix+"Ns.By", use, false)
		case r.from != nil && r.from.Made():
			for i, names := range r.from.Of {
				add(names[0], use, i == 0 && r.mandatory)
				if at := slices.IndexFunc(out, func(x randomField) bool { return x.Name == names[0] }); i == 0 {
					out[at].There = true
				}
			}
		case r.from != nil:
			add(r.from.Names[0], use, false)
		case r.read != nil:
			for _, name := range r.read.From {
				add(name, use, true)
			}
		case len(r.names) > 0:
			add(r.names[0], use, false)
		default:
			add(schemas.Usage.Columns[use].Name, use, false)
		}
	}
	return out
}

// kindOf says what a usage column holds.
func kindOf(use int, r *rule) string {
	switch column := schemas.Usage.Columns[use]; {
	case r.json:
		return "map"
	case r.currency:
		return "currency"
	case r.allowed != nil:
		return "choice"
	case column.Type == schemas.Decimal:
		return "decimal"
	case column.Type == schemas.Time:
		return "time"
	default:
		return "text"
	}
}

// oddFields are those of which something else is made than what they hold.
var oddFields = map[string]randomField{
	"lineItem/LineItemType": {Kind: "choice", Values: []string{"Usage", "Tax", "SavingsPlanCoveredUsage", "SavingsPlanNegation", "Fee", "RIFee", "DiscountedUsage", "Credit"}},
	"lineItem/UsageAmount":  {Kind: "decimal"}, "savingsPlan/SavingsPlanEffectiveCost": {Kind: "decimal"}, "savingsPlan/TotalCommitmentToDate": {Kind: "decimal"},
	"savingsPlan/UsedCommitment": {Kind: "decimal"}, "reservation/EffectiveCost": {Kind: "decimal"}, "reservation/UnusedRecurringFee": {Kind: "decimal"},
	"reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": {Kind: "decimal"}, "savingsPlan/SavingsPlanARN": {Kind: "text"}, "reservation/ReservationARN": {Kind: "text"},
	"resourceTags/user:Name": {Kind: "text"}, "resourceTags/Ns.By": {Kind: "text"}, "tags/user:Name": {Kind: "text"}, "tags/Ns.By": {Kind: "text"},
	"Date": {Kind: "day"}, "BillingPeriodStartDate": {Kind: "day"}, "BillingPeriodEndDate": {Kind: "day"}, "CostInBillingCurrency": {Kind: "decimal"},
	"ChargeType": {Kind: "choice", Values: []string{"Usage", "Purchase", "Refund", "UnusedReservation"}}, "Frequency": {Kind: "choice", Values: []string{"OneTime", "UsageBased"}},
	"PricingModel": {Kind: "choice", Values: []string{"OnDemand", "Spot", "Reservation"}},
	"cost_type":    {Kind: "choice", Values: []string{"regular", "tax", "rounding_error"}}, "credits": {Kind: "credits"}, "labels": {Kind: "labels"}, "invoice.month": {Kind: "month"},
	"counter_type": {Kind: "choice", Values: []string{"gauge", "delta"}}, "pod_labels": {Kind: "podlabels"}, "persistentvolume_labels": {Kind: "podlabels"},
	"interval_start": {Kind: "time"}, "interval_end": {Kind: "time"},
}

// randomWriter is the program that writes the files.
type randomWriter struct {
	in    io.Writer
	lines *bufio.Scanner
	said  bytes.Buffer
}

func startWriter(t *testing.T, python string) *randomWriter {
	t.Helper()
	w := &randomWriter{}
	command := exec.CommandContext(t.Context(), python, "testdata/random/write.py")
	command.Stderr = &w.said
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), command.Wait()); err != nil {
			t.Logf("the writer ended with %v", err)
		}
	})
	w.in, w.lines = in, bufio.NewScanner(out)
	w.lines.Buffer(nil, 1<<20)
	return w
}

// checkRandom has files written and decodes them.
func checkRandom(t *testing.T, w *randomWriter, f *format, writer string, first, behind int) {
	src := randomSource(f)
	request := randomRequest{
		Format: f.name, Writer: writer, Dir: t.TempDir(), First: first, Behind: behind, Fields: randomFields(f, src), Parquet: f.parquet != nil,
		JSON: f.native == nil || f.native.JSON, CSV: f.name != schemas.CloudEvents10, Nested: f.native != nil || f.name == schemas.CloudEvents10,
	}
	if err := json.NewEncoder(w.in).Encode(request); err != nil {
		t.Fatalf("%v\n%s", err, w.said.String())
	}
	failed, unwritten := 0, 0
	for w.lines.Scan() && len(w.lines.Bytes()) > 0 {
		var c randomCase
		if err := json.Unmarshal(w.lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Failed != "" {
			t.Logf("%s %s %d (%s) is not written: %s", f.name, writer, c.N, c.How, c.Failed)
			if unwritten++; 5*unwritten > behind-first {
				t.Fatal("too many are not written")
			}
			continue
		}
		if wrong := wrongWith(t, request.Dir, f, *src, &c); wrong != "" && failed < 6 {
			t.Errorf("%s %s %d (%s): %s", f.name, writer, c.N, c.How, wrong)
			failed++
		}
	}
	if w.lines.Err() != nil || len(w.lines.Bytes()) > 0 || w.said.Len() > 0 {
		t.Fatalf("the writer fails: %v\n%s", w.lines.Err(), w.said.String())
	}
}

// wrongWith decodes a file and its rows as plain CSV, and says how the two differ.
func wrongWith(t *testing.T, dir string, f *format, src schemas.Source, c *randomCase) string {
	t.Helper()
	src.Zone = c.Zone
	plainText, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(c.N)+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(c.N)))
	if err != nil {
		t.Fatal(err)
	}
	plain := decodeRandom(t, &src, plainText)
	if f.name == schemas.CloudEvents10 {
		plain = eventsOf(t, plainText)
	}
	if plain.err != nil {
		return fmt.Sprintf("its rows as plain CSV are refused: %v", plain.err)
	}
	src.Tolerate = schemas.Tolerate{Nulls: c.Nulls, Times: c.Times, BinaryFractions: c.Binary}
	got := decodeRandom(t, &src, body)
	if refused, is := errors.AsType[*schemas.RefusedError](got.err); is {
		if slices.ContainsFunc(c.May, func(cause string) bool { return strings.Contains(refused.Reason, cause) }) {
			return ""
		}
		return fmt.Sprintf("refused: %s", refused.Reason)
	}
	if got.err != nil {
		return got.err.Error()
	}
	return cmp.Or(differenceOf(&plain, &got, c), wrongFields(f, plainText, &plain))
}

// differenceOf says how rows that were read differ from those as plain CSV.
func differenceOf(plain, got *randomRows, c *randomCase) string {
	may := func(n int64) bool { return slices.Contains(c.Codes, got.rejected[n].Code) }
	if plain.stats.Rows != got.stats.Rows {
		for n := range got.rejected {
			if got.rejected[n].Code == schemas.CodeBadQuote && may(n) { // rows that begin within those
				return ""
			}
		}
		return fmt.Sprintf("%d rows, want %d", got.stats.Rows, plain.stats.Rows)
	}
	for n := int64(1); n <= plain.stats.Rows; n++ {
		if want, have := plain.rows[n], got.rows[n]; want != have && (have != "" || !may(n)) {
			f := got.rejected[n]
			return fmt.Sprintf("row %d is rejected for %q (%s) and has %q, want %q", n, f.Code, f.Message, without(have, want), without(want, have))
		}
	}
	return ""
}

// without are the columns of a row that are not alike in another.
func without(row, other string) (columns []string) {
	others := strings.Split(other, "\x00")
	for c := range strings.SplitSeq(row, "\x00") {
		if !slices.Contains(others, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

// randomRows are the rows that a file comes to, by their numbers, and the findings of those that are rejected.
type randomRows struct {
	rows     map[int64]string
	rejected map[int64]schemas.Finding
	stats    Stats
	err      error
}

func decodeRandom(t *testing.T, src *schemas.Source, body []byte) randomRows {
	t.Helper()
	got := randomRows{rows: map[int64]string{}, rejected: map[int64]schemas.Finding{}}
	got.stats, got.err = Decode(t.Context(), src, Input{Key: "k", At: bytes.NewReader(body), Size: int64(len(body))}, Sink{
		Rows: func(b *dataset.Batch) error {
			for r := range b.Rows {
				got.rows[b.Columns[schemas.UseObjectRow].Ints[r]] = randomRow(b, r, src.Format == schemas.OpenShiftMetering)
			}
			return nil
		},
		Finding: func(f schemas.Finding) error {
			if f.Rows > 0 && f.Row > 0 {
				got.rejected[f.Row] = f
			}
			return nil
		},
	})
	return got
}

// randomRow writes a row as text, with JSON in one form. What is kept beside the columns is as it came, and is left out, as is what
// names the parts of records by a time as it is written.
func randomRow(b *dataset.Batch, r int, parted bool) string {
	var out strings.Builder
	for use := range b.Columns {
		v := &b.Columns[use]
		if v.IsNull(r) || use == schemas.UseExtra || use == schemas.UseRecordId && parted {
			continue
		}
		text := ""
		switch v.Type {
		case schemas.Label, schemas.Text:
			text = string(v.TextAt(r))
		case schemas.Time:
			text = string(formatTime(v.Ints[r]))
		case schemas.Decimal:
			text = v.Decs[r].String()
		case schemas.Integer:
			text = strconv.FormatInt(v.Ints[r], 10)
		}
		if use == schemas.UseTags || use == schemas.UseSkuPriceDetails {
			var x any
			if json.Unmarshal([]byte(text), &x) == nil {
				one, _ := json.Marshal(x)
				text = string(one)
			}
			if text == "{}" {
				continue
			}
		}
		fmt.Fprintf(&out, "%s=%q\x00", b.Table.Columns[use].Name, text)
	}
	return out.String()
}

// wrongFields holds what plain CSV comes to against its fields, where a usage column is one of them as it stands.
func wrongFields(f *format, text []byte, plain *randomRows) string {
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return err.Error()
	}
	each := max(1, plain.stats.Rows/max(1, int64(len(all)-1)))
	for use := range f.columns {
		r := &f.columns[use]
		if r.absent || r.from == nil || r.from.Names == nil || each > 1 {
			continue
		}
		at := slices.Index(all[0], r.from.Names[0])
		if at < 0 {
			continue
		}
		for n, row := range all[1:] {
			_, rest, _ := strings.Cut(plain.rows[int64(n)+1], schemas.Usage.Columns[use].Name+"=")
			have := ""
			if rest != "" {
				have, _ = strconv.Unquote(quotedPrefix(rest))
			}
			if want := row[at]; have != "" && schemas.Usage.Columns[use].Type == schemas.Decimal {
				x, ok := new(big.Rat).SetString(want)
				y, _ := new(big.Rat).SetString(have)
				if !ok || x.Cmp(y) != 0 {
					return fmt.Sprintf("row %d has %s %s, want %s", n+1, schemas.Usage.Columns[use].Name, have, want)
				}
			}
		}
	}
	return ""
}

func quotedPrefix(text string) string {
	prefix, err := strconv.QuotedPrefix(text)
	if err != nil {
		return `""`
	}
	return prefix
}

// eventsOf are the rows of events whose members plain CSV has.
func eventsOf(t *testing.T, text []byte) randomRows {
	t.Helper()
	src := &schemas.Source{
		ID: "random", Format: schemas.FOCUS12, Key: []string{"source", "id"}, Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}, NullColumns: []string{"*"}},
		Columns: map[string]string{
			"ChargePeriodStart": "time", "ChargePeriodEnd": "data.end", "ConsumedQuantity": "data.used", "SubAccountId": "subject", "SkuId": "type", "ResourceId": "data.thing",
		},
	}
	return decodeRandom(t, src, text)
}
