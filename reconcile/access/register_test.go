package access

import (
	"testing"
	"time"

	"daybook/schemas"
	"daybook/schemas/access"
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func day(text string) (d schemas.Date) {
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

// TestCredentials judges use at the moments at which credentials begin and end.
func TestCredentials(t *testing.T) {
	of := func(credentials ...access.Credential) *Register {
		for i := range credentials {
			credentials[i].Peer = "p"
		}
		return NewRegister(&Facts{Zone: time.UTC, Identities: []access.Identity{{ID: "i", Peer: "p", Name: "n", Credentials: []string{"k"}}}, Credentials: credentials})
	}
	march, june := at("2024-03-01T00:00:00Z"), at("2024-06-01T00:00:00Z")
	for _, x := range []struct {
		what        string
		credentials []access.Credential
		user, start string
		credential  string
		want        access.IdentityVerdict
	}{
		{"none listed", nil, "n", "2024-04-01T00:00:00Z", "", access.IdentityKnown},
		{"no user", nil, "", "2024-04-01T00:00:00Z", "", access.IdentityUnnamed},
		{"another", nil, "m", "2024-04-01T00:00:00Z", "", access.IdentityNobody},
		{"from its issue on", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}}, "n", "2024-03-01T00:00:00Z", "a", access.IdentityKnown},
		{"before the first", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}}, "n", "2024-02-29T23:59:59Z", "", access.IdentityKnown},
		{"to its end", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}}, "n", "2024-05-31T23:59:59Z", "a", access.IdentityKnown},
		{"from its end on", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}}, "n", "2024-06-01T00:00:00Z", "a", access.IdentityExpired},
		{"revoked before", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june, Revoked: at("2024-04-01T00:00:00Z")}}, "n", "2024-07-01T00:00:00Z", "a", access.IdentityRevoked},
		{"revoked when it had expired", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june, Revoked: at("2024-07-01T00:00:00Z")}}, "n", "2024-06-15T00:00:00Z", "a", access.IdentityExpired},
		{"the other holds", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}, {ID: "k", Holder: "x", Issued: march}}, "n", "2024-06-01T00:00:00Z", "k", access.IdentityKnown},
		{"the one that is named", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}, {ID: "k", Holder: "x", Issued: march}}, "a", "2024-06-01T00:00:00Z", "a", access.IdentityExpired},
		{"the last row of it", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}, {ID: "a", Holder: "n", Issued: march}}, "n", "2024-06-01T00:00:00Z", "a", access.IdentityKnown},
		{"between two", []access.Credential{{ID: "a", Holder: "n", Issued: march, Expires: june}, {ID: "b", Holder: "n", Issued: at("2024-06-02T00:00:00Z")}}, "n", "2024-06-01T00:00:00Z", "a", access.IdentityExpired},
	} {
		v := of(x.credentials...).Judge(&Row{Peer: "p", User: x.user, Start: at(x.start)})
		if v.ByIdentity != x.want || v.Credential != x.credential {
			t.Errorf("%s: %s by %q, want %s by %q", x.what, v.ByIdentity, v.Credential, x.want, x.credential)
		}
	}
}

// TestLives tells what has become of subscriptions, by what was known.
func TestLives(t *testing.T) {
	s := schemas.Subscription{Offering: "gold", Start: day("2024-02-01"), End: day("2024-11-30"), Changes: []schemas.Change{
		{On: day("2024-04-01"), Kind: schemas.ChangePause},
		{On: day("2024-05-01"), Kind: schemas.ChangeResume},
		{On: day("2024-06-01"), Kind: schemas.ChangePlan, Offering: "silver"},
		{On: day("2024-09-01"), Kind: schemas.ChangeCancel, KnownSince: day("2024-09-05")},
	}}
	for _, x := range []struct {
		on, asOf string
		offering schemas.OfferingID
		want     life
	}{
		{"2024-01-31", "", "gold", before},
		{"2024-02-01", "", "gold", active},
		{"2024-04-01", "", "gold", paused},
		{"2024-05-01", "", "gold", active},
		{"2024-06-01", "", "silver", active},
		{"2024-09-01", "", "silver", over},
		{"2024-09-01", "2024-09-04", "silver", active},
		{"2024-11-30", "2024-09-04", "silver", active},
		{"2024-12-01", "2024-09-04", "silver", over},
	} {
		var asOf schemas.Date
		if x.asOf != "" {
			asOf = day(x.asOf)
		}
		if offering, now := lifeOf(&s, day(x.on), asOf); offering != x.offering || now != x.want {
			t.Errorf("on %s as of %q: %s %d, want %s %d", x.on, x.asOf, offering, now, x.offering, x.want)
		}
	}
}

// TestEntitlements narrows entitlements by service, region, SKU and subscription, in this order.
func TestEntitlements(t *testing.T) {
	customers := []schemas.Customer{{ID: "c", Accounts: []schemas.Account{
		{ID: "a", Subscriptions: []schemas.Subscription{{Offering: "gold", Start: day("2024-01-01")}}}, {ID: "b"},
	}}}
	for _, x := range []struct {
		what string
		of   access.Entitlement
		row  Row
		want access.EntitlementVerdict
	}{
		{"nobody's", access.Entitlement{}, Row{}, access.EntitlementNobody},
		{"all", access.Entitlement{}, Row{Account: "a", Customer: "c"}, access.EntitlementGiven},
		{"another account", access.Entitlement{Account: "b"}, Row{Account: "a", Customer: "c"}, access.EntitlementNone},
		{"another service", access.Entitlement{Services: []string{"Disk"}}, Row{Account: "a", Customer: "c", Service: "Net"}, access.EntitlementNone},
		{"another region", access.Entitlement{Regions: []string{"eu"}, SKUs: []schemas.SKU{"s"}}, Row{Account: "a", Customer: "c", Region: "us", SKU: "t"}, access.EntitlementRegion},
		{"no region", access.Entitlement{Regions: []string{"eu"}}, Row{Account: "a", Customer: "c"}, access.EntitlementGiven},
		{"another SKU", access.Entitlement{SKUs: []schemas.SKU{"s"}, Offering: "silver"}, Row{Account: "a", Customer: "c", SKU: "t"}, access.EntitlementSKU},
		{"another offering", access.Entitlement{Offering: "silver"}, Row{Account: "a", Customer: "c"}, access.EntitlementSubscription},
		{"bought by another account", access.Entitlement{Account: "b", Offering: "gold"}, Row{Account: "b", Customer: "c"}, access.EntitlementSubscription},
		{"bought by the customer", access.Entitlement{Customer: "c", Offering: "gold"}, Row{Account: "b", Customer: "c"}, access.EntitlementGiven},
		{"over", access.Entitlement{Validity: schemas.Validity{To: day("2024-05-01")}}, Row{Account: "a", Customer: "c"}, access.EntitlementNone},
	} {
		x.row.Start = at("2024-05-01T00:00:00Z")
		r := NewRegister(&Facts{Zone: time.UTC, Entitlements: []access.Entitlement{x.of}, Customers: customers})
		if v := r.Judge(&x.row); v.ByEntitlement != x.want {
			t.Errorf("%s: %s, want %s", x.what, v.ByEntitlement, x.want)
		}
	}
}
