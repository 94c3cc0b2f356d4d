package rating_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

// rulesFile holds our own cases of every rule of the published ones. A line that begins with the word rule names a rule and its
// parameters; the lines below it are usage and, last, what comes of it: the amount, and then parts by name.
const rulesFile = "testdata/rules.case"

// rowOfRule is one line of usage, as the case that it is.
type rowOfRule struct {
	at     string
	inputs []string
	want   string
	oracle
}

// readRules reads the file into its lines; those that are no usage have no rule.
func readRules(t *testing.T) (lines []string, rows map[int]*rowOfRule) {
	t.Helper()
	text, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	lines, rows = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), map[int]*rowOfRule{}
	var rule []string
	for i, line := range lines {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(line, "#"):
		case fields[0] == "rule":
			rule = fields[1:]
		default:
			row := &rowOfRule{at: fmt.Sprintf("%s:%d", rulesFile, i+1), inputs: fields[:len(fields)-1], want: fields[len(fields)-1]}
			if err := row.read(rule); err != nil {
				t.Fatalf("%s: %v", row.at, err)
			}
			rows[i] = row
		}
	}
	return lines, rows
}

// read makes the case of a line and of the rule above it.
func (r *rowOfRule) read(rule []string) error {
	amount, parts, _ := strings.Cut(r.want, "|")
	c := map[string]any{"model": rule[0], "params": treeOf(rule[1:]), "usage": treeOf(r.inputs), "expected_amount": amount}
	if parts != "" {
		breakdown := map[string]any{}
		for part := range strings.SplitSeq(parts, "|") {
			name, v, _ := strings.Cut(part, "=")
			breakdown[name] = partsOf(v)
		}
		c["expected_breakdown"] = breakdown
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &r.oracle); err != nil {
		return err
	}
	r.ID = r.at
	return json.Unmarshal(text, &r.Raw)
}

// partsOf reads a part of a result: a number, a list, or numbers by name.
func partsOf(v string) any {
	switch {
	case strings.Contains(v, ":"):
		named := map[string]any{}
		for one := range strings.SplitSeq(v, ",") {
			name, n, _ := strings.Cut(one, ":")
			named[name] = n
		}
		return named
	case strings.Contains(v, ","):
		return strings.Split(v, ",")
	}
	return v
}

// treeOf reads key=value pairs; charge.x is x of the charge.
func treeOf(pairs []string) map[string]any {
	out, charge := map[string]any{}, map[string]any{}
	for _, pair := range pairs {
		name, v, ok := strings.Cut(pair, "=")
		switch inner, within := strings.CutPrefix(name, "charge."); {
		case within:
			charge[inner] = valueOf(inner, v)
		case ok:
			out[name] = valueOf(name, v)
		}
	}
	if len(charge) > 0 {
		out["charge"] = charge
	}
	return out
}

// valueOf reads what a key holds: see the file for the short form of each.
func valueOf(key, v string) any {
	list := func(separator string, read func(string) any) any {
		out := []any{}
		for one := range strings.SplitSeq(v, separator) {
			out = append(out, read(one))
		}
		return out
	}
	number := func(s string) any { return s }
	switch key {
	case "decimals", "fixed_days", "bill_cycle_day", "interval", "n":
		return json.Number(v)
	case "order":
		if strings.Contains(v, "_asc") || strings.Contains(v, "_desc") {
			return list(",", number)
		}
		return strings.ReplaceAll(v, "_", " ")
	case "credits", "credit_notes", "events", "event_amounts", "lines", "cumulative", "coefficient", "ratio":
		return list(",", number)
	case "full", "prorated":
		return list(";", number)
	case "cumulative_by_run":
		return list("/", func(s string) any { return valueOf("cumulative", s) })
	case "quantities":
		return partsOf(v)
	case "tiers", "bands":
		return list(",", bandOrTier)
	case "units":
		return byName(v, ";", "=", func(s string) any { return columns(s, ",", "block_size", "block_price", "max_blocks") })
	case "groups":
		return list(",", groupOf)
	case "coupons":
		return list(",", couponOf)
	case "wallets", "grants":
		return columns(v, ",", "id", "balance", "priority", "created", "expires")
	case "fees":
		return feesOf(v)
	case "weights":
		return columns(v, ";", "key", "weight")
	case "items":
		return columns(strings.ReplaceAll(v, ">", ":"), ";", "old", "new")
	case "changes":
		return columnsBy(v, ",", "~", "at", "delta")
	}
	return v
}

// columns reads rows of fields with colons between.
func columns(v, rows string, names ...string) []map[string]any {
	return columnsBy(v, rows, ":", names...)
}

// columnsBy reads rows of fields; one that is empty is left out, and a star is null.
func columnsBy(v, rows, fields string, names ...string) []map[string]any {
	out := []map[string]any{}
	for row := range strings.SplitSeq(v, rows) {
		m := map[string]any{}
		for i, field := range strings.Split(row, fields) {
			switch {
			case field == "*":
				m[names[i]] = nil
			case field == "":
			case names[i] == "priority":
				m[names[i]] = json.Number(field)
			default:
				m[names[i]] = field
			}
		}
		out = append(out, m)
	}
	return out
}

// byName reads name and value in turn.
func byName(v, entries, between string, read func(string) any) map[string]any {
	out := map[string]any{}
	for entry := range strings.SplitSeq(v, entries) {
		name, of, _ := strings.Cut(entry, between)
		if out[name] = read(of); of == "*" {
			out[name] = nil
		}
	}
	return out
}

// bandOrTier reads a tier up_to:unit_price:flat_fee:rate_pct, a capacity unit:limit+unit:limit@price, a band by the seconds
// since the start start:rate:rate_unit:increment, or one by the clock from-to@rate@rate_unit.
func bandOrTier(row string) any {
	at := strings.Split(row, "@")
	switch {
	case len(at) == 3:
		from, to, _ := strings.Cut(at[0], "-")
		return map[string]any{"from": from, "to": to, "rate": at[1], "rate_unit_s": at[2]}
	case len(at) == 2:
		return map[string]any{"limits": byName(at[0], "+", ":", func(s string) any { return s }), "price": at[1]}
	}
	fields := columns(row, "\n", "up_to", "unit_price", "flat_fee", "rate_pct")[0]
	maps.Copy(fields, columns(row, "\n", "start_s", "rate", "rate_unit_s", "increment_s")[0])
	return fields
}

// groupOf reads rules such as flat:2+rate:1.5+field:0.5+service:4.
func groupOf(row string) any {
	group := map[string]any{}
	var flat, rate []string
	for rule := range strings.SplitSeq(row, "+") {
		switch kind, cost, _ := strings.Cut(rule, ":"); kind {
		case "flat":
			flat = append(flat, cost)
		case "rate":
			rate = append(rate, cost)
		default:
			group[kind+"_threshold"] = cost
		}
	}
	group["flat"], group["rate"] = flat, rate
	return group
}

// couponOf reads 8, 10% or id:amount:line+line.
func couponOf(row string) any {
	fields := strings.Split(row, ":")
	if len(fields) == 3 {
		return map[string]any{"id": fields[0], "amount": fields[1], "applies_to": strings.Split(fields[2], "+")}
	}
	if percent, ok := strings.CutSuffix(row, "%"); ok {
		return map[string]any{"kind": "percent", "value": percent}
	}
	return map[string]any{"kind": "fixed", "value": row}
}

// feesOf reads amounts with commas between, or fees id:amount@tax with semicolons.
func feesOf(v string) any {
	if !strings.ContainsAny(v, ";@") {
		return strings.Split(v, ",")
	}
	var out []any
	for row := range strings.SplitSeq(v, ";") {
		row, tax, taxed := strings.Cut(row, "@")
		fee := map[string]any{}
		id, amount, named := strings.Cut(row, ":")
		if named {
			fee["id"] = id
		} else {
			amount = row
		}
		if fee["amount"] = amount; taxed {
			fee["tax_pct"] = tax
		}
		out = append(out, fee)
	}
	return out
}

// TestRules keeps the file of our own cases in columns, and with -update its outcomes; whether they are right says TestOracles.
// Every rule has one.
func TestRules(t *testing.T) {
	lines, rows := readRules(t)
	var out strings.Builder
	columns := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	missing := maps.Clone(oracleModels)
	for i, line := range lines {
		row := rows[i]
		if row == nil {
			if err := columns.Flush(); err != nil {
				t.Fatal(err)
			}
			out.WriteString(line + "\n")
			continue
		}
		delete(missing, row.Model)
		want := row.want
		if *update {
			want = row.outcome(t)
		}
		fmt.Fprintln(columns, "  "+strings.Join(append(slices.Clone(row.inputs), want), "\t"))
	}
	if err := columns.Flush(); err != nil {
		t.Fatal(err)
	}
	if old := strings.Join(lines, "\n") + "\n"; old != out.String() {
		if rewrite(t, rulesFile, old, out.String()); !*update {
			t.Errorf("%s is not in columns: run with -update", rulesFile)
		}
	}
	for _, model := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("%s has no case of %s", rulesFile, model)
	}
}

// outcome is what comes of a line, with the parts that it has now.
func (r *rowOfRule) outcome(t *testing.T) string {
	t.Helper()
	got, err := oracleModels[r.Model](&r.oracle)
	if err != nil {
		t.Fatalf("%s: %v", r.at, err)
	}
	out := []string{got.amount}
	_, parts, _ := strings.Cut(r.want, "|")
	for part := range strings.SplitSeq(parts, "|") {
		name, _, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		switch v := got.parts[name].(type) {
		case string:
			out = append(out, name+"="+v)
		case []string:
			out = append(out, name+"="+strings.Join(v, ","))
		case map[string]string:
			var each []string
			for _, k := range slices.Sorted(maps.Keys(v)) {
				each = append(each, k+":"+v[k])
			}
			out = append(out, name+"="+strings.Join(each, ","))
		}
	}
	return strings.Join(out, "|")
}
