package bank_test

import (
	"errors"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/intake"
	"daybook/schemas/money"
)

var mt940 = schemas.Source{ID: "bank", Format: schemas.MT940}

const oneStatement = `{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:
:20:STARTUMS
:25:37040044/DE89370400440532013000
:28C:118/1
:60F:C240930EUR100,00
:61:2410011001CR119,00NTRFNONREF//BANK1
:86:166?00GUTSCHRIFT?20EREF+2024-000001?21SVWZ+RF18 5390 0754 7034?30COBADEFFXXX?31DE02
120300000000202051?32Muster ?33GmbH
:61:2410021001RC19,00NRTINONREF//BANK2
:86:/EREF/X1/REMI/USTD//Rechnung 2024-000002/NAME/Meier/IBAN/DE02120300000000202051/
:61:2410021002D5,5NCHGNONREF
:86:Gebuehren
:61:2410021002EC7,NTRFNONREF
:62F:C241002EUR194,50
-}
`

func TestMT940(t *testing.T) {
	const account = " DE89370400440532013000 "
	want := "booked" + account + "2024-10-01 119 EUR ref=BANK1 rf=RF18539007547034 e2e=2024-000001 by=Muster GmbH iban=DE02120300000000202051|" +
		"booked" + account + "2024-10-01 -19 EUR ref=BANK2 e2e=X1 by=Meier iban=DE02120300000000202051 reversal|" +
		"booked" + account + "2024-10-02 -5.5 EUR|" +
		"pending" + account + "2024-10-02 7 EUR|" +
		"statement" + account + "2024-09-30 0 EUR from 100 to 194.5"
	for _, text := range []string{oneStatement, strings.ReplaceAll(oneStatement, "\n", "\r\n")} {
		lines, _, err := read(t, mt940, text)
		if got := strings.Join(lines, "|"); err != nil || got != want {
			t.Errorf("%v\n got %s\nwant %s", err, got, want)
		}
	}
	lines, rows, err := read(t, mt940, strings.Replace(oneStatement, ":61:2410021002D5,5N", ":61:24100210", 1))
	if err != nil || !strings.Contains(strings.Join(lines, "|"), "! bad_value :61:") || !strings.Contains(strings.Join(lines, "|"), "! statement_unbalanced") {
		t.Errorf("%v %d rows %q", err, len(rows), lines)
	}
	_, rows, err = read(t, mt940, strings.Replace(strings.Replace(oneStatement, "240930", "231229", 1), ":61:2410011001C", ":61:2401021229C", 1))
	if err != nil || rows[0].Booked.String() != "2023-12-29" || rows[0].Valued.String() != "2024-01-02" {
		t.Errorf("an entry of the year before: %v %v", err, rows[0])
	}
	for _, x := range [][2]string{
		{strings.Replace(oneStatement, ":62F:C241002EUR194,50", "", 1), "truncated"},
		{"date;amount\n", "no MT940"},
		{"", "no MT940"},
		{strings.Replace(oneStatement, ":60F:C240930EUR100,00", ":60F:240930", 1), "balance"},
		{strings.Replace(oneStatement, ":25:37040044/DE89370400440532013000", "", 1), "no account"},
		{strings.Replace(oneStatement, "Gebuehren", strings.Repeat("x", 70<<10), 1), "longer"},
		{strings.Replace(oneStatement, "Gebuehren", strings.Repeat("xxxxxxxxxxxxxxx\n", 7<<10), 1), "longer"},
	} {
		_, _, err := read(t, mt940, x[0])
		var refused *schemas.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, x[1]) {
			t.Errorf("%s: %v", x[1], err)
		}
	}
}

func TestCSV(t *testing.T) {
	own := schemas.Source{ID: "card", Format: schemas.Payments10}
	minus := money.NewDecimal(1, -2)
	mapped := schemas.Source{
		ID: "card", Format: schemas.Payments10, Constants: map[string]string{"account": "stripe"}, Columns: map[string]string{"document": "invoice"},
		Mapping: map[string]intake.Reading{
			"booked": {From: []string{"Created (UTC)"}, Layout: "02.01.2006"}, "amount": {From: []string{"Net"}, Layout: "1.234,56"}, "charges": {From: []string{"Fee"}, Factor: &minus},
			"currency": {From: []string{"Currency"}, Values: map[string]string{"eur": "EUR"}}, "status": {From: []string{"Status"}, Values: map[string]string{"open": "pending", "done": ""}},
		},
	}
	for _, x := range []struct {
		name, text, want string
		src              schemas.Source
	}{
		{
			"our own columns", "account,booked,amount,currency,sign,structured,text\nDE89 1,2024-10-01,5.00001,EUR,debit,rf18 5390,\"a \"\"b\"\"\"\nX,2024-10-01,-1,EUR,debit,,\nX,2024-10-01,1,EURO,,,\n,2024-10-01,1,EUR,,,\nX,1.10.24,1,EUR,,,\nX,1\n",
			"booked DE891 2024-10-01 -5.00001 EUR rf=RF185390|! bad_value amount|! bad_value currency|! missing_value account|! bad_time booked|! ragged_row row", own,
		},
		{
			"a processor's", "Created (UTC);Net;Fee;Currency;Status;invoice\n01.10.2024;1.097,10;290;eur;done;2024-000001\n02.10.2024;-5,00;0;eur;open;\n",
			"booked STRIPE 2024-10-01 1097.1 EUR doc=2024-000001 charges=2.9|pending STRIPE 2024-10-02 -5 EUR", mapped,
		},
	} {
		lines, _, err := read(t, x.src, x.text)
		if got := strings.Join(lines, "|"); err != nil || got != x.want {
			t.Errorf("%s: %v\n got %s\nwant %s", x.name, err, got, x.want)
		}
	}
	for _, x := range []struct {
		src  schemas.Source
		text string
	}{{own, "account,booked,amount\n"}, {mapped, "Net;Fee\n"}, {own, ""}, {own, "PAR1xxxx"}} {
		_, _, err := read(t, x.src, x.text)
		if _, refused := errors.AsType[*schemas.RefusedError](err); !refused {
			t.Errorf("%q: %v", x.text, err)
		}
	}
}
