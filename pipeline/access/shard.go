package access

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/normalise"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	judge "daybook/reconcile/access"
	"daybook/schemas"
	"daybook/schemas/access"
	"daybook/schemas/money"
)

// columns are the columns of usage by which use is judged, and those that control totals are of. Resources and tags are read
// where they name users.
var columns = []int{
	schemas.UseAccountId, schemas.UsePeerId, schemas.UseServiceName, schemas.UseRegionId, schemas.UseSkuId, schemas.UseSubAccountId,
	schemas.UseBillingAccountId, schemas.UseBillingCurrency, schemas.UseChargePeriodStart, schemas.UseConsumedQuantity, schemas.UseConsumedUnit,
	schemas.UseBilledCost,
}

// mostNames is how many users that the register does not have, and how many regions and SKUs that are not allowed, are told apart of
// each account under one number of a peer; those of the rows after them are not named.
const mostNames = 1_000

// left is what a shard leaves for the whole: what is not in order, what peers bill and what of it is, and what identities have spent.
type left struct {
	Wrong   []access.Use    `json:"wrong,omitempty"`
	Counted []judge.Counted `json:"counted,omitempty"`
	Spent   []judge.Spent   `json:"spent,omitempty"`
}

// Shard judges a shard's usage that peers bill, where the book has identities or entitlements.
func Shard(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	register, err := registerOf(ctx, in)
	if err != nil {
		return nil, err
	}
	res := &run.Result{}
	if register == nil {
		return res, res.Leave(left{})
	}
	s := NewSums(in.Book(), register)
	normalised, err := in.Results(ctx, "normalise/shard")
	if err != nil {
		return nil, err
	}
	var tally dataset.Tally
	err = run.EachOutput(normalised, schemas.Usage.Name, func(o run.Output) error {
		return rows.ScanTable(ctx, in.Store(), o.Key, &schemas.Usage, s.Columns(), func(b *dataset.Batch) error {
			if err := tally.AddBatch(b, dataset.UsageMeasures()); err != nil {
				return err
			}
			for i := range b.Rows {
				if _, err := s.Add(b, i); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	have, err := tally.Totals()
	if err != nil {
		return nil, err
	}
	if err := run.ReadWhole(schemas.Usage.Name, &have, normalised, run.UsageTotals); err != nil {
		return nil, err
	}
	return res, s.result(ctx, in, res)
}

// registerOf is that of the run; nil where the book has none. Its credentials are those of deliveries that were not refused.
func registerOf(ctx context.Context, in *run.Inputs) (*judge.Register, error) {
	b := in.Book()
	objects, err := in.Results(ctx, "normalise/object")
	if err != nil {
		return nil, err
	}
	if len(b.Identities()) == 0 && len(b.Entitlements()) == 0 {
		return nil, nil
	}
	var listed []access.Credential
	if _, err := credentials(ctx, in, objects, func(c *access.Credential) { listed = append(listed, *c) }); err != nil {
		return nil, err
	}
	return Register(b, in.AsOf(), listed), nil
}

// Register is that of a book and of the credentials of peers' lists.
func Register(b run.Book, asOf schemas.Date, listed []access.Credential) *judge.Register {
	facts := &judge.Facts{AsOf: asOf, Zone: b.Zone(), Identities: b.Identities(), Entitlements: b.Entitlements(), Customers: b.Customers(), Credentials: listed}
	slices.SortStableFunc(facts.Credentials, func(x, y access.Credential) int {
		return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.Object, y.Object), cmp.Compare(x.Row, y.Row))
	})
	return judge.NewRegister(facts)
}

// credentials hands on those of peers' lists that were taken, and makes sure that they are all that was written.
func credentials(ctx context.Context, in *run.Inputs, objects []*run.Result, each func(*access.Credential)) (read dataset.Totals, err error) {
	taken, err := normalise.Taken(objects)
	if err != nil {
		return read, err
	}
	err = run.EachOutput(taken, access.Credentials.Name, func(o run.Output) error {
		return rows.ReadCredentials(ctx, in.Store(), o.Key, func(c *access.Credential) error {
			read.Rows++
			each(c)
			return nil
		})
	})
	if err != nil {
		return read, err
	}
	return read, run.ReadWhole(access.Credentials.Name, &read, taken, func(c *run.Control) *dataset.Totals { return &c.Listed })
}

// Sums add up use by what became of it: for a task of the run, and for those who compute again what it wrote.
type Sums struct {
	book     run.Book
	register *judge.Register
	users    map[schemas.PeerID]schemas.UserKey
	sums     map[key]*sum
	told     map[names]int
	// judged is what is counted of the usage as it is read.
	judged dataset.Totals
	use    access.Use
}

// NewSums judges by a register.
func NewSums(b run.Book, register *judge.Register) *Sums {
	s := &Sums{book: b, register: register, users: map[schemas.PeerID]schemas.UserKey{}, sums: map[key]*sum{}, told: map[names]int{}}
	peers := b.Peers()
	for i := range peers {
		if u := peers[i].Users; u != nil && register.Judges(peers[i].ID) {
			s.users[peers[i].ID] = *u
		}
	}
	return s
}

// Columns are those of usage that Add reads, and those that control totals are of, in order.
func (s *Sums) Columns() []int {
	read := slices.Clone(columns)
	for _, u := range s.users {
		read = append(read, u.Column())
	}
	slices.Sort(read)
	return slices.Compact(read)
}

// key is what use is told apart by.
type key struct {
	account                                         schemas.AccountID
	peer                                            schemas.PeerID
	customer, service, billing, sub, user, currency string
	judge.Verdict
}

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.peer, b.peer), cmp.Compare(a.service, b.service),
		cmp.Compare(a.billing, b.billing), cmp.Compare(a.sub, b.sub), cmp.Compare(a.user, b.user),
		cmp.Compare(a.Identity, b.Identity), cmp.Compare(a.Credential, b.Credential), cmp.Compare(a.ByIdentity, b.ByIdentity),
		cmp.Compare(a.ByEntitlement, b.ByEntitlement), cmp.Compare(a.Entitlement, b.Entitlement), cmp.Compare(a.Detail, b.Detail), cmp.Compare(a.currency, b.currency))
}

// names are texts of a kind of which a bill may have any number, of one account under one number of the peer.
type names struct {
	account      schemas.AccountID
	peer         schemas.PeerID
	billing, sub string
	details      bool
}

type sum struct {
	first, last int64
	rows        int64
	billed      money.Fixed
}

// Add judges row i of a batch of usage, and returns the use that it is of as Uses has it, but for its
// sums; nil where it is not judged. What it returns is valid until the next row.
func (s *Sums) Add(b *dataset.Batch, i int) (*access.Use, error) {
	text := func(col int) string { return b.Columns[col].StringAt(i) }
	if b.Columns[schemas.UsePeerId].IsNull(i) || !s.register.Judges(schemas.PeerID(text(schemas.UsePeerId))) {
		return nil, nil
	}
	x := judge.Row{
		Peer: schemas.PeerID(text(schemas.UsePeerId)), Account: schemas.AccountID(text(schemas.UseAccountId)), Service: text(schemas.UseServiceName),
		Region: text(schemas.UseRegionId), SKU: schemas.SKU(text(schemas.UseSkuId)), Start: rows.TimeOf(b.Columns[schemas.UseChargePeriodStart].Ints[i]),
	}
	if _, customer, ok := s.book.Account(x.Account); ok {
		x.Customer = customer.ID
	}
	if of, tells := s.users[x.Peer]; tells {
		x.User = rows.UserAt(b, i, &of)
	}
	k := key{
		x.Account, x.Peer, x.Customer, x.Service, text(schemas.UseBillingAccountId), text(schemas.UseSubAccountId), x.User,
		text(schemas.UseBillingCurrency), s.register.Judge(&x),
	}
	var billed money.Fixed
	if v := &b.Columns[schemas.UseBilledCost]; !v.IsNull(i) {
		billed = v.Decs[i]
	}
	k, err := s.count(k, b.Columns[schemas.UseChargePeriodStart].Ints[i], billed)
	if err != nil {
		return nil, fmt.Errorf("use of %s: %w", x.Peer, err)
	}
	s.use = k.use()
	return &s.use, nil
}

// use is that of a key, without its sums.
func (a key) use() access.Use {
	return access.Use{
		Peer: a.peer, Customer: a.customer, Account: a.account, Service: a.service, Billing: a.billing, Sub: a.sub, User: a.user,
		Identity: a.Identity, Credential: a.Credential, ByIdentity: a.ByIdentity, Entitlement: a.Entitlement, ByEntitlement: a.ByEntitlement, Detail: a.Detail,
		Currency: money.Currency(a.currency),
	}
}

// count adds a row to the sum of its kind, under the names of others as far as these are told apart, and returns the kind.
func (s *Sums) count(k key, start int64, billed money.Fixed) (key, error) {
	x := s.sums[k]
	if x == nil {
		if k.ByIdentity == "" || k.ByIdentity == access.IdentityNobody && k.Identity == "" && !s.tell(k, false) {
			k.user = ""
		}
		if k.Detail != "" && !s.tell(k, true) {
			k.Detail = ""
		}
		if x = s.sums[k]; x == nil {
			x = &sum{first: start, last: start}
			s.sums[k] = x
		}
	}
	x.first, x.last = min(x.first, start), max(x.last, start)
	x.rows++
	var err error
	if x.billed, err = x.billed.Add(billed); err != nil {
		return k, err
	}
	s.judged.Rows++
	return k, s.judged.AddCost(k.currency, billed)
}

// tell reports whether another name may be told apart.
func (s *Sums) tell(k key, details bool) bool {
	n := names{k.account, k.peer, k.billing, k.sub, details}
	if s.told[n] >= mostNames {
		return false
	}
	s.told[n]++
	return true
}

// Uses are what was added up, in order.
func (s *Sums) Uses(p schemas.Period) []access.Use {
	keys := slices.SortedFunc(maps.Keys(s.sums), key.compare)
	uses := make([]access.Use, len(keys))
	for i, k := range keys {
		x := s.sums[k]
		uses[i] = k.use()
		uses[i].Period, uses[i].First, uses[i].Last, uses[i].Rows, uses[i].Billed = p, rows.TimeOf(x.first), rows.TimeOf(x.last), x.rows, x.billed
	}
	return uses
}

// result writes what was added up, and leaves what the whole needs.
func (s *Sums) result(ctx context.Context, in *run.Inputs, res *run.Result) error {
	uses := s.Uses(in.Period())
	res.Control.Accessed = s.judged
	var written dataset.Totals
	out, err := in.WriteRead(ctx, &access.Uses, func(write func(*dataset.Batch) error) error {
		return rows.AppendAccess(uses, write)
	}, func(b *dataset.Batch) error { return countUses(&written, b) })
	if err != nil {
		return err
	}
	res.Outputs = append(res.Outputs, out)
	res.Control.ByAccess = written
	l, err := leave(uses)
	if err != nil {
		return err
	}
	return res.Leave(l)
}

// countUses counts what lies in a file of access.Uses.
func countUses(t *dataset.Totals, b *dataset.Batch) error {
	for i := range b.Rows {
		t.Rows += b.Columns[access.UseRows].Ints[i]
		if err := t.AddCost(b.Columns[access.UseBillingCurrency].StringAt(i), b.Columns[access.UseBilledCost].Decs[i]); err != nil {
			return err
		}
	}
	return nil
}

// leave is what the whole needs of a shard's use.
func leave(uses []access.Use) (*left, error) {
	l := &left{}
	counted, spent := map[paid]*judge.Counted{}, map[paid]*judge.Spent{}
	add := func(sum *money.Fixed, u *access.Use) (err error) {
		*sum, err = sum.Add(u.Billed)
		return err
	}
	for i := range uses {
		u := &uses[i]
		if judge.Wrong(u) {
			l.Wrong = append(l.Wrong, *u)
		}
		c := counted[paid{string(u.Peer), u.Currency}]
		if c == nil {
			c = &judge.Counted{Peer: u.Peer, Currency: u.Currency}
			counted[paid{string(u.Peer), u.Currency}] = c
		}
		err := add(&c.Billed, u)
		if err == nil && u.ByIdentity == access.IdentityKnown {
			err = add(&c.ByKnown, u)
		}
		if err == nil && u.ByEntitlement == access.EntitlementGiven {
			err = add(&c.Entitled, u)
		}
		if err == nil && u.Identity != "" {
			x := spent[paid{u.Identity, u.Currency}]
			if x == nil {
				x = &judge.Spent{Identity: u.Identity, Currency: u.Currency}
				spent[paid{u.Identity, u.Currency}] = x
			}
			err = add(&x.Billed, u)
		}
		if err != nil {
			return nil, fmt.Errorf("add up the use of %s: %w", u.Peer, err)
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(counted), paid.compare) {
		l.Counted = append(l.Counted, *counted[k])
	}
	for _, k := range slices.SortedFunc(maps.Keys(spent), paid.compare) {
		l.Spent = append(l.Spent, *spent[k])
	}
	return l, nil
}

// paid is who was billed, in which currency.
type paid struct {
	who      string
	currency money.Currency
}

func (a paid) compare(b paid) int {
	return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.currency, b.currency))
}

// endOf is the end of the last day of which there are data: of a month that is over its own.
func endOf(ctx context.Context, in *run.Inputs) (time.Time, error) {
	reach, err := normalise.ReachOf(ctx, in)
	if err != nil {
		return time.Time{}, err
	}
	return reach.Through.AddDays(1).Time(in.Book().Zone()), nil
}
