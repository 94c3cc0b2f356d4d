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
	"slices"

	"daybook/pipeline/book/check"
	"daybook/pipeline/book/openslo"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/closing"
	"daybook/schemas/sending"
	"daybook/schemas/service"
)

// kind is one kind of file that a book may have.
type kind struct {
	// pattern is the name below the book, as path.Match reads it.
	pattern string
	part    Part
	// about says in a few words what the file holds.
	about string
	// shape is the struct that a file is read into, or a row of one; nil for files that others define.
	shape reflect.Type
	read  func(l *loader, f *parse.File)
}

// kinds lists every kind of file. Big lists have a CSV form, with a column for each field that fits into a cell.
func kinds() []kind {
	return []kind{
		{"provider.yaml", PartProvider, "the provider and the policies of its runs", reflect.TypeFor[schemas.Provider](), (*loader).readProvider},
		{"sources.yaml", PartSources, "where deliveries appear", reflect.TypeFor[sourcesFile](), (*loader).readSources},
		{"catalogue/*.yaml", PartCatalogue, "meters, offerings, prices, taxes", reflect.TypeFor[schemas.Catalogue](), (*loader).readCatalogue},
		{"customers.yaml", PartCustomers, "customers with accounts and subscriptions", reflect.TypeFor[customersFile](), (*loader).readCustomers},
		{"customers.csv", PartCustomers, "customers, one a row", reflect.TypeFor[schemas.Customer](), (*loader).readCustomerRows},
		{"accounts.csv", PartCustomers, "accounts of customers, one a row", reflect.TypeFor[check.AccountRow](), (*loader).readAccountRows},
		{"subscriptions.yaml", PartCustomers, "subscriptions of accounts", reflect.TypeFor[subscriptionsFile](), (*loader).readSubscriptions},
		{"subscriptions.csv", PartCustomers, "subscriptions of accounts, one a row", reflect.TypeFor[check.SubscriptionRow](), (*loader).readSubscriptionRows},
		{"changes.csv", PartCustomers, "changes of subscriptions, one a row", reflect.TypeFor[check.ChangeRow](), (*loader).readChangeRows},
		{"peers/*.yaml", PartPeers, "a peer, its contracts and whose its accounts are", reflect.TypeFor[peerFile](), (*loader).readPeer},
		{"mapping.csv", PartPeers, "whose the accounts of peers and sources are, one a row", reflect.TypeFor[schemas.Mapping](), (*loader).readMappingRows},
		{"plan.yaml", PartPlan, "how the business plan is judged, and its exchange rates", reflect.TypeFor[schemas.Plan](), (*loader).readPlan},
		{"plan.csv", PartPlan, "the lines of the business plan", reflect.TypeFor[schemas.PlanLine](), (*loader).readPlanRows},
		{"plan/*.csv", PartPlan, "lines of the business plan", reflect.TypeFor[schemas.PlanLine](), (*loader).readPlanRows},
		{"slas.yaml", PartPromises, "promises about services, peers' and ours", reflect.TypeFor[slasFile](), (*loader).readPromises},
		{"slas/*.yaml", PartPromises, "promises about services", reflect.TypeFor[slasFile](), (*loader).readPromises},
		{"slos/*.yaml", PartPromises, "objects of OpenSLO, by which promises are measured", nil, (*loader).readObjects},
		{"access.yaml", PartAccess, "who may use peers' services, and by which identities", reflect.TypeFor[accessFile](), (*loader).readAccess},
		{"access/*.yaml", PartAccess, "who may use peers' services", reflect.TypeFor[accessFile](), (*loader).readAccess},
		{"disputes/*.yaml", PartDisputes, "challenges to bills, peers' and ours, and what was decided about them", reflect.TypeFor[disputesFile](), (*loader).readDisputes},
		{"requests/*.yaml", PartRequests, "what customers ask, report or have suffered, and what was answered", reflect.TypeFor[requestsFile](), (*loader).readRequests},
		{"identities.csv", PartAccess, "identities at peers, one a row", reflect.TypeFor[access.Identity](), (*loader).readIdentityRows},
		{"entitlements.csv", PartAccess, "entitlements to peers' services, one a row", reflect.TypeFor[access.Entitlement](), (*loader).readEntitlementRows},
		{"agreements.yaml", PartAgreements, "agreements with other providers, by inter-cloud pattern", reflect.TypeFor[agreementsFile](), (*loader).readAgreements},
		{"problems.csv", PartPromises, "what was raised with peers about their services, one a row", reflect.TypeFor[service.Problem](), (*loader).readProblemRows},
		{"closings.csv", PartClosings, "months whose documents are issued, one a row", reflect.TypeFor[closing.Closing](), (*loader).readClosingRows},
		{"sending.yaml", PartSending, "how issued documents reach customers", reflect.TypeFor[sending.Sending](), (*loader).readSending},
		{"sendings.csv", PartSending, "what was decided about documents that were sent, one a row", reflect.TypeFor[sending.Ruling](), (*loader).readSendingRows},
		{"fx.csv", PartFX, "exchange rates", reflect.TypeFor[schemas.Rate](), (*loader).readRates},
		{"fx/*.csv", PartFX, "exchange rates", reflect.TypeFor[schemas.Rate](), (*loader).readRates},
	}
}

// Limits on a book as a whole.
const (
	mostCSVBytes = 256 << 20
	mostFiles    = 10_000
)

// loader is a book being read.
type loader struct {
	*parse.Reader
	check.Entries
	slos   *openslo.Objects
	files  []*parse.File
	sums   []digested // of the files, in the same order
	strays []stray
}

// Load reads and checks the book whose root is fsys. Either the book or the list of problems is nil. It reads only plain
// files at the places that a book has, and complains of any other. An fsys from [Open] cannot leave its directory.
func Load(fsys fs.FS) (*Book, parse.Problems) {
	l := &loader{Reader: parse.NewReader()}
	l.slos = openslo.New(l.Reader)
	l.Folders = folders()
	l.list(fsys)
	for _, f := range l.files {
		for _, k := range kinds() {
			if ok, _ := path.Match(k.pattern, f.Name); ok {
				k.read(l, f)
			}
		}
	}
	l.checkStrays()
	if l.Readable() {
		for i := range l.SLAs.Items {
			l.slos.Fill(l.SLAs.Spots[i], &l.SLAs.Items[i])
		}
		check.All(l.Reader, &l.Entries)
	}
	if problems := l.Problems(); len(problems) > 0 {
		return nil, problems
	}
	return l.book(), nil
}

// Open is Load for a directory. Symbolic links that lead out of the directory are refused. The error is about the
// directory itself; what is wrong with the book is in the problems.
func Open(dir string) (*Book, parse.Problems, error) {
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
func (l *loader) readFile(fsys fs.FS, name string) ([]byte, bool) {
	limit, line := int64(mostCSVBytes), parse.MostLineBytes
	if path.Ext(name) == ".yaml" {
		limit, line = parse.MostYAMLBytes, parse.MostYAMLBytes
	}
	// Opening a pipe waits for a writer who may never come, and a device has no end.
	if info, err := fs.Stat(fsys, name); err == nil && !info.Mode().IsRegular() {
		l.Refuse(name, "it is not a plain file", "put a file in its place, or move it out of the book")
		return nil, false
	}
	text, err := readLimited(fsys, name, limit, line)
	switch {
	case err != nil:
		l.Refuse(name, "the file cannot be read: "+reason(err), "look at its permissions, and whether it is a link out of the book")
	case int64(len(text)) > limit:
		l.Refuse(name, fmt.Sprintf("the file is larger than %d MiB", limit>>20), "write big lists as CSV")
	default:
		return text, true
	}
	return nil, false
}

// readLimited reads a file as far as one byte beyond the limit, or beyond a line that is longer than any: what follows would
// cost memory and say nothing. Nothing is held twice, however large the file is.
func readLimited(fsys fs.FS, name string, limit int64, mostLine int) (text []byte, err error) {
	in, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	room := int64(2 * parse.MostLineBytes)
	if info, err := in.Stat(); err == nil {
		room = min(room, info.Size()+1)
	}
	text = make([]byte, 0, room)
	for line := 0; ; {
		n, err := in.Read(text[len(text):min(int64(cap(text)), limit+1)])
		for fresh := text[len(text) : len(text)+n]; ; {
			end := bytes.IndexByte(fresh, '\n')
			if end < 0 {
				line += len(fresh)
				break
			}
			line, fresh = 0, fresh[end+1:]
		}
		text = text[:len(text)+n]
		switch {
		case errors.Is(err, io.EOF) || int64(len(text)) > limit || line > mostLine:
			return text, nil
		case err != nil:
			return nil, err
		case len(text) == cap(text):
			text = slices.Grow(text, roomFor(in, len(text)))
		}
	}
}

// roomFor is how much of a file is still to come, as far as is known, and at least a little.
func roomFor(in fs.File, read int) int {
	info, err := in.Stat()
	if err != nil {
		return read
	}
	return max(1, int(min(info.Size()+1, mostCSVBytes+1))-read)
}

// reason is an error without the path, which may be of this machine.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}
