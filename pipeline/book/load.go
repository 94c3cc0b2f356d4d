package book

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"daybook/schemas"
)

// kind is one kind of file that a book may have.
type kind struct {
	// pattern is the name below the book, as path.Match reads it.
	pattern string
	part    Part
	// about says in a few words what the file holds.
	about string
	read  func(l *loader, f *file)
}

// kinds lists every kind of file. Big lists have a CSV form, with a column for each field that fits into a cell.
func kinds() []kind {
	return []kind{
		{"provider.yaml", PartProvider, "the provider and the policies of its runs", (*loader).readProvider},
		{"sources.yaml", PartSources, "where deliveries appear", (*loader).readSources},
		{"catalogue/*.yaml", PartCatalogue, "meters, offerings, prices, taxes", (*loader).readCatalogue},
		{"customers.yaml", PartCustomers, "customers with accounts and subscriptions", (*loader).readCustomers},
		{"customers.csv", PartCustomers, "customers, one a row", (*loader).readCustomerRows},
		{"accounts.csv", PartCustomers, "accounts of customers, one a row", (*loader).readAccountRows},
		{"subscriptions.yaml", PartCustomers, "subscriptions of accounts", (*loader).readSubscriptions},
		{"subscriptions.csv", PartCustomers, "subscriptions of accounts, one a row", (*loader).readSubscriptionRows},
		{"changes.csv", PartCustomers, "changes of subscriptions, one a row", (*loader).readChangeRows},
		{"peers/*.yaml", PartPeers, "a peer, its contracts and whose its accounts are", (*loader).readPeer},
		{"mapping.csv", PartPeers, "whose the accounts of peers and sources are, one a row", (*loader).readMappingRows},
		{"plan.yaml", PartPlan, "how the business plan is judged, and its exchange rates", (*loader).readPlan},
		{"plan.csv", PartPlan, "the lines of the business plan", (*loader).readPlanRows},
		{"plan/*.csv", PartPlan, "lines of the business plan", (*loader).readPlanRows},
		{"fx.csv", PartFX, "exchange rates", (*loader).readRates},
		{"fx/*.csv", PartFX, "exchange rates", (*loader).readRates},
	}
}

// Limits on a book as a whole.
const (
	mostCSVBytes = 256 << 20
	mostFiles    = 10_000
)

// loader is a book being read.
type loader struct {
	found  complaints
	shapes shapes
	files  []*file
	// broken says that a file could not be read at all, so that references into it would dangle for no good reason.
	broken bool
	strays []stray
	unread map[unreadable]bool

	provider   schemas.Provider
	providerAt place
	sources    listed[schemas.Source]

	meters    listed[schemas.Meter]
	offerings listed[schemas.Offering]
	coupons   listed[schemas.Coupon]
	taxes     listed[schemas.TaxRate]
	units     listed[schemas.UnitFactor]
	policy    schemas.RatingPolicy
	policyAt  place

	customers     listed[schemas.Customer]
	accounts      listed[accountRow]
	subscriptions listed[subscriptionRow]
	changes       listed[changeRow]

	peers     listed[schemas.Peer]
	contracts listed[schemas.Contract]
	mappings  listed[schemas.Mapping]

	plan      schemas.Plan
	planAt    place
	planLines listed[schemas.PlanLine]
	planRates listed[schemas.PlanRate]
	rates     listed[schemas.Rate]
}

// listed is a list joined from several files, with the place of each entry.
type listed[T any] struct {
	items  []T
	places []place
}

func (s *listed[T]) add(at place, v T) {
	s.items = append(s.items, v)
	s.places = append(s.places, at)
}

// expect makes room for the rows of a CSV file.
func (s *listed[T]) expect(f *file) {
	rows := min(bytes.Count(f.text, []byte("\n")), 1<<18) // a file of empty lines must not cost more than its bytes
	s.items, s.places = slices.Grow(s.items, rows), slices.Grow(s.places, rows)
}

// addAll adds the entries of a YAML list.
func (s *listed[T]) addAll(at place, items []T) {
	for i := range items {
		s.add(at.at(i), items[i])
	}
}

// Load reads and checks the book whose root is fsys. Either the book or the list of problems is nil. It reads only plain
// files at the places that a book has, and complains of any other. An fsys from [Open] cannot leave its directory.
func Load(fsys fs.FS) (*Book, Problems) {
	l := &loader{shapes: shapes{}}
	l.list(fsys)
	for _, f := range l.files {
		for _, k := range kinds() {
			if ok, _ := path.Match(k.pattern, f.name); ok {
				k.read(l, f)
			}
		}
	}
	l.checkStrays()
	if !l.broken {
		l.noteUnread()
		l.check()
	}
	if problems := l.found.sorted(); len(problems) > 0 {
		return nil, problems
	}
	return l.book(), nil
}

// Open is Load for a directory. Symbolic links that lead out of the directory are refused. The error is about the
// directory itself; what is wrong with the book is in the problems.
func Open(dir string) (*Book, Problems, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open the book %s: %w", dir, err)
	}
	b, problems := Load(root.FS())
	if err := root.Close(); err != nil {
		return nil, nil, fmt.Errorf("close the book %s: %w", dir, err)
	}
	return b, problems, nil
}

// readFile reads one file, at most the limit of its kind.
func (l *loader) readFile(fsys fs.FS, f *file) bool {
	limit := int64(mostCSVBytes)
	if path.Ext(f.name) == ".yaml" {
		limit = mostYAMLBytes
	}
	// Opening a pipe waits for a writer who may never come, and a device has no end.
	if info, err := fs.Stat(fsys, f.name); err == nil && !info.Mode().IsRegular() {
		l.refuse(f, "it is not a plain file", "put a file in its place, or move it out of the book")
		return false
	}
	text, err := readLimited(fsys, f.name, limit)
	switch {
	case err != nil:
		l.refuse(f, "the file cannot be read: "+reason(err), "look at its permissions, and whether it is a link out of the book")
	case int64(len(text)) > limit:
		l.refuse(f, fmt.Sprintf("the file is larger than %d MiB", limit>>20), "write big lists as CSV")
	default:
		f.text = text
		f.digest = digestFile(f)
		return true
	}
	return false
}

func readLimited(fsys fs.FS, name string, limit int64) ([]byte, error) {
	in, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(in, limit+1))
	return text, errors.Join(err, in.Close())
}

// reason is an error without the path, which may be of this machine.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// refuse complains of a whole file.
func (l *loader) refuse(f *file, message, suggestion string) {
	l.broken = true
	l.found.add(Problem{File: f.name, Line: 1, Column: 1, Message: message, Suggestion: suggestion})
}

// complain reports a problem at a place.
func (l *loader) complain(at place, suggestion, format string, args ...any) {
	line, column := at.position()
	p := Problem{
		File: at.file.name, Line: line, Column: column, Path: at.path(),
		Message: fmt.Sprintf(format, args...), Suggestion: suggestion,
	}
	if !l.unread[spotOf(&p)] {
		l.found.add(p)
	}
}

// unreadable is where a value stands that could not be read.
type unreadable struct {
	file, path   string
	line, column int
}

func spotOf(p *Problem) unreadable { return unreadable{p.File, p.Path, p.Line, p.Column} }

// noteUnread remembers what could not be read: such a value is zero, and what the check would say of the zero is no second
// fault of the book.
func (l *loader) noteUnread() {
	l.unread = make(map[unreadable]bool, len(l.found.list))
	for i := range l.found.list {
		l.unread[spotOf(&l.found.list[i])] = true
	}
}

// decodeYAML reads a YAML file into a struct. It reports whether the file could be parsed.
func (l *loader) decodeYAML(f *file, into any) bool {
	text, ok := l.utf8(f)
	if !ok {
		return false
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		l.yamlSyntax(f, err)
		return false
	}
	var next yaml.Node
	if err := dec.Decode(&next); err == nil {
		l.found.add(Problem{File: f.name, Line: max(next.Line, 1), Column: 1, Message: "a second document begins here", Suggestion: "remove the line of three hyphens, or put it into a file of its own"})
	} else if !errors.Is(err, io.EOF) {
		l.yamlSyntax(f, err)
		return false
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
	if len(doc.Content) > 0 && !isNull(doc.Content[0]) {
		root = doc.Content[0]
	}
	f.root = root
	d := newDecoder(l, f)
	d.value(root, "", reflect.ValueOf(into).Elem())
	l.broken = l.broken || d.nodes > d.most
	return true
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// yamlSyntax complains of what the YAML parser could not read. It names a line but no column; the first character of
// the line stands for it.
func (l *loader) yamlSyntax(f *file, err error) {
	l.broken = true
	p := Problem{File: f.name, Line: 1, Column: 1, Message: err.Error(), Suggestion: "look at the indentation, quotes and colons around this line"}
	if m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " ")); m != nil {
		p.Message = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			p.Line = n
		}
	}
	if strings.Contains(p.Message, "cannot start any token") && bytes.ContainsRune(f.text, '\t') {
		p.Suggestion = "indent by blanks, not tabs"
	}
	lines := bytes.SplitN(f.text, []byte("\n"), p.Line+1)
	if p.Line <= len(lines) {
		line := lines[p.Line-1]
		p.Column = len(line) - len(bytes.TrimLeft(line, " \t")) + 1
	}
	l.found.add(p)
}
