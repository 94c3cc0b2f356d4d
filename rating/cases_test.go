package rating_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"daybook/rating/model"
	"daybook/schemas"
	"daybook/schemas/money"
)

var update = flag.Bool("update", false, "rewrite the outcomes of testdata/*.txt")

// TestCases runs the rows of testdata/*.txt. A line that begins with a word of directives sets what the rows after it are
// about; a row is its inputs and, last, the outcome. With -update the outcomes are rewritten, to be read in review.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { runCases(t, file) })
	}
}

func runCases(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var s setting
	out := s.runText(t, file, 1, string(text))
	rewrite(t, file, string(text), out)
}

// rewrite replaces a file's text with -update.
func rewrite(t *testing.T, file, text, out string) {
	t.Helper()
	if *update && text != out {
		if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// runText runs the rows of a text, whose first line is line n of a file, and returns it with the outcomes as they are.
func (s *setting) runText(t *testing.T, file string, n int, text string) string {
	t.Helper()
	var out strings.Builder
	rows := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	flush := func() {
		if err := rows.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	scanner := bufio.NewScanner(strings.NewReader(text))
	for ; scanner.Scan(); n++ {
		line := scanner.Text()
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.HasPrefix(line, "#") || directives[fields[0]] != nil {
			flush()
			out.WriteString(line + "\n")
			if len(fields) == 0 || strings.HasPrefix(line, "#") {
				continue
			}
			if directives[fields[0]] == nil {
				t.Fatalf("%s:%d: %q has no outcome", file, n, line)
			}
			*s = setting{kind: fields[0], policy: s.policy}
			if err := directives[fields[0]](s, fields[1:]); err != nil {
				t.Fatalf("%s:%d: %v", file, n, err)
			}
			continue
		}
		inputs, want := fields[:len(fields)-1], fields[len(fields)-1]
		got, err := s.run(inputs)
		if err != nil {
			got = "error:" + strings.ReplaceAll(err.Error(), " ", "_")
		}
		if got != want && !*update {
			t.Errorf("%s:%d: %s: got %s, want %s", file, n, strings.Join(inputs, " "), got, want)
		}
		fmt.Fprintln(rows, strings.Join(append(inputs, got), "\t")+"\t")
	}
	flush()
	return out.String()
}

// setting is what the directives before a row say.
type setting struct {
	kind   string
	price  schemas.Price
	policy schemas.RatingPolicy
	args   map[string]string
}

// directives set what rows are about. policy keeps until the next policy.
var directives = map[string]func(*setting, []string) error{
	"policy":   setPolicy,
	"price":    setPrice,
	"round":    setArgs,
	"prorate":  setArgs,
	"discount": setArgs,
	"spread":   setArgs,
	"bound":    setArgs,
	"commit":   setArgs,
	"draw":     setArgs,
	"tax":      setArgs,
	"convert":  setArgs,
	"cycle":    setArgs,
	"billable": setArgs,
	"rollover": setArgs,
	"change":   setArgs,
	"slices":   setPrice,
	"changes":  setPrice,
	"month":    setArgs,
	"coupon":   setArgs,
	"bundle":   setArgs,
}

func setArgs(s *setting, args []string) error {
	s.args = map[string]string{}
	for _, a := range args {
		k, v, ok := strings.Cut(a, "=")
		if !ok {
			return fmt.Errorf("%q is not key=value", a)
		}
		s.args[k] = v
	}
	return nil
}

func setPolicy(s *setting, args []string) error {
	s.policy = schemas.RatingPolicy{}
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		if err := setField(&s.policy, k, v); err != nil {
			return err
		}
	}
	return nil
}

// setPrice reads a model and key=value pairs: fields of the price or of its terms by their names in books.
func setPrice(s *setting, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("a price needs a model")
	}
	s.price = schemas.Price{ID: "case", Currency: "EUR", Terms: schemas.Terms{Model: schemas.Model(args[0])}}
	for _, a := range args[1:] {
		k, v, _ := strings.Cut(a, "=")
		err := setField(&s.price.Terms, k, v)
		if err != nil {
			err = setField(&s.price, k, v)
		}
		if err != nil {
			return err
		}
	}
	return model.CheckTerms(&s.price.Terms)
}

func numbers(s, separator string) ([]money.Decimal, error) {
	var out []money.Decimal
	for part := range strings.SplitSeq(s, separator) {
		v, err := money.ParseDecimal(part)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
