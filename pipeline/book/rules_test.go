package book

import (
	"fmt"
	"strings"
	"testing"

	"daybook/schemas"
)

// ruleBook is the base with these rows of mapping.csv.
func ruleBook(rows string) map[string][]byte {
	return map[string][]byte{
		"accounts.csv": []byte("customer,id,currency\nbirch,birch-prod,EUR\ncedar,cedar-main,EUR\n"),
		"mapping.csv":  []byte("peer,sub_account,resource,tag,value,match,order,account,from,to\n" + rows),
	}
}

// Each rule takes what it says and nothing else, the lowest order counts, and what two accounts claim is nobody's.
func TestOwnerByRules(t *testing.T) {
	b := load(t, baseBook(t), ruleBook(`atlas,,,customer,cedar,,,cedar-main,,
atlas,,,customer,Birch,fold,,birch-prod,,
atlas,,,team,web-,prefix,1,cedar-main,,
atlas,,,team,web-eu,prefix,1,birch-prod,,
atlas,,,dated,,,1,birch-prod,2024-09-10,2024-09-20
atlas,,vol-1,,,,2,birch-prod,,
atlas,77,,,,prefix,3,cedar-main,,
atlas,,,customer,Straße,fold,,birch-prod,,
atlas,88,,both,yes,,,birch-prod,,
atlas,5,,,,,9,cedar-main,,
`))
	peer, own := b.Sources[0], b.Sources[1]
	for _, c := range []struct {
		sub, resource, tags, on string
		want                    schemas.AccountID
	}{
		{"", "", `{"customer":"cedar"}`, "2024-09-01", "cedar-main"},
		{"", "", `{"customer":"Cedar"}`, "2024-09-01", ""},           // exact is exact
		{"", "", `{"CUSTOMER":"bIRCH"}`, "2024-09-01", "birch-prod"}, // fold takes the key in any case, too
		{"", "", `{"customer":"STRAßE"}`, "2024-09-01", "birch-prod"},
		{"", "", `{"team":"web-us"}`, "2024-09-01", "cedar-main"},
		{"", "", `{"team":"web-eu-1"}`, "2024-09-01", ""}, // claimed for two accounts
		{"", "", `{"team":"web"}`, "2024-09-01", ""},
		{"", "", `{"team":"web-eu-1","customer":"cedar"}`, "2024-09-01", "cedar-main"}, // a lower order ends it
		{"", "vol-1", `{"team":"web-us"}`, "2024-09-01", "cedar-main"},
		{"", "vol-1", `{"team":7}`, "2024-09-01", "birch-prod"},
		{"", "vol-10", "", "2024-09-01", ""},
		{"770", "", "", "2024-09-01", "cedar-main"},
		{"7", "", "", "2024-09-01", ""},
		{"", "", `{"dated":"x"}`, "2024-09-09", ""},
		{"", "", `{"dated":"x"}`, "2024-09-10", "birch-prod"},
		{"", "", `{"dated":""}`, "2024-09-19", "birch-prod"},
		{"", "", `{"dated":"x"}`, "2024-09-20", ""},
		{"88", "", `{"both":"yes"}`, "2024-09-01", "birch-prod"},
		{"89", "", `{"both":"yes"}`, "2024-09-01", ""}, // all that a rule names must fit
		{"5", "", "", "2024-09-01", "cedar-main"},
		{"5", "vol-1", "", "2024-09-01", "birch-prod"}, // a number has an order as well
		{"", "", `["customer","cedar"]`, "2024-09-01", ""},
	} {
		got, ok := b.Owner(&peer, schemas.Identity{Sub: c.sub, Resource: c.resource, Tags: c.tags}, day(t, c.on))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("(%q, %q, %s) on %s is %q (%v), want %q", c.sub, c.resource, c.tags, c.on, got, ok, c.want)
		}
	}
	if !b.OwnerByRow(&peer) || b.OwnerByRow(&own) || !b.OwnerByDay(&peer, "", "") || b.OwnerByRule(&own) {
		t.Error("what owners depend on is told wrongly")
	}
	for tags, want := range map[string]string{
		`{"customer":"CEDAR"}`: `{tag: "customer", value: "cedar", match: fold, account: cedar-main}`,
		`{"customer":"elm"}`:   `{tag: "customer", value: "elm", account: ACCOUNT}`,
		`{"other":"elm"}`:      "",
	} {
		if got := b.Suggest(&peer, schemas.Identity{Tags: tags}); got != want {
			t.Errorf("of %s it suggests %q, want %q", tags, got, want)
		}
	}
}

// What later runs compare changes with every rule that looks at resources or tags, and with nothing else.
func TestRowOwnersDigest(t *testing.T) {
	digest := func(rows string) string {
		b := load(t, baseBook(t), ruleBook(rows))
		_, sum := b.RowOwners(&b.Sources[0])
		return fmt.Sprintf("%x", sum)
	}
	base := "atlas,,,customer,cedar,,,cedar-main,,\n"
	seen := map[string]string{digest(base): base}
	if got := digest(base + "atlas,7,,,,prefix,,birch-prod,,\natlas,9,,,,,,birch-prod,,\n"); seen[got] == "" {
		t.Error("a rule by accounts, which are asked for by themselves, changes the digest")
	}
	if got := digest("atlas,7,,,,prefix,,birch-prod,,\n"); got != "" {
		t.Errorf("without rules by row there is a digest %s", got)
	}
	for _, rows := range []string{
		"atlas,,,customer,cedar,,,birch-prod,,\n", "atlas,,,customer,cedar,fold,,cedar-main,,\n", "atlas,,,customer,cedar,,1,cedar-main,,\n",
		"atlas,,,customer,cedar,,,cedar-main,2024-09-01,\n", "atlas,,,customer,cedar,,,cedar-main,,2024-09-01\n", "atlas,,,customer,ceda,,,cedar-main,,\n",
		"atlas,1,,customer,cedar,,,cedar-main,,\n", "atlas,,v,customer,cedar,,,cedar-main,,\n", base + "atlas,,v,,,,,cedar-main,,\n",
	} {
		got := digest(rows)
		if other, twice := seen[got]; twice {
			t.Errorf("%q has the digest of %q", rows, other)
		}
		seen[got] = rows
	}
}

// What decides whose the rows of a source are changes its digest, and nothing else does: mappings of other sources, and of our own
// meters the names of accounts unless they are asked for.
func TestOwnersDigest(t *testing.T) {
	digests := func(mapping, accounts string) (peer, own, named string) {
		files := ruleBook(mapping)
		files["accounts.csv"] = []byte("customer,id,currency,aliases\nbirch,birch-prod,EUR,bp\ncedar,cedar-main,EUR,\n" + accounts)
		b := load(t, baseBook(t), files)
		of := func(src schemas.Source, names bool) string { return fmt.Sprintf("%x", b.OwnersDigest(&src, names)) }
		return of(schemas.Source{ID: "atlas-focus", Peer: "atlas"}, false), of(schemas.Source{ID: "meter"}, false), of(schemas.Source{ID: "meter"}, true)
	}
	base := "atlas,7,,,,,,cedar-main,,\n"
	peer, own, named := digests(base, "")
	if peer == "" || own == "" || own == named {
		t.Fatalf("digests are %s, %s and %s", peer, own, named)
	}
	for _, c := range []struct {
		mapping, accounts string
		peer, own, named  bool // whether it changes
	}{
		{base, "cedar,cedar-new,EUR,\n", false, false, true},
		{base, "cedar,cedar-new,EUR,cn\n", false, true, true},
		{"atlas,7,,,,,,birch-prod,,\n", "", true, false, false},
		{"atlas,7,,,,,,cedar-main,2024-09-02,\n", "", true, false, false},
		{"atlas,7,,,,,,cedar-main,,2024-09-02\n", "", true, false, false},
		{"atlas,7,,,,,1,cedar-main,,\n", "", true, false, false},
		{"atlas,7,,,,prefix,,cedar-main,,\n", "", true, false, false},
		{base + "atlas,,,team,a,,,birch-prod,,\n", "", true, false, false},
		{base + "atlas,,r,,,,,birch-prod,,\n", "", true, false, false},
	} {
		p, o, n := digests(c.mapping, c.accounts)
		if (p != peer) != c.peer || (o != own) != c.own || (n != named) != c.named {
			t.Errorf("with %q and %q it changes of the peer's source %v, of our own %v, and with names %v", c.mapping, c.accounts, p != peer, o != own, n != named)
		}
	}
}

// TestRulesRefused complains of rules that say nothing, or the same as another.
func TestRulesRefused(t *testing.T) {
	for rows, want := range map[string]string{
		"atlas,,,,cedar,,,cedar-main,,\n":                                                      "value stands without a tag",
		"atlas,,,,,,,cedar-main,,\n":                                                           "billing_account, sub_account, resource and tag are all empty",
		"atlas,,,team,,prefix,,cedar-main,,\n":                                                 "there is no text that could begin a row's",
		"atlas,,,team,a,,-1,cedar-main,,\n":                                                    "-1 is less than 0",
		"atlas,,,team,a,fold,,cedar-main,,\natlas,,,Team,A,fold,,birch-prod,,\n":               "is mapped at mapping.csv:2 already",
		"atlas,,,team,a,,,cedar-main,,2024-09-02\natlas,,,team,a,,,birch-prod,2024-09-01,\n":   "is mapped for 2024-09-01 at mapping.csv:2 already",
		"atlas,,,team,a,exactly,,cedar-main,,\n":                                               "exactly",
		"atlas,9,,,,,1,cedar-main,,\natlas,9,,,,exact,2,birch-prod,,\n":                        "is mapped at mapping.csv:2 already",
		"atlas,,,team,a,,,cedar-main,,\natlas,,,team,a,,1,birch-prod,,\natlas,,,b,,,,none,,\n": "none",
	} {
		_, problems := Load(bookOf(baseBook(t), ruleBook(rows)))
		if len(problems) != 1 || !strings.Contains(problems[0].String(), want) {
			t.Errorf("of %q it says %v, want %s", rows, problems, want)
		}
	}
}

// Of many thousand rules a row meets those alone that its own texts lead to.
func TestManyRules(t *testing.T) {
	var rows strings.Builder
	const many = 20_000
	for i := range many {
		fmt.Fprintf(&rows, "atlas,,,customer,c%05d,,,cedar-main,,\n", i)
	}
	b := load(t, baseBook(t), ruleBook(rows.String()))
	src, at := b.Sources[0], day(t, "2024-09-01")
	row := schemas.Identity{Tags: `{"customer":"c19999"}`}
	if got, _ := b.Owner(&src, row, at); got != "cedar-main" {
		t.Errorf("the last rule gives the row to %q", got)
	}
	if allocs := testing.AllocsPerRun(20, func() { b.Owner(&src, row, at) }); allocs > 40 {
		t.Errorf("a row of many rules takes %v allocations", allocs)
	}
	for _, found := range b.rules[src.ID].at {
		if len(found) > 1 {
			t.Fatalf("%d rules stand at one place", len(found))
		}
	}
}
