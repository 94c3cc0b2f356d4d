package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"daybook/fixtures/effort"
	"daybook/fixtures/random"
	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas/money"
)

// mutable is a book as lines, by file, and the deliveries of its period.
type mutable struct {
	files   map[string][]string
	names   []string
	landing *store.Memory
	// values are those that stand anywhere under a key, by key; keys are those that are written at an indentation.
	values map[string][]string
	lines  map[int][]string
}

// line is key: value of a YAML file, with what stands before the key.
var line = regexp.MustCompile(`^( *(?:- )*)([a-zA-Z_]+):(?: (.*))?$`)

func readMutable(t *testing.T, name string) *mutable {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m := &mutable{files: map[string][]string{}, landing: new(store.Memory), values: map[string][]string{}, lines: map[int][]string{}}
	for _, f := range a.Files {
		if key, ok := strings.CutPrefix(f.Name, "landing/"); ok {
			if _, err := m.landing.Create(t.Context(), key, bytes.NewReader(f.Data)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		m.files[f.Name] = strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")
	}
	m.names = slices.Sorted(maps.Keys(m.files))
	for _, name := range m.names {
		for _, text := range m.files[name] {
			if p := line.FindStringSubmatch(text); p != nil && path.Ext(name) == ".yaml" {
				m.values[p[2]] = append(m.values[p[2]], p[3])
				m.lines[len(p[1])] = append(m.lines[len(p[1])], strings.Repeat(" ", len(p[1]))+strings.TrimLeft(text, " -"))
			}
		}
		if path.Ext(name) == ".csv" {
			header := strings.Split(m.files[name][0], ",")
			for _, row := range m.files[name][1:] {
				for i, cell := range strings.Split(row, ",") {
					m.values[header[i]] = append(m.values[header[i]], cell)
				}
			}
		}
	}
	return m
}

// fsys lays the book out with some files in other words.
func (m *mutable) fsys(changed map[string][]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, lines := range m.files {
		if other, ok := changed[name]; ok {
			lines = other
		}
		out[name] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n") + "\n")}
	}
	return out
}

// mutate changes a book in one place, and says what it did.
func (m *mutable) mutate(s *random.Source, changed map[string][]string) string {
	total := 0
	for _, name := range m.names {
		total += len(m.files[name])
	}
	at := int(s.Below(uint64(total)))
	for _, name := range m.names {
		if at >= len(m.files[name]) {
			at -= len(m.files[name])
			continue
		}
		lines := slices.Clone(m.files[name])
		if other, ok := changed[name]; ok {
			lines = slices.Clone(other)
		}
		at = min(at, len(lines)-1)
		what := ""
		if path.Ext(name) == ".csv" {
			lines, what = m.mutateRow(s, lines, at)
		} else {
			lines, what = m.mutateLine(s, lines, at)
		}
		changed[name] = lines
		return fmt.Sprintf("%s:%d: %s", name, at+1, what)
	}
	return ""
}

// mutateRow changes a row of a CSV file or one of its cells.
func (m *mutable) mutateRow(s *random.Source, lines []string, at int) ([]string, string) {
	if at == 0 && len(lines) > 1 {
		at = 1
	}
	header, cells := strings.Split(lines[0], ","), strings.Split(lines[at], ",")
	switch s.Below(8) {
	case 0:
		return slices.Delete(lines, at, at+1), "without the row " + lines[at]
	case 1:
		return slices.Insert(lines, at, lines[at]), "twice " + lines[at]
	}
	i := int(s.Below(uint64(min(len(cells), len(header)))))
	cells[i] = m.other(s, header[i], cells[i])
	was := lines[at]
	lines[at] = strings.Join(cells, ",")
	return lines, was + " becomes " + lines[at]
}

// mutateLine changes a line of a YAML file, or what stands below it.
func (m *mutable) mutateLine(s *random.Source, lines []string, at int) ([]string, string) {
	end, text := block(lines, at), lines[at]
	p := line.FindStringSubmatch(text)
	switch n := s.Below(16); {
	case n == 0:
		return slices.Delete(lines, at, end), "without " + text
	case n == 1:
		return slices.Insert(lines, end, lines[at:end]...), "twice " + text
	case n == 2 && end < len(lines) && indent(lines[end]) == indent(text):
		next := slices.Clone(lines[end:block(lines, end)])
		both := append(next, lines[at:end]...)
		copy(lines[at:], both)
		return lines, "exchanged with the next: " + text
	case n == 3 && p != nil:
		extra := random.Pick(s, m.lines[len(p[1])])
		return slices.Insert(lines, end, extra), text + " followed by " + strings.TrimSpace(extra)
	case n == 4 && p != nil && p[3] == "":
		return slices.Replace(lines, at, end, text+" "+random.Pick(s, []string{"[]", "{}", "null"})), "empty " + text
	case p != nil && p[3] != "":
		lines[at] = p[1] + p[2] + ": " + m.other(s, p[2], p[3])
	case p == nil:
		before, value, _ := strings.Cut(text, "- ")
		lines[at] = before + "- " + m.other(s, "", value)
	}
	return lines, strings.TrimSpace(text) + " becomes " + strings.TrimSpace(lines[at])
}

// block is the end of what belongs to a line: all that is indented deeper, and the rest of an entry of a list.
func block(lines []string, at int) int {
	end := at + 1
	for end < len(lines) && (indent(lines[end]) > indent(lines[at]) || strings.HasSuffix(lines[at], ":") &&
		indent(lines[end]) == indent(lines[at]) && strings.HasPrefix(strings.TrimLeft(lines[end], " "), "- ") && !strings.Contains(lines[at], "- ")) {
		end++
	}
	return end
}

func indent(text string) int { return len(text) - len(strings.TrimLeft(text, " ")) }

var (
	numeral = regexp.MustCompile(`^-?[0-9.]+$`)
	isDay   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// other is a value to stand in for another: mostly one of its kind, sometimes not.
func (m *mutable) other(s *random.Source, key, value string) string {
	strange := []string{"", "0", "-1", "x", "true", "2024-09-15", "EUR", "[]", "\"\"", "=1+1", "999999999999999999999999"}
	switch n := s.Below(10); {
	case n == 0:
		return random.Pick(s, strange)
	case isDay.MatchString(value):
		return random.Pick(s, []string{"2024-09-15", "2024-09-01", "2024-10-01", "2020-02-29", "2031-12-31", "2024-09-16", "2024-09-21", "0001-01-01", "9999-12-31"})
	case numeral.MatchString(value) && n < 6:
		return random.Pick(s, []string{
			"-" + value, "0", "1", "-0.5", "100", "101", "31", "2147483647", "9223372036854775807", "1e18", "1e30",
			"0.000000000000000001", "0.0000000000000000000000001", "12345678901234567890.5", "1e-60", "7.25",
		})
	case len(value) == 3 && value == strings.ToUpper(value):
		return random.Pick(s, []string{"EUR", "USD", "JPY", "GBP", "CLF", "XAU", "XXX", "BHD", "CHF"})
	case len(m.values[key]) > 0 && n < 9:
		return random.Pick(s, m.values[key])
	}
	return value + random.Pick(s, []string{"x", "2", " ", "-"})
}

// TestMutations changes one to three places of a sound book at random, many times. Either the check
// complains, each complaint with a place in its file and none twice, or the whole run takes the book.
func TestMutations(t *testing.T) {
	m := readMutable(t, "testdata/rich.txtar")
	if _, problems := book.Load(m.fsys(nil)); len(problems) > 0 {
		t.Fatal(problems)
	}
	tries := effort.Count(t, 30, 10_000)
	sound := 0
	seen := map[string]bool{}
	for i := range tries {
		s := random.Of(20240901, uint64(i))
		changed := map[string][]string{}
		var did []string
		for range 1 + s.Below(2)*s.Below(3) {
			did = append(did, m.mutate(&s, changed))
		}
		fsys := m.fsys(changed)
		ok, err := tryBook(t, fsys, m.landing)
		if errors.Is(err, money.ErrOverflow) && len(did) > 1 {
			continue // the product of two numbers, each of which is sound: the run says which account it is of, and commits nothing
		}
		if err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			t.Errorf("%d: %s\n%v", i, strings.Join(did, "\n"), err)
		}
		if ok {
			sound++
		}
	}
	t.Logf("%d of %d books were sound", sound, tries)
	if sound < tries/20 || sound > tries*19/20 {
		t.Errorf("%d of %d books were sound, so little was tested", sound, tries)
	}
}

// tryBook checks a book and, where nothing is complained of, runs it. The error says what should not be.
func tryBook(t *testing.T, fsys fstest.MapFS, landing store.Store) (sound bool, err error) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	b, problems := book.Load(fsys)
	if len(problems) > 0 {
		return false, soundProblems(fsys, problems)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	places := run.Places{Landing: landing, Store: new(store.Memory), Scratch: new(store.Memory), SpillDir: t.TempDir()}
	r, err := pipeline.Prepare(ctx, &run.Run{Book: b, Places: places}, pipeline.Request{Period: period, Shards: 1})
	if err != nil {
		return true, fmt.Errorf("prepare: %w", err)
	}
	if _, err := pipeline.Execute(ctx, r, 1, ""); err != nil {
		return true, fmt.Errorf("run: %w", err)
	}
	return true, nil
}

// soundProblems says what is wrong with complaints: none twice, each at a place of its file, each with words.
func soundProblems(fsys fstest.MapFS, problems book.Problems) error {
	for i, p := range problems {
		if i > 0 && p.File == problems[i-1].File && p.Line == problems[i-1].Line && p.Column == problems[i-1].Column && p.Message == problems[i-1].Message {
			return fmt.Errorf("complained twice: %s", p)
		}
		f, there := fsys[p.File]
		if !there {
			return fmt.Errorf("complaint about a file that is not there: %s", p)
		}
		lines := strings.Split(string(f.Data), "\n")
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
			return fmt.Errorf("complaint outside its file: %s", p)
		}
		if p.Message == "" || p.Suggestion == "" {
			return errors.New("complaint without words: " + p.String())
		}
	}
	return nil
}
