package rows

import (
	"context"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/access"
)

// EachCredential writes the rows that each adds in batches of access.Credentials.
func EachCredential(write func(*dataset.Batch) error, each func(add func(*access.Credential) error) error) error {
	return inTurn(&access.Credentials, write, func(add func(func(*RowWriter)) error) error {
		return each(func(c *access.Credential) error { return add(func(w *RowWriter) { w.credential(c) }) })
	})
}

func (w *RowWriter) credential(c *access.Credential) {
	w.Text(access.CredentialPeerId, string(c.Peer))
	w.Text(access.CredentialSourceId, string(c.Source))
	w.Text(access.CredentialObjectKey, c.Object)
	w.Batch.AppendInt(access.CredentialObjectRow, c.Row)
	w.Text(access.CredentialId, c.ID)
	w.Text(access.CredentialHolder, c.Holder)
	w.moment(access.CredentialIssued, c.Issued)
	w.moment(access.CredentialExpires, c.Expires)
	w.moment(access.CredentialRevoked, c.Revoked)
}

// ReadCredentials calls each for every row of a file of access.Credentials, in its order.
func ReadCredentials(ctx context.Context, s store.Store, key string, each func(*access.Credential) error) error {
	return ScanTable(ctx, s, key, &access.Credentials, nil, func(b *dataset.Batch) error {
		text := func(col, i int) string { return string(b.Columns[col].TextAt(i)) }
		for i := range b.Rows {
			c := access.Credential{
				Peer: schemas.PeerID(text(access.CredentialPeerId, i)), Source: schemas.SourceID(text(access.CredentialSourceId, i)),
				Object: text(access.CredentialObjectKey, i), Row: b.Columns[access.CredentialObjectRow].Ints[i],
				ID: text(access.CredentialId, i), Holder: text(access.CredentialHolder, i), Issued: TimeOf(b.Columns[access.CredentialIssued].Ints[i]),
			}
			if v := &b.Columns[access.CredentialExpires]; !v.IsNull(i) {
				c.Expires = TimeOf(v.Ints[i])
			}
			if v := &b.Columns[access.CredentialRevoked]; !v.IsNull(i) {
				c.Revoked = TimeOf(v.Ints[i])
			}
			if err := each(&c); err != nil {
				return err
			}
		}
		return nil
	})
}

// AppendAccess writes what became of peers' use in batches.
func AppendAccess(uses []access.Use, write func(*dataset.Batch) error) error {
	return AppendRows(len(uses), &access.Uses, write, func(w *RowWriter, i int) {
		u := &uses[i]
		w.Text(access.UseBillingPeriod, string(u.Period))
		w.Text(access.UsePeerId, string(u.Peer))
		w.Text(access.UseCustomerId, u.Customer)
		w.Text(access.UseAccountId, string(u.Account))
		w.Text(access.UseServiceName, u.Service)
		w.Text(access.UseBillingAccountId, u.Billing)
		w.Text(access.UseSubAccountId, u.Sub)
		w.Text(access.UseUser, u.User)
		w.Text(access.UseIdentityId, u.Identity)
		w.Text(access.UseCredentialId, u.Credential)
		w.Text(access.UseIdentityVerdict, string(u.ByIdentity))
		w.Text(access.UseEntitlementId, u.Entitlement)
		w.Text(access.UseEntitlementVerdict, string(u.ByEntitlement))
		w.Text(access.UseDetail, u.Detail)
		w.moment(access.UseFirst, u.First)
		w.moment(access.UseLast, u.Last)
		w.Batch.AppendInt(access.UseRows, u.Rows)
		w.decimal(access.UseBilledCost, u.Billed.Decimal())
		w.Text(access.UseBillingCurrency, string(u.Currency))
	})
}

// AppendHeld writes identities with their credentials in batches.
func AppendHeld(held []access.Held, write func(*dataset.Batch) error) error {
	return AppendRows(len(held), &access.Identities, write, func(w *RowWriter, i int) {
		h := &held[i]
		w.Text(access.HeldBillingPeriod, string(h.Period))
		w.Text(access.HeldPeerId, string(h.Peer))
		if x := h.Identity; x != nil {
			w.Text(access.HeldIdentityId, x.ID)
			w.Text(access.HeldKind, string(x.Kind))
			w.Text(access.HeldName, x.Name)
			w.Text(access.HeldCustomerId, x.Customer)
			w.Text(access.HeldOwner, x.Owner)
		}
		if c := h.Credential; c != nil {
			if h.Identity == nil {
				w.Text(access.HeldName, c.Holder)
			}
			w.Text(access.HeldCredentialId, c.ID)
			w.moment(access.HeldIssued, c.Issued)
			w.moment(access.HeldExpires, c.Expires)
			w.moment(access.HeldRevoked, c.Revoked)
		}
		w.moment(access.HeldRotateBy, h.RotateBy)
		w.Text(access.HeldState, string(h.State))
	})
}

// AppendCoverage writes how much of peers' use is accounted for in batches.
func AppendCoverage(covers []access.Coverage, write func(*dataset.Batch) error) error {
	return AppendRows(len(covers), &access.Coverages, write, func(w *RowWriter, i int) {
		c := &covers[i]
		w.Text(access.CoverBillingPeriod, string(c.Period))
		w.Text(access.CoverPeerId, string(c.Peer))
		w.Batch.AppendInt(access.CoverIdentities, c.Identities)
		w.Batch.AppendInt(access.CoverListed, c.Listed)
		w.Batch.AppendInt(access.CoverCredentials, c.Credentials)
		w.Batch.AppendInt(access.CoverRegistered, c.Registered)
		w.decimal(access.CoverBilled, c.Billed.Decimal())
		w.decimal(access.CoverByKnown, c.ByKnown.Decimal())
		w.decimal(access.CoverEntitled, c.Entitled.Decimal())
		w.Text(access.CoverCurrency, string(c.Currency))
	})
}
