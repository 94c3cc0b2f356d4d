package disputed

import (
	"fmt"
	"slices"
	"strconv"

	"daybook/pipeline/book"
	"daybook/schemas/dispute"
	"daybook/schemas/money"
)

// Find returns a customer's dispute by its identifier.
func Find(b *book.Book, id string) (*dispute.Dispute, bool) {
	at := slices.IndexFunc(b.Challenges, func(d dispute.Dispute) bool { return d.ID == id })
	if at < 0 {
		return nil, false
	}
	return &b.Challenges[at], true
}

// Table lists disputes for the screen, with a heading.
func Table(all []Row) [][]string {
	out := [][]string{{"dispute", "account", "month", "state", "claimed", "accepted", "rejected", "open", "", "days left"}}
	for i := range all {
		r := &all[i]
		left := ""
		if r.DaysLeft != nil {
			left = strconv.Itoa(*r.DaysLeft)
		}
		cells := []string{r.ID, string(r.Account), string(r.Period), string(r.State)}
		cells = append(cells, amountIn(r.Claimed, r.Currency), amountIn(r.Accepted, r.Currency), amountIn(r.Rejected, r.Currency), amountIn(r.Open, r.Currency))
		out = append(out, append(cells, string(r.Currency), left))
	}
	return out
}

// Summary says how the dispute stands, in a sentence.
func (v *View) Summary() string {
	return fmt.Sprintf("dispute %s of account %s about %s: %s", v.ID, v.Account, v.Period, v.verdict())
}

// Before are the lines that are challenged or change, and the sum of all, for the screen.
func (v *View) Before() [][]string {
	out := [][]string{{"line", "account", "billed", "right now", "by the decision", "otherwise", "difference"}}
	add := func(name, account string, amounts []string) {
		out = append(out, append([]string{name, account}, amounts...))
	}
	for i := range v.Lines {
		if l := &v.Lines[i]; l.changed() {
			add(l.Called, string(l.Account), l.texts(l.Currency))
		}
	}
	add("all lines, with tax", "", v.Total.texts(v.Currency))
	return out
}

// texts are the amounts as billed and right now, by the decision, otherwise, and the difference.
func (f *Figures) texts(c money.Currency) (out []string) {
	for _, d := range []money.Decimal{f.Issued, f.Now, f.By[2], f.By[0].Add(f.By[1]), f.Difference} {
		out = append(out, amountIn(d, c))
	}
	return out
}
