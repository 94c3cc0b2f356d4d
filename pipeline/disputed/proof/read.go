package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
)

// most bounds what is read of one file.
const most = 1 << 30

// table is a CSV file by the names of its columns.
type table struct {
	at   map[string]int
	rows [][]string
}

// get is a cell of a row.
func (t *table) get(row []string, name string) string { return row[t.at[name]] }

func readTable(data []byte, columns []string) (*table, error) {
	all, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || !slices.Equal(all[0], columns) {
		return nil, fmt.Errorf("its columns are not %s", strings.Join(columns, ", "))
	}
	t := &table{at: map[string]int{}, rows: all[1:]}
	for i, name := range columns {
		t.at[name] = i
	}
	return t, nil
}

// ask reads what of dispute.json is recomputed.
type ask struct {
	Form    string   `json:"form"`
	Stages  []string `json:"stages"`
	Dispute struct {
		ID        string        `json:"id"`
		Amount    money.Decimal `json:"amount"`
		Decisions []decision    `json:"decisions"`
	} `json:"dispute"`
	Standing struct {
		Claimed  money.Decimal `json:"claimed"`
		Accepted money.Decimal `json:"accepted"`
		Rejected money.Decimal `json:"rejected"`
		Open     money.Decimal `json:"open"`
	} `json:"standing"`
	Total struct {
		Issued     money.Decimal   `json:"issued"`
		Now        money.Decimal   `json:"now"`
		Difference money.Decimal   `json:"difference"`
		By         []money.Decimal `json:"by_cause"`
	} `json:"total"`
}

type decision struct {
	On      schemas.Date   `json:"on"`
	Outcome string         `json:"outcome"`
	Amount  *money.Decimal `json:"amount"`
	Usage   []struct {
		Source   string         `json:"source"`
		Records  []string       `json:"records"`
		Object   string         `json:"object"`
		Rows     []json.Number  `json:"rows"`
		Quantity *money.Decimal `json:"quantity"`
		Pricing  *money.Decimal `json:"pricing_quantity"`
	} `json:"usage"`
}

// meter is what of one is recomputed.
type meter struct {
	ID          string              `json:"id"`
	Value       schemas.MeterValue  `json:"value"`
	Unit        string              `json:"unit"`
	Aggregation schemas.Aggregation `json:"aggregation"`
	Window      schemas.Window      `json:"window"`
}

// held is a proof as it lies in a directory.
type held struct {
	ask                          ask
	usage, takes, charges, lines *table
	steps                        map[string][]schemas.Step // by stage and charge
	meters                       map[string]meter          // by stage and identifier
	prices                       map[string]tariff         // by stage, offering, price and version
}

// tariff is what of a price is recomputed: each number that stands in it. Of prices that differ by subscription it is those of all.
type tariff struct {
	Pooled  bool
	numbers []string
}

// numbersIn adds all numbers in a value of JSON.
func numbersIn(v any, out []string) []string {
	switch x := v.(type) {
	case string:
		if d, err := money.ParseDecimal(x); err == nil {
			out = append(out, d.String())
		}
	case []any:
		for i := range x {
			out = numbersIn(x[i], out)
		}
	case map[string]any:
		for _, y := range x {
			out = numbersIn(y, out)
		}
	}
	return out
}

// readFiles reads a directory and says what of it is not as SHA256SUMS says, each by its name.
func readFiles(dir fs.FS) (files map[string][]byte, wrong []string, err error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, nil, err
	}
	files = map[string][]byte{}
	for _, e := range entries {
		if name := e.Name(); !slices.Contains(names, name) && name != sumsFile {
			wrong = append(wrong, fmt.Sprintf("%s is no file of a proof", name))
		}
	}
	for _, name := range append(slices.Clone(names), sumsFile) {
		f, err := dir.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			wrong = append(wrong, name+" is missing")
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		data, err := io.ReadAll(io.LimitReader(f, most))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, nil, err
		}
		files[name] = data
	}
	return files, append(wrong, compareSums(files)...), nil
}

// compareSums holds files against SHA256SUMS.
func compareSums(files map[string][]byte) (wrong []string) {
	sums, there := files[sumsFile]
	if !there {
		return nil
	}
	lines := strings.Split(string(sums), "\n")
	for i, name := range names {
		data, there := files[name]
		if !there {
			continue
		}
		sum := sha256.Sum256(data)
		if want := hex.EncodeToString(sum[:]) + "  " + name; i >= len(lines) || lines[i] != want {
			wrong = append(wrong, fmt.Sprintf("%s has another digest than %s says", name, sumsFile))
		}
	}
	if len(lines) != len(names)+1 || lines[len(lines)-1] != "" {
		wrong = append(wrong, sumsFile+" has other lines than one a file")
	}
	return wrong
}

// parse reads the files of a proof; an error names the file.
func parse(files map[string][]byte) (*held, error) {
	h := &held{steps: map[string][]schemas.Step{}, meters: map[string]meter{}, prices: map[string]tariff{}}
	var prices struct {
		Prices []struct {
			Stages   []string       `json:"stages"`
			Offering string         `json:"offering"`
			Price    map[string]any `json:"price"`
		} `json:"prices"`
		Meters []struct {
			Stages []string `json:"stages"`
			Meter  meter    `json:"meter"`
		} `json:"meters"`
	}
	for name, into := range map[string]any{disputeFile: &h.ask, pricesFile: &prices} {
		if err := json.Unmarshal(files[name], into); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if h.ask.Form != formName {
		return nil, fmt.Errorf("%s is of the form %q, and this reads %q", disputeFile, h.ask.Form, formName)
	}
	for i := range prices.Meters {
		for _, stage := range prices.Meters[i].Stages {
			h.meters[stage+" "+prices.Meters[i].Meter.ID] = prices.Meters[i].Meter
		}
	}
	for i := range prices.Prices {
		p := &prices.Prices[i]
		text := func(key string) string { s, _ := p.Price[key].(string); return s }
		for _, stage := range p.Stages {
			at := stage + " " + p.Offering + " " + text("id") + " " + text("version")
			t := h.prices[at]
			pooled, _ := p.Price["pooled"].(bool)
			h.prices[at] = tariff{t.Pooled || pooled, numbersIn(p.Price, t.numbers)}
		}
	}
	var err error
	for _, x := range []struct {
		name    string
		columns []string
		into    **table
	}{{usageFile, usageColumns, &h.usage}, {takesFile, takesColumns, &h.takes}, {chargesFile, chargesColumns, &h.charges}, {linesFile, linesColumns, &h.lines}} {
		if *x.into, err = readTable(files[x.name], x.columns); err != nil {
			return nil, fmt.Errorf("%s: %w", x.name, err)
		}
	}
	dec := json.NewDecoder(bytes.NewReader(files[stepsFile]))
	for {
		var s stepsOf
		if err := dec.Decode(&s); err == io.EOF {
			return h, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", stepsFile, err)
		}
		h.steps[s.Stage+" "+string(s.Charge)] = s.Steps
	}
}
