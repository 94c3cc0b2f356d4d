package book

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// bigBook is the starter with so many customers besides, each with an account, a subscription and an account at a peer.
func bigBook(customers int) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range Starter() {
		fsys[name] = &fstest.MapFile{Data: text}
	}
	var c, a, s, m strings.Builder
	c.Write(fsys["customers.csv"].Data)
	a.Write(fsys["accounts.csv"].Data)
	s.Write(fsys["subscriptions.csv"].Data)
	m.WriteString("peer,billing_account,sub_account,account\n")
	for i := range customers {
		fmt.Fprintf(&c, "c%07d,Customer %d,\"Customer %d, Ltd\",,billing@c%d.example,Street %d;%05d Town\n", i, i, i, i, i%100, i%100000)
		fmt.Fprintf(&a, "c%07d,a%07d,Account %d,EUR,DE\n", i, i, i)
		fmt.Fprintf(&s, "a%07d,s%07d,compute,2024-01-%02d,,%d.5\n", i, i, i%28+1, i%9+1)
		fmt.Fprintf(&m, "atlas,,9%011d,a%07d\n", i, i)
	}
	fsys["customers.csv"] = &fstest.MapFile{Data: []byte(c.String())}
	fsys["accounts.csv"] = &fstest.MapFile{Data: []byte(a.String())}
	fsys["subscriptions.csv"] = &fstest.MapFile{Data: []byte(s.String())}
	fsys["mapping.csv"] = &fstest.MapFile{Data: []byte(m.String())}
	return fsys
}

func TestBigBook(t *testing.T) {
	b, problems := Load(bigBook(5000))
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	account, customer, ok := b.Account("a0004999")
	if !ok || customer.ID != "c0004999" || len(account.Subscriptions) != 1 || account.Subscriptions[0].Quantity.String() != "5.5" {
		t.Errorf("the last account is read as %+v of %+v", account, customer)
	}
	if got := b.Where(KindAccount, "a0004999"); got != "accounts.csv:5005" {
		t.Errorf("the last account is said to be at %s", got)
	}
}

func BenchmarkLoad100k(b *testing.B) {
	fsys := bigBook(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Load(fsys); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}
