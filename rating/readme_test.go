package rating_test

import (
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/money"
)

// TestReadme runs every case of the page and draws every picture again. It fails for a model that the page does not show.
func TestReadme(t *testing.T) {
	const file = "README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range schemas.Model("").Values() {
		if !strings.Contains(string(text), m) {
			t.Errorf("the page does not have model %s", m)
		}
	}
	var out strings.Builder
	var s setting
	lines := strings.SplitAfter(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		out.WriteString(lines[i])
		fence, ok := strings.CutPrefix(strings.TrimSpace(lines[i]), "```")
		if !ok || fence == "" {
			continue
		}
		first := i + 1
		for i = first; strings.TrimSpace(lines[i]) != "```"; {
			i++
		}
		body := strings.Join(lines[first:i], "")
		kind, to, _ := strings.Cut(fence, " ")
		switch kind {
		case "case":
			body = s.runText(t, file, first+1, body)
		case "plot":
			drawn := plot(t, &s.price, to)
			if drawn != body && !*update {
				t.Errorf("%s:%d: the picture is not what the price gives; draw it again with -update", file, first+1)
			}
			body = drawn
		}
		out.WriteString(body + lines[i])
	}
	rewrite(t, file, string(text), out.String())
}

// plot draws the amount of a price against the quantity from 0 to a bound.
func plot(t *testing.T, price *schemas.Price, bound string) string {
	t.Helper()
	const columns, rows = 60, 9
	n, err := strconv.ParseInt(bound, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	var amounts [columns + 1]*big.Rat
	most := new(big.Rat)
	for i := range amounts {
		q := money.NewDecimal(n*int64(i)*1000/columns, -3)
		s := setting{price: *price}
		x, err := s.trialOf(q.String())
		if err != nil {
			t.Fatal(err)
		}
		got, err := x.bill()
		if err != nil {
			t.Fatal(err)
		}
		amounts[i] = got.Rat()
		if amounts[i].Cmp(most) > 0 {
			most = amounts[i]
		}
	}
	grid := make([][]byte, rows+1)
	for r := range grid {
		grid[r] = []byte(strings.Repeat(" ", columns+1))
	}
	for i, a := range amounts {
		level := new(big.Rat).Quo(new(big.Rat).Mul(a, big.NewRat(rows, 1)), most)
		level.Add(level, big.NewRat(1, 2))
		grid[new(big.Int).Quo(level.Num(), level.Denom()).Int64()][i] = '*'
	}
	var b strings.Builder
	top := most.FloatString(0)
	for r := rows; r >= 0; r-- {
		label := ""
		switch r {
		case rows:
			label = top
		case 0:
			label = "0"
		}
		fmt.Fprintf(&b, "%*s |%s\n", len(top), label, strings.TrimRight(string(grid[r]), " "))
	}
	fmt.Fprintf(&b, "%*s +%s\n", len(top), "", strings.Repeat("-", columns+1))
	fmt.Fprintf(&b, "%*s  0%*s\n", len(top), "", columns, bound)
	return b.String()
}
