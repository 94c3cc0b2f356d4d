package use

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/access"
	"daybook/pipeline/book"
	"daybook/pipeline/dataset"
	"daybook/pipeline/rows"
	"daybook/reconcile/sheet"
	"daybook/schemas"
	wording "daybook/schemas/access"
	"daybook/schemas/money"
)

func orText(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// owner names whose use it is.
func (s *Subject) owner(r *Run, customer string, account schemas.AccountID) {
	s.fact("customer", customer, "", r.Book.Where(book.KindCustomer, customer))
	s.fact("account", string(account), "", r.Book.Where(book.KindAccount, string(account)))
}

// uses reads the run's rows of use, judged.
func (r *Run) uses(ctx context.Context, each func(*wording.Use)) error {
	return r.each(ctx, &wording.Uses, func(c cells) error {
		each(&wording.Use{
			Period: r.period(), Peer: schemas.PeerID(c.text(wording.UsePeerId)), Customer: c.text(wording.UseCustomerId), Account: schemas.AccountID(c.text(wording.UseAccountId)),
			Service: c.text(wording.UseServiceName), Billing: c.text(wording.UseBillingAccountId), Sub: c.text(wording.UseSubAccountId), User: c.text(wording.UseUser),
			Identity: c.text(wording.UseIdentityId), Credential: c.text(wording.UseCredentialId), ByIdentity: wording.IdentityVerdict(c.text(wording.UseIdentityVerdict)),
			Entitlement: c.text(wording.UseEntitlementId), ByEntitlement: wording.EntitlementVerdict(c.text(wording.UseEntitlementVerdict)), Detail: c.text(wording.UseDetail),
			First: rows.TimeOf(c.integer(wording.UseFirst)), Last: rows.TimeOf(c.integer(wording.UseLast)), Rows: c.integer(wording.UseRows),
			Billed: c.b.Columns[wording.UseBilledCost].Decs[c.i], Currency: c.currency(wording.UseBillingCurrency),
		})
		return nil
	})
}

// findAccess finds a user's use of one verdict.
func findAccess(ctx context.Context, r *Run, begins *schemas.Beginning) (*Subject, error) {
	return r.judged(ctx, begins, "access", (*wording.Use).ByID, func(u *wording.Use) bool { return u.ByIdentity != "" })
}

// findEntitlement finds an account's use of a service of one verdict.
func findEntitlement(ctx context.Context, r *Run, begins *schemas.Beginning) (*Subject, error) {
	return r.judged(ctx, begins, "entitlement", (*wording.Use).AllowedID, func(u *wording.Use) bool { return u.ByEntitlement != "" })
}

// judged finds use by what became of it.
func (r *Run) judged(ctx context.Context, begins *schemas.Beginning, kind string, id func(*wording.Use) string, counts func(*wording.Use) bool) (*Subject, error) {
	var of []wording.Use
	err := r.uses(ctx, func(u *wording.Use) {
		if !counts(u) {
			return
		}
		if begins.Offer(id(u)); id(u) == begins.Text {
			of = append(of, *u)
		}
	})
	if len(of) == 0 || err != nil {
		return nil, err
	}
	u := &of[0]
	x := &Subject{Kind: kind, Title: fmt.Sprintf("Use of %s by %s: %s", u.Peer, orText(u.User, "nobody named"), u.ByIdentity), Unit: string(u.Currency)}
	if kind == "entitlement" {
		x.Title = fmt.Sprintf("Use of %s of %s by %s: %s", orText(u.Service, "no service"), u.Peer, orText(string(u.Account), "no account"), u.ByEntitlement)
	}
	x.peer(r, u.Peer)
	for i := range of {
		x.fact("for", orText(string(of[i].Account), "no account"), fmt.Sprintf("%s of %s, %d %s, %s to %s: %s %s", orText(of[i].Service, "no service"), orText(of[i].Customer, "no customer"), of[i].Rows,
			schemas.OneOrMany(of[i].Rows, "row", "rows"), momentText(of[i].First), momentText(of[i].Last), of[i].Billed, of[i].Currency), "")
	}
	listed, err := r.credentials(ctx)
	if err != nil {
		return nil, err
	}
	if kind == "access" {
		x.identityFacts(r, of, listed)
	} else {
		x.entitlementFacts(r, of)
	}
	r.judgedAgain(x, of, listed, func(w *wording.Use) bool {
		w.Period = r.period()
		return counts(w) && id(w) == id(u)
	})
	return x, nil
}

// judgedAgain says how the rows of use are found, and that judging them again gives the same.
func (r *Run) judgedAgain(x *Subject, of []wording.Use, listed []wording.Credential, takes func(*wording.Use) bool) {
	sums := access.NewSums(r.whole(), access.Register(r.whole(), r.asOf(), listed))
	x.Columns = sums.Columns()
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		row, err := sums.Add(b, i)
		return row != nil && takes(row), err
	}
	x.Told = func(t *Taken) ([]schemas.Step, []Verdict, error) {
		var s sheet.Sheet
		parts := make([]sheet.Amount, len(of))
		n := int64(0)
		for i := range of {
			parts[i] = sheet.Named(strings.TrimSpace(string(of[i].Account)+" "+of[i].Service), of[i].Billed.Decimal())
			n += of[i].Rows
		}
		billed := s.Add("billed", parts...)
		judged := Verdict{What: "access", Detail: "the run's usage, judged by the register and the peers' lists again, gives the same"}
		again := sums.Uses(r.period())
		for i := range of {
			if !slices.Contains(again, of[i]) && judged.Err == nil {
				judged.Err = fmt.Errorf("judged again, %s of %s is not %s %s of %s %s in %d rows", of[i].Service, orText(string(of[i].Account), "no account"), of[i].ByIdentity, of[i].ByEntitlement, of[i].Billed, of[i].Currency, of[i].Rows)
			}
		}
		return s.Steps, []Verdict{t.of(n, billed, of[0].Currency), judged}, s.Err
	}
	total := money.Zero
	for i := range of {
		total = total.Add(of[i].Billed.Decimal())
	}
	x.figure("billed", &total, string(of[0].Currency))
}

// credentials are those of the peers' lists, as they were delivered.
func (r *Run) credentials(ctx context.Context) (out []wording.Credential, err error) {
	for _, key := range r.keys(&wording.Credentials) {
		err = rows.ReadCredentials(ctx, r.Store, key, func(c *wording.Credential) error {
			out = append(out, *c)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// identityFacts say whom the register has, by which credential the use was, and of an ended customer when its subscriptions ended.
func (s *Subject) identityFacts(r *Run, of []wording.Use, listed []wording.Credential) {
	named := map[string]bool{}
	for i := range of {
		u := &of[i]
		if u.Identity != "" && !named[u.Identity] {
			named[u.Identity] = true
			at := slices.IndexFunc(r.Book.Identities, func(x wording.Identity) bool { return x.ID == u.Identity })
			if at >= 0 {
				s.identity(r, &r.Book.Identities[at])
			}
			if at >= 0 && u.ByIdentity == wording.IdentityEndedCustomer {
				s.ends(r, r.Book.Identities[at].Customer)
			}
		}
		if u.Credential != "" && !named["/"+u.Credential] {
			named["/"+u.Credential] = true
			for j := range listed {
				if c := &listed[j]; c.Peer == u.Peer && c.ID == u.Credential {
					s.listed(c)
				}
			}
		}
	}
}

func (s *Subject) identity(r *Run, x *wording.Identity) {
	s.fact("identity", x.ID, fmt.Sprintf("%s %s for %s, owned by %s", x.Kind, x.Name, orText(x.Customer, "ourselves"), orText(x.Owner, "nobody")), "")
	s.fact("customer", x.Customer, "", r.Book.Where(book.KindCustomer, x.Customer))
}

// ends says when the subscriptions of a customer ended.
func (s *Subject) ends(r *Run, customer string) {
	for i := range r.Book.Customers {
		c := &r.Book.Customers[i]
		if c.ID != customer {
			continue
		}
		for j := range c.Accounts {
			for k := range c.Accounts[j].Subscriptions {
				sub := &c.Accounts[j].Subscriptions[k]
				end := sub.End
				for _, change := range sub.Changes {
					if change.Kind == schemas.ChangeCancel && (end.IsZero() || change.On.Before(end)) {
						end = change.On
					}
				}
				s.fact("subscription", string(sub.ID), fmt.Sprintf("%s of %s until %s", sub.Offering, c.Accounts[j].ID, orText(end.String(), "now")), r.Book.Where(book.KindSubscription, string(sub.ID)))
			}
		}
	}
}

// listed shows a credential of a peer's list, and where that was delivered.
func (s *Subject) listed(c *wording.Credential) {
	end, how := c.Ends()
	says := "held by " + c.Holder
	if !end.IsZero() {
		says += ", " + string(how)
	}
	text := "issued " + momentText(c.Issued)
	if !end.IsZero() {
		text += ", " + string(how) + " " + momentText(end)
	}
	s.fact("credential", c.ID, text, "")
	s.Evidence = append(s.Evidence, Evidence{Source: string(c.Source), Object: c.Object, Row: c.Row, Kind: string(schemas.Credentials10), ID: c.ID, Start: c.Issued, End: end, Says: says})
}

// entitlementFacts say what allows the use, or what of the account's and the customer's does not.
func (s *Subject) entitlementFacts(r *Run, of []wording.Use) {
	u := &of[0]
	s.fact("not allowed", u.Detail, "", "")
	for i := range r.Book.Entitlements {
		x := &r.Book.Entitlements[i]
		mine := x.Customer == "" && x.Account == "" || x.Customer != "" && x.Customer == u.Customer || x.Account != "" && x.Account == u.Account
		if x.Peer != u.Peer || !mine || u.Entitlement != "" && !slices.ContainsFunc(of, func(w wording.Use) bool { return w.Entitlement == x.ID }) {
			continue
		}
		skus := make([]string, len(x.SKUs))
		for j, sku := range x.SKUs {
			skus[j] = string(sku)
		}
		text := "services " + orText(strings.Join(x.Services, ", "), "all") + "; regions " + orText(strings.Join(x.Regions, ", "), "all") + "; SKUs " + orText(strings.Join(skus, ", "), "all")
		if x.Offering != "" {
			text += "; with a subscription to " + string(x.Offering)
		}
		s.fact("entitlement", x.ID, text, "")
	}
}

// findIdentity finds an identity of the register with a credential, or one of the two alone.
func findIdentity(ctx context.Context, r *Run, begins *schemas.Beginning) (x *Subject, err error) {
	of, state := wording.Held{}, wording.State("")
	err = r.each(ctx, &wording.Identities, func(c cells) error {
		h := wording.Held{Period: r.period(), Peer: schemas.PeerID(c.text(wording.HeldPeerId))}
		if id := c.text(wording.HeldIdentityId); id != "" {
			h.Identity = &wording.Identity{ID: id}
		}
		if id := c.text(wording.HeldCredentialId); id != "" {
			h.Credential = &wording.Credential{ID: id}
		}
		if begins.Offer(h.ID()); h.ID() == begins.Text {
			of, state, x = h, wording.State(c.text(wording.HeldState)), &Subject{Kind: "identity"}
		}
		return nil
	})
	if x == nil || err != nil {
		return nil, err
	}
	listed, err := r.credentials(ctx)
	if err != nil {
		return nil, err
	}
	x.Title = fmt.Sprintf("Credential %s of %s at %s: %s", orText(of.CredentialID(), "none"), orText(of.IdentityID(), "nobody in the register"), of.Peer, state)
	x.peer(r, of.Peer)
	for i := range r.Book.Identities {
		if h := &r.Book.Identities[i]; h.ID == of.IdentityID() && h.Peer == of.Peer {
			x.identity(r, h)
			if h.RotateDays > 0 {
				x.fact("replaced every", fmt.Sprintf("%d days", h.RotateDays), "", "")
			}
		}
	}
	for i := range listed {
		if c := &listed[i]; c.Peer == of.Peer && c.ID == of.CredentialID() {
			x.listed(c)
		}
	}
	at := r.reach().Through.AddDays(1).Time(r.Book.Zone)
	x.fact("judged at", momentText(at), "the end of the data", "")
	sums := access.NewSums(r.whole(), access.Register(r.whole(), r.asOf(), listed))
	x.Columns = sums.Columns()
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		row, err := sums.Add(b, i)
		return row != nil && of.Identity != nil && row.Identity == of.IdentityID(), err
	}
	x.Told = func(*Taken) ([]schemas.Step, []Verdict, error) {
		v := Verdict{What: "register", Detail: "the register, held against the peers' lists again, gives the same", Err: errNoRow}
		for _, h := range access.Register(r.whole(), r.asOf(), listed).Held(r.period(), at) {
			if h.ID() == of.ID() {
				v = same("register", h.State == state, v.Detail, "again it is %s; the run has %s", h.State, state)
			}
		}
		return nil, []Verdict{v}, nil
	}
	return x, nil
}

// findCoverage finds how much of a peer's bill is accounted for.
func findCoverage(ctx context.Context, r *Run, begins *schemas.Beginning) (x *Subject, err error) {
	var of wording.Coverage
	err = r.each(ctx, &wording.Coverages, func(c cells) error {
		v := wording.Coverage{Period: r.period(), Peer: schemas.PeerID(c.text(wording.CoverPeerId)), Currency: c.currency(wording.CoverCurrency)}
		if begins.Offer(v.ID()); v.ID() == begins.Text {
			of, x = v, &Subject{Kind: "coverage", Unit: string(v.Currency)}
			for _, f := range []struct {
				name   string
				column int
			}{{"billed", wording.CoverBilled}, {"by identities in order", wording.CoverByKnown}, {"entitled", wording.CoverEntitled}} {
				x.figure(f.name, c.optional(f.column), string(v.Currency))
			}
		}
		return nil
	})
	if x == nil || err != nil {
		return nil, err
	}
	x.Title = fmt.Sprintf("How much of what %s bills in %s is accounted for", of.Peer, orText(string(of.Currency), "no currency"))
	x.peer(r, of.Peer)
	listed, err := r.credentials(ctx)
	if err != nil {
		return nil, err
	}
	sums := access.NewSums(r.whole(), access.Register(r.whole(), r.asOf(), listed))
	x.Columns = sums.Columns()
	x.Takes = func(b *dataset.Batch, i int) (bool, error) {
		row, err := sums.Add(b, i)
		return row != nil && row.Peer == of.Peer && row.Currency == of.Currency, err
	}
	x.Told = func(*Taken) ([]schemas.Step, []Verdict, error) { return x.covered(&of, sums.Uses(r.period())) }
	return x, nil
}

// covered adds use up by its verdicts.
func (s *Subject) covered(of *wording.Coverage, uses []wording.Use) ([]schemas.Step, []Verdict, error) {
	byID, allowed := map[string]money.Decimal{}, map[string]money.Decimal{}
	for i := range uses {
		if u := &uses[i]; u.Peer == of.Peer && u.Currency == of.Currency {
			byID[string(u.ByIdentity)] = byID[string(u.ByIdentity)].Add(u.Billed.Decimal())
			allowed[string(u.ByEntitlement)] = allowed[string(u.ByEntitlement)].Add(u.Billed.Decimal())
		}
	}
	var sh sheet.Sheet
	add := func(note string, m map[string]money.Decimal) money.Decimal {
		var parts []sheet.Amount
		for _, verdict := range sorted(m) {
			parts = append(parts, sheet.Named(orText(verdict, "not judged"), m[verdict]))
		}
		return sh.Add(note, parts...)
	}
	billed := add("by identity", byID)
	add("by entitlement", allowed)
	is := len(s.Figures) == 3 && billed.Equal(s.Figures[0].Value) && byID[string(wording.IdentityKnown)].Equal(s.Figures[1].Value) &&
		allowed[string(wording.EntitlementGiven)].Equal(s.Figures[2].Value)
	v := same("coverage", is, "the run's usage, judged again, adds up to it", "again %s are billed, %s of it by identities in order and %s entitled", billed,
		byID[string(wording.IdentityKnown)], allowed[string(wording.EntitlementGiven)])
	return sh.Steps, []Verdict{v}, sh.Err
}

func momentText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z07:00") }
