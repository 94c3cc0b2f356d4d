package compare

import (
	"context"
	"fmt"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/pipeline/store"
	"daybook/reconcile/bills"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/peerbill"
)

// mostHeld is how many rows of accounts are matched together, and mostRows what MostRows is by itself.
const (
	mostHeld = 1 << 13
	mostRows = 1 << 20
)

// Matching matches peers' bills with what our meters counted, account by account, as usage lies: sorted by account.
type Matching struct {
	Store     store.Store
	Contracts *bills.Contracts
	FX        schemas.FX
	// Matches are those of the period's whole use.
	Matches []schemas.PeerMatch
	Zone    *time.Location
	OwnUse  func(peer schemas.PeerID, billing, sub string) bool
	// Counted is called with sums of the rows of bills that are compared, each once.
	Counted func(peer schemas.PeerID, invoice string, currency money.Currency, billed money.Fixed, rows int64) error
	// MostRows is how many rows are held of one account, 0 for as many as memory is meant for: of an account with more, the resources are
	// compared in shares, for each of which it is read again.
	MostRows int
	// Read adds up what was read.
	Read dataset.Tally

	detail *bills.Detail
	days   rows.DayFinder
	feed   feed
	emit   func(*peerbill.Discrepancy, []bills.BillRow) error
	// key is the file at hand, large the accounts in it that have more than MostRows rows.
	key   string
	large map[schemas.AccountID]int
	// account is the one at hand by its name and number, if begun.
	account schemas.AccountID
	number  uint32
	begun   bool
	shares  int
	rows    int // of it, as far as they were read
}

// Match calls emit with the discrepancies of the usage in files of which each has whole accounts, and with those that before yields of
// the period before: all of one account together, accounts in the order in which they lie.
func (m *Matching) Match(ctx context.Context, keys []string, before func(each func(*peerbill.Discrepancy) error) error, emit func(*peerbill.Discrepancy, []bills.BillRow) error) (*bills.Detail, error) {
	m.detail, m.emit, m.days = bills.NewDetail(m.Contracts, m.FX, m.Matches), emit, rows.DayFinder{Zone: m.Zone}
	m.feed = feed{detail: m.detail, contracts: m.Contracts, days: &m.days, own: m.OwnUse, counted: m.Counted}
	if m.shares = 1; m.MostRows == 0 {
		m.MostRows = mostRows
	}
	if err := before(m.detail.Earlier); err != nil {
		return nil, err
	}
	scan := rows.TableScan{Columns: DetailColumns, Batch: dataset.NewBatch(&schemas.Usage)}
	for _, m.key = range keys {
		if err := m.size(ctx); err != nil {
			return nil, err
		}
		if err := scan.Scan(ctx, m.Store, m.key, func(b *dataset.Batch) error { return m.batch(ctx, b) }); err != nil {
			return nil, err
		}
		if err := m.end(ctx); err != nil {
			return nil, err
		}
	}
	if err := m.feed.fold(); err != nil {
		return nil, err
	}
	return m.detail, m.detail.Match(emit)
}

// size finds the accounts of a file that are too large to be held.
func (m *Matching) size(ctx context.Context) error {
	m.large = nil
	var account schemas.AccountID
	n := 0
	return rows.ScanTable(ctx, m.Store, m.key, &schemas.Usage, []int{schemas.UseAccountId}, func(b *dataset.Batch) error {
		v := &b.Columns[schemas.UseAccountId]
		for i := 0; i < b.Rows; {
			end := v.RunEnd(i, b.Rows)
			if id := v.TextAt(i); string(id) != string(account) {
				account, n = schemas.AccountID(id), 0
			}
			if n += end - i; n > m.MostRows {
				if m.large == nil {
					m.large = map[schemas.AccountID]int{}
				}
				m.large[account] = n
			}
			i = end
		}
		return nil
	})
}

// batch takes the rows of a batch.
func (m *Matching) batch(ctx context.Context, b *dataset.Batch) error {
	if err := m.Read.AddBatch(b, dataset.UsageMeasures()); err != nil {
		return err
	}
	if err := m.feed.of(b); err != nil {
		return err
	}
	v := &b.Columns[schemas.UseAccountId]
	for i := 0; i < b.Rows; {
		if id := v.TextAt(i); !m.begun || string(id) != string(m.account) {
			if err := m.begin(ctx, schemas.AccountID(id)); err != nil {
				return err
			}
		}
		end := v.RunEnd(i, b.Rows)
		if err := m.feed.add(m.number, i, end); err != nil {
			return err
		}
		m.rows += end - i
		i = end
	}
	return nil
}

// begin begins an account.
func (m *Matching) begin(ctx context.Context, id schemas.AccountID) error {
	n := m.large[id]
	if n > 0 || m.shares > 1 || m.detail.Held() >= mostHeld {
		if err := m.end(ctx); err != nil {
			return err
		}
	}
	m.account, m.begun, m.rows = id, true, 0
	if n > 0 {
		m.shares = 1 + n/m.MostRows
		m.detail.Share(0, m.shares)
	}
	m.number = m.detail.Account([]byte(id))
	return nil
}

// end matches what is held; of an account in shares, one after the other.
func (m *Matching) end(ctx context.Context) error {
	if !m.begun {
		return nil
	}
	m.begun = false
	for share := 1; ; share++ {
		if err := m.detail.MatchThrough(m.account, m.emit); err != nil {
			return err
		}
		if share >= m.shares {
			m.shares = 1
			m.detail.Share(0, 1)
			return nil
		}
		m.detail.Share(share, m.shares)
		if err := m.again(ctx); err != nil {
			return err
		}
	}
}

// again reads the account once more.
func (m *Matching) again(ctx context.Context) error {
	reader, err := rows.OpenAccounts(ctx, m.Store, m.key, &schemas.Usage, schemas.UseAccountId, DetailColumns)
	if err != nil {
		return err
	}
	defer reader.Close()
	f := feed{detail: m.detail, contracts: m.Contracts, days: &m.days, own: m.OwnUse}
	number, n := m.detail.Account([]byte(m.account)), 0
	each := func(b *dataset.Batch, from, to int) error {
		n += to - from
		if err := f.of(b); err != nil {
			return err
		}
		return f.add(number, from, to)
	}
	if m.account == "" {
		err = reader.ReadNobody(each)
	} else {
		err = reader.Read(m.account, each)
	}
	if err == nil && n != m.rows {
		err = fmt.Errorf("%d rows of account %q, where %d were read before", n, m.account, m.rows)
	}
	if err != nil {
		return fmt.Errorf("read %s again: %w", m.key, err)
	}
	return nil
}
