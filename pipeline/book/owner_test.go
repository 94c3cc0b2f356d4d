package book

import (
	"strings"
	"testing"

	"daybook/schemas"
)

func TestOwner(t *testing.T) {
	b := load(t, baseBook(t), map[string][]byte{
		"accounts.csv": []byte("customer,id,currency,aliases\nbirch,birch-prod,EUR,bp\ncedar,cedar-main,EUR,\n"),
		"mapping.csv": []byte(`peer,source,billing_account,sub_account,account
atlas,,100,,cedar-main
atlas,,100,7,birch-prod
atlas,atlas-bills,,8,birch-prod
,meter,,cedar-main,birch-prod
`),
		"peers/atlas.yaml": append(baseBook(t)["peers/atlas.yaml"], "own_use: [\"99\"]\n"...),
	})
	peer, own := b.Sources[0], b.Sources[1]
	if peer.ID != "atlas-bills" || own.ID != "meter" {
		t.Fatalf("sources are not sorted: %s, %s", peer.ID, own.ID)
	}
	for _, c := range []struct {
		src          *schemas.Source
		billing, sub string
		want         schemas.AccountID
	}{
		{&peer, "100", "0042", "birch-prod"},             // by sub-account, before billing account
		{&peer, "100", "42", "cedar-main"},               // not 0042: numbers are texts
		{&peer, "100", "7", "birch-prod"},                // by both
		{&peer, "200", "7", ""},                          // 7 is birch's under 100 alone
		{&peer, "100", "8", "birch-prod"},                // the source's mapping before the peer's
		{&peer, "", "birch-prod", ""},                    // a peer's numbers are not our names
		{&peer, "", "99", ""},                            // our own use
		{&peer, "", "", ""},                              // nothing said
		{&own, "", "birch-prod", "birch-prod"},           // our own name
		{&own, "bp", "", "birch-prod"},                   // an alias
		{&own, "bp", "cedar-main", "birch-prod"},         // a mapping comes before a name
		{&own, "cedar-main", "none", "cedar-main"},       // the billing account, where the sub-account is nobody's
		{&own, "cedar-main", "birch-prod", "birch-prod"}, // the sub-account before the billing account
		{&own, "nobody", "", ""},
	} {
		got, ok := b.Owner(c.src, schemas.Identity{Billing: c.billing, Sub: c.sub}, day(t, "2024-09-15"))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("(%s, %q, %q) is %q (%v), want %q", c.src.ID, c.billing, c.sub, got, ok, c.want)
		}
	}
	if !b.OwnUse("atlas", "100", "99") || !b.OwnUse("atlas", "99", "") || b.OwnUse("atlas", "100", "0042") || b.OwnUse("boreas", "", "99") {
		t.Error("own use is told wrongly")
	}
}

// An account that changes hands belongs to each owner on his days, and to a wider mapping, or nobody, on the others.
func TestOwnerByDay(t *testing.T) {
	mapping := func(rows string) map[string][]byte {
		return map[string][]byte{
			"accounts.csv": []byte("customer,id,currency\nbirch,birch-prod,EUR\ncedar,cedar-main,EUR\n"),
			"mapping.csv":  []byte("peer,billing_account,sub_account,account,from,to\n" + rows),
		}
	}
	b := load(t, baseBook(t), mapping("atlas,,7,birch-prod,2024-09-05,2024-09-12\natlas,,7,cedar-main,2024-09-12,2024-09-20\natlas,100,,cedar-main,,\n"))
	src := b.Sources[0]
	for _, c := range []struct{ billing, sub, on, want string }{
		{"", "7", "2024-09-04", ""},
		{"", "7", "2024-09-05", "birch-prod"},
		{"", "7", "2024-09-11", "birch-prod"},
		{"", "7", "2024-09-12", "cedar-main"},
		{"", "7", "2024-09-19", "cedar-main"},
		{"", "7", "2024-09-20", ""},
		{"100", "7", "2024-09-04", "cedar-main"},
		{"100", "7", "2024-09-05", "birch-prod"},
	} {
		if got, _ := b.Owner(&src, schemas.Identity{Billing: c.billing, Sub: c.sub}, day(t, c.on)); string(got) != c.want {
			t.Errorf("(%q, %q) on %s is %q, want %q", c.billing, c.sub, c.on, got, c.want)
		}
	}
	if !b.OwnerByDay(&src, "100", "7") || b.OwnerByDay(&src, "100", "8") {
		t.Error("whether an owner depends on the day is told wrongly")
	}
	for rows, want := range map[string]string{
		"atlas,,7,birch-prod,2024-09-05,2024-09-13\natlas,,7,cedar-main,2024-09-12,\n": "mapping.csv:3:1: the account is mapped for 2024-09-12 at mapping.csv:2 already",
		"atlas,,7,birch-prod,,\natlas,,7,cedar-main,,2024-09-12\n":                     "mapping.csv:3:1: the account is mapped at mapping.csv:2 already",
		"atlas,,7,birch-prod,2024-09-05,2024-09-05\n":                                  "mapping.csv:2:32: to: it ends on 2024-09-05, which is not after its first day 2024-09-05",
	} {
		_, problems := Load(bookOf(baseBook(t), mapping(rows)))
		if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), want) {
			t.Errorf("of %q it says %v, want %s", rows, problems, want)
		}
	}
}
