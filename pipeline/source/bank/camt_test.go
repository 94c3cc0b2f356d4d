package bank_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybook/pipeline/source/bank"
	"daybook/schemas"
	"daybook/schemas/payment"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// read decodes a text, and says what it holds: a line for each row and finding.
func read(t *testing.T, src schemas.Source, text string) (lines []string, rows []payment.Row, err error) {
	t.Helper()
	kept, rejected := int64(0), int64(0)
	n, err := bank.Decode(t.Context(), &src, bank.Input{Key: "k", Body: strings.NewReader(text)}, bank.Sink{
		Row: func(r *payment.Row) error {
			kept++
			rows = append(rows, *r)
			lines = append(lines, said(r))
			return nil
		},
		Finding: func(f schemas.Finding) error {
			rejected += f.Rows
			lines = append(lines, fmt.Sprintf("! %s %s", f.Code, f.Column))
			return nil
		},
	})
	if err == nil && n != kept+rejected {
		t.Errorf("%d rows, of which %d were handed on and %d rejected", n, kept, rejected)
	}
	return lines, rows, err
}

func said(r *payment.Row) string {
	s := fmt.Sprintf("%s %s %s %s %s", r.Kind, r.Account, r.Booked, r.Amount, r.Currency)
	for _, x := range []struct{ name, text string }{
		{"ref", r.Reference}, {"rf", r.Structured}, {"e2e", r.EndToEnd}, {"doc", r.Document}, {"by", r.Party}, {"iban", r.PartyAccount}, {"return", r.Return},
	} {
		if x.text != "" {
			s += " " + x.name + "=" + x.text
		}
	}
	if r.Reversal {
		s += " reversal"
	}
	if !r.Charges.IsZero() {
		s += " charges=" + r.Charges.String()
	}
	if !r.Instructed.IsZero() {
		s += fmt.Sprintf(" instructed=%s %s", r.Instructed, r.InstructedCurrency)
	}
	if r.Opening != nil && r.Closing != nil {
		s += fmt.Sprintf(" from %s to %s", r.Opening, r.Closing)
	}
	return s
}

// statement wraps entries into a statement that opens and closes so.
func statement(opening, closing, entries string) string {
	bal := func(code, amount string) string {
		sign := "CRDT"
		if rest, is := strings.CutPrefix(amount, "-"); is {
			sign, amount = "DBIT", rest
		}
		return `<Bal><Tp><CdOrPrtry><Cd>` + code + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` + sign + `</CdtDbtInd><Dt><Dt>2024-10-01</Dt></Dt></Bal>`
	}
	return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>` +
		`<Stmt><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2024-10-02T01:00:00Z</CreDtTm><Acct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></Acct>` +
		bal("OPBD", opening) + bal("CLBD", closing) + entries + `</Stmt></BkToCstmrStmt></Document>`
}

func entry(amount, sign, rest string) string {
	return `<Ntry><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>` + sign + `</CdtDbtInd>` + rest + `</Ntry>`
}

const bookedDay = `<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2024-10-01</Dt></BookgDt>`

var camt = schemas.Source{ID: "bank", Format: schemas.Camt}

func TestCamt(t *testing.T) {
	const head = "statement DE89370400440532013000 2024-10-01 0 EUR"
	for _, x := range []struct{ name, text, want string }{
		{"five decimals", statement("0", "1.23456", entry("1.23456", "CRDT", bookedDay)), "booked DE89370400440532013000 2024-10-01 1.23456 EUR|" + head + " from 0 to 1.23456"},
		{
			"a reversal has the sign of what it does", statement("10", "4", entry("6", "DBIT", "<RvslInd>true</RvslInd>"+bookedDay)),
			"booked DE89370400440532013000 2024-10-01 -6 EUR reversal|" + head + " from 10 to 4",
		},
		{
			"pending is kept apart", statement("10", "10", entry("6", "CRDT", `<Sts><Cd>PDNG</Cd></Sts><ValDt><Dt>2024-10-03</Dt></ValDt>`)),
			"pending DE89370400440532013000 2024-10-03 6 EUR|" + head + " from 10 to 10",
		},
		{"a statement that does not balance", statement("10", "17", entry("6", "CRDT", bookedDay)), "booked DE89370400440532013000 2024-10-01 6 EUR|" + head + " from 10 to 17|! statement_unbalanced "},
		{
			"one entry of two transactions", statement("0", "3", entry("3", "CRDT", bookedDay+`<AcctSvcrRef>R</AcctSvcrRef><NtryDtls>`+
				`<TxDtls><Amt Ccy="EUR">5</Amt><RltdPties><Dbtr><Pty><Nm>A</Nm></Pty></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>RF18 5390 0754 7034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>`+
				`<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">2</Amt><CdtDbtInd>DBIT</CdtDbtInd><RltdPties><Cdtr><Pty><Nm>B</Nm></Pty></Cdtr></RltdPties><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls>`)),
			"booked DE89370400440532013000 2024-10-01 5 EUR ref=R rf=RF18539007547034 by=A|booked DE89370400440532013000 2024-10-01 -2 EUR ref=R by=B return=AC04|" + head + " from 0 to 3",
		},
		{
			"transactions in another currency", statement("0", "3", entry("3", "CRDT", bookedDay+`<NtryDtls><TxDtls><Amt Ccy="USD">1</Amt></TxDtls><TxDtls><Amt Ccy="USD">2</Amt></TxDtls></NtryDtls>`)),
			"! payment_not_split |booked DE89370400440532013000 2024-10-01 3 EUR|" + head + " from 0 to 3",
		},
		{
			"charges, and what was ordered", statement("0", "98.5", entry("98.50", "CRDT", bookedDay+`<NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId></Refs><AmtDtls><InstdAmt><Amt Ccy="EUR">100</Amt></InstdAmt></AmtDtls>`+
				`<Chrgs><Rcrd><Amt Ccy="EUR">1.5</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs></TxDtls></NtryDtls>`)),
			"booked DE89370400440532013000 2024-10-01 98.5 EUR e2e=E charges=1.5 instructed=100 EUR|" + head + " from 0 to 98.5",
		},
		{
			"an amount that is none", statement("0", "3", entry("three", "CRDT", bookedDay)+entry("3", "CRDT", bookedDay)),
			"! bad_decimal Amt|booked DE89370400440532013000 2024-10-01 3 EUR|" + head + " from 0 to 3",
		},
		{"an unknown status", statement("0", "0", entry("3", "CRDT", "<Sts>HELD</Sts>")), "! bad_value Sts|" + head + " from 0 to 0"},
	} {
		lines, _, err := read(t, camt, x.text)
		if got := strings.Join(lines, "|"); err != nil || got != x.want {
			t.Errorf("%s: %v\n got %s\nwant %s", x.name, err, got, x.want)
		}
	}
}

func TestCamtRefuses(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + statement("0", "0", "<!-- -->")
	whole := statement("0", "3", entry("3", "CRDT", bookedDay))
	for _, x := range []struct {
		name, text string
		code       schemas.Code
		says       string
	}{
		{"an entity bomb", bomb, schemas.CodeHostileObject, "document type"},
		{"an entity of nobody", strings.Replace(whole, "S1", "&bomb;", 1), schemas.CodeUnreadableObject, "entity"},
		{"deep", strings.Replace(whole, "<Stmt>", "<Stmt>"+strings.Repeat("<A>", 50), 1), schemas.CodeHostileObject, "deeper than 32"},
		{"a long text", strings.Replace(whole, "S1", strings.Repeat("x", 70<<10), 1), schemas.CodeHostileObject, "longer"},
		{"truncated", whole[:len(whole)-20], schemas.CodeUnreadableObject, "no XML"},
		{"crossed", strings.Replace(whole, "</Stmt></BkToCstmrStmt>", "</BkToCstmrStmt></Stmt>", 1), schemas.CodeUnreadableObject, "not open"},
		{"another message", strings.Replace(whole, "camt.053", "pain.001", 1), schemas.CodeUnreadableObject, "camt.052"},
		{"no statement", strings.ReplaceAll(whole, "Stmt>", "Other>"), schemas.CodeUnreadableObject, "no statement"},
		{"no XML", "date;amount\n", schemas.CodeUnreadableObject, ""},
		{"nothing", "", schemas.CodeUnreadableObject, "no camt message"},
		{"UTF-16", strings.Replace(whole, "UTF-8", "UTF-16", 1), schemas.CodeUnreadableObject, "deliver UTF-8"},
	} {
		_, _, err := read(t, camt, x.text)
		var refused *schemas.RefusedError
		if !errors.As(err, &refused) || refused.Code != x.code || !strings.Contains(refused.Reason, x.says) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}

// TestCamtLatin reads what is not UTF-8.
func TestCamtLatin(t *testing.T) {
	text := strings.Replace(statement("0", "3", entry("3", "CRDT", bookedDay+"<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>M\xfcller</Nm></Dbtr></RltdPties></TxDtls></NtryDtls>")), "UTF-8", "ISO-8859-1", 1)
	if lines, _, err := read(t, camt, text); err != nil || !strings.Contains(lines[0], "by=Müller") {
		t.Errorf("%v %q", err, lines)
	}
}

// TestPublishedFiles reads files of banks and of other people's tests. All are read; the one without a statement is refused by name.
func TestPublishedFiles(t *testing.T) {
	files, _ := filepath.Glob("../../../../shared/data/payments/camt/*.xml")
	if len(files) == 0 {
		t.Skip("../shared/data/payments is not there")
	}
	var out strings.Builder
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines, rows, err := read(t, camt, string(text))
		base := filepath.Base(name)
		if strings.HasSuffix(base, "wrong.xml") {
			var refused *schemas.RefusedError
			if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "no statement") {
				t.Errorf("%s: %v", base, err)
			}
			continue
		}
		if err != nil || len(rows) == 0 {
			t.Errorf("%s: %v, %d rows", base, err, len(rows))
		}
		fmt.Fprintf(&out, "%s\n  %s\n", base, strings.Join(lines, "\n  "))
	}
	golden := "testdata/published.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != out.String() {
		t.Errorf("%v: the rows of the published files are others than in %s:\n%s", err, golden, out.String())
	}
}

func TestReferences(t *testing.T) {
	for ref, sound := range map[string]bool{"RF18 5390 0754 7034": true, "rf18539007547034": true, "RF19539007547034": false, "RF18": false, "XX18539007547034": false} {
		if _, got := payment.CheckedReference(ref); got != sound {
			t.Errorf("%s: sound %t", ref, got)
		}
	}
	for _, number := range []string{"2024-000001", "EX-2024-000017", "a"} {
		if _, sound := payment.CheckedReference(payment.CreditorReference(number)); !sound {
			t.Errorf("the reference of %s is %s", number, payment.CreditorReference(number))
		}
	}
	if payment.CreditorReference("") != "" || payment.CreditorReference(strings.Repeat("9", 22)) != "" {
		t.Error("a number that has no reference has one")
	}
	for iban, sound := range map[string]bool{"DE89 3704 0044 0532 0130 00": true, "DE88370400440532013000": false, "12": false} {
		if _, got := payment.CheckedIBAN(iban); got != sound {
			t.Errorf("%s: sound %t", iban, got)
		}
	}
}
