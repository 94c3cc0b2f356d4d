package rate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/rating"
	"daybook/schemas"
)

// CarriedIn is what accounts take into a period from the committed run of the one before: rolled-over allowances, levels,
// balances, commitments that go on.
type CarriedIn struct {
	// Period and Run are those that left it.
	Period schemas.Period
	Run    schemas.RunID

	Parts    []run.PartDigest
	accounts map[schemas.AccountID]rating.Carried
}

// ReadCarriedIn returns what the period before p left for it, nil where that has no committed run. An error means that the
// store could not be read, or is damaged.
func ReadCarriedIn(ctx context.Context, s store.Store, p schemas.Period) (*CarriedIn, error) {
	before := p.Previous()
	m, err := run.ReadPointed(ctx, s, before)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the run of %s, from which balances are carried: %w", before, err)
	}
	return CarriedFrom(ctx, s, m)
}

// CarriedFrom is what a run left for the period after it.
func CarriedFrom(ctx context.Context, s store.Store, m *run.Manifest) (*CarriedIn, error) {
	in := &CarriedIn{Period: m.Spec.Period, Run: m.Run, accounts: map[schemas.AccountID]rating.Carried{}}
	for _, o := range m.Outputs {
		if o.Dataset != carriedOver {
			continue
		}
		part := run.PartDigest{Part: o.Key, Digest: o.Digest}
		accounts, err := readCarried(ctx, s, part)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			in.accounts[a.Account] = a.Carried
		}
		in.Parts = append(in.Parts, part)
	}
	return in, nil
}

// readCarried reads what a part of a run left for the accounts in it.
func readCarried(ctx context.Context, s store.Store, p run.PartDigest) (accounts []carriedAccount, err error) {
	err = readPart(ctx, s, p, func(body []byte) error {
		accounts = nil
		return json.Unmarshal(body, &accounts)
	})
	return accounts, err
}

// readPart reads a part of a run that rating alone reads. It is JSON without a seal and without checksums of its own, so its
// bytes are held against the digest by which the run that wrote it, or the one that reads it, knows it. What does not decode is
// read again, and decode with it.
func readPart(ctx context.Context, s store.Store, p run.PartDigest, decode func(body []byte) error) error {
	version, err := store.ReadDecoded(ctx, s, p.Part, func(body []byte) error {
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != p.Digest {
			return fmt.Errorf("its SHA-256 is %x…, and %.12s… was written", sum[:6], p.Digest)
		}
		return decode(body)
	})
	if err != nil && version != "" {
		err = fmt.Errorf("%s is damaged; run its period again: %w", p.Part, err)
	}
	return err
}

// Of is what one account takes along; nothing where nothing was carried.
func (c *CarriedIn) Of(id schemas.AccountID) rating.Carried {
	if c == nil {
		return rating.Carried{}
	}
	return c.accounts[id]
}

// carriedAccount is what the next period needs of an account.
type carriedAccount struct {
	Account schemas.AccountID `json:"account"`
	Carried rating.Carried    `json:"carried"`
}

// carriedOver is the dataset name of what accounts take into the next period: JSON that rating alone reads.
const carriedOver = "carried"
