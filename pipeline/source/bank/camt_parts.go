package bank

import (
	"strconv"
	"strings"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/payment"
)

// sum is an amount as it is written, and which way it goes.
type sum struct{ amount, currency, sign string }

// read is the amount, below zero for what we pay.
func (s *sum) read(column string) (money.Decimal, money.Currency, *wrongValue) {
	a, wrong := amount(column, s.amount)
	if wrong != nil {
		return a, "", wrong
	}
	in, wrong := currency(column+"/@Ccy", s.currency)
	if wrong != nil {
		return a, "", wrong
	}
	switch {
	case a.IsNegative():
		return a, in, &wrongValue{column, schemas.CodeBadValue, "it is below zero; CdtDbtInd says which way money goes", s.amount}
	case s.sign == "DBIT":
		a = a.Neg()
	case s.sign != "CRDT":
		return a, in, &wrongValue{"CdtDbtInd", schemas.CodeBadValue, "it is neither CRDT nor DBIT", s.sign}
	}
	return a, in, nil
}

// statementOf is a statement as far as it has been read.
type statementOf struct {
	row     payment.Row
	from    string
	to      string
	created string
	// bal is the balance at hand, and of what type it is; opening and closing are those found.
	bal              sum
	balType, balDay  string
	opening, closing sum
	openingDay       string
	closingDay       string
	check            balance
}

func (s *statementOf) set(path, value, in string) {
	switch path {
	case "Id":
		s.row.Statement = value
	case "ElctrncSeqNb":
		s.row.Sequence, _ = strconv.ParseInt(value, 10, 64)
	case "CreDtTm":
		s.created = value
	case "FrToDt/FrDtTm":
		s.from = value
	case "FrToDt/ToDtTm":
		s.to = value
	case "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN":
		s.row.Account = payment.Plain(value)
	case "Bal/Tp/CdOrPrtry/Cd", "Bal/Tp/Cd":
		s.balType = value
	case "Bal/Amt":
		s.bal.amount, s.bal.currency = value, in
	case "Bal/CdtDbtInd":
		s.bal.sign = value
	case "Bal/Dt/Dt", "Bal/Dt/DtTm":
		s.balDay = value
	case "Bal":
		s.balance()
	}
}

// balance keeps the balance at hand if it is one between which booked transactions lie: OPBD or else PRCD, and CLBD; on pages
// between, interim ones stand in their places. Of several, the book's own names count before interim ones.
func (s *statementOf) balance() {
	switch s.balType {
	case "OPBD":
		s.opening, s.openingDay = s.bal, s.balDay
	case "PRCD":
		if s.opening.amount == "" {
			s.opening, s.openingDay = s.bal, s.balDay
		}
	case "CLBD":
		s.closing, s.closingDay = s.bal, s.balDay
	case "ITBD":
		if s.opening.amount == "" {
			s.opening, s.openingDay = s.bal, s.balDay
		} else if s.closing.amount == "" {
			s.closing, s.closingDay = s.bal, s.balDay
		}
	}
	s.bal, s.balType, s.balDay = sum{}, "", ""
}

// entryOf is an entry as far as it has been read.
type entryOf struct {
	sum
	reversal, status   string
	booked, valued     string
	reference, more    string
	charges, chargesIn string
	parts              []*transactionOf
}

func (e *entryOf) set(path, value, in string) {
	switch path {
	case "Amt":
		e.amount, e.currency = value, in
	case "CdtDbtInd":
		e.sign = value
	case "RvslInd":
		e.reversal = value
	case "Sts", "Sts/Cd":
		if value != "" {
			e.status = value
		}
	case "BookgDt/Dt", "BookgDt/DtTm":
		e.booked = value
	case "ValDt/Dt", "ValDt/DtTm":
		e.valued = value
	case "AcctSvcrRef":
		e.reference = value
	case "AddtlNtryInf":
		e.more = value
	case "Chrgs/TtlChrgsAndTaxAmt":
		e.charges, e.chargesIn = value, in
	}
}

// transactionOf is a transaction as far as it has been read.
type transactionOf struct {
	sum
	row                 payment.Row
	debtor, creditor    party
	texts               []string
	charges, chargesIn  string
	record              sum
	records             []sum
	instructed          string
	instructedIn        string
	transaction, transI string
}

type party struct{ name, account string }

func (t *transactionOf) set(path, value, in string) {
	switch path {
	case "Refs/AcctSvcrRef":
		t.row.Reference = value
	case "Refs/EndToEndId":
		if value != "NOTPROVIDED" {
			t.row.EndToEnd = value
		}
	case "Amt":
		t.amount, t.currency = value, in
	case "AmtDtls/TxAmt/Amt":
		t.transaction, t.transI = value, in
	case "AmtDtls/InstdAmt/Amt":
		t.instructed, t.instructedIn = value, in
	case "CdtDbtInd":
		t.sign = value
	case "Chrgs/TtlChrgsAndTaxAmt":
		t.charges, t.chargesIn = value, in
	case "Chrgs/Rcrd/Amt", "Chrgs/Amt":
		t.record.amount, t.record.currency = value, in
	case "Chrgs/Rcrd/CdtDbtInd", "Chrgs/CdtDbtInd":
		t.record.sign = value
	case "Chrgs/Rcrd", "Chrgs":
		if t.record.amount != "" {
			t.records = append(t.records, t.record)
		}
		t.record = sum{}
	case "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm":
		t.debtor.name = value
	case "RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm":
		t.creditor.name = value
	case "RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id":
		t.debtor.account = payment.Plain(value)
	case "RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id":
		t.creditor.account = payment.Plain(value)
	case "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef":
		t.row.Structured = payment.Plain(value)
	case "RmtInf/Strd/RfrdDocInf/Nb", "RmtInf/Strd/RfrdDocInf/RfrdDocNb":
		t.row.Document = value
	case "RmtInf/Ustrd", "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf":
		if value != "" {
			t.texts = append(t.texts, value)
		}
	case "RtrInf/Rsn/Cd", "RtrInf/RtrRsn/Cd", "RtrInf/Rsn/Prtry":
		t.row.Return = value
	}
}

// fill completes the row of a transaction that goes the way of sign.
func (t *transactionOf) fill(sign string) {
	other := t.debtor
	if sign == "DBIT" {
		other = t.creditor
	}
	t.row.Party, t.row.PartyAccount, t.row.Text = other.name, other.account, strings.Join(t.texts, " ")
	if t.instructed != "" {
		a, wrong := amount("InstdAmt", t.instructed)
		in, unknown := currency("InstdAmt", t.instructedIn)
		if wrong == nil && unknown == nil {
			t.row.Instructed, t.row.InstructedCurrency = a, in
		}
	}
	t.row.Charges = chargesOf(t.charges, t.chargesIn, t.records, string(t.row.Currency))
}

// chargesOf is what banks kept: the total where it is said, and else the records, as far as they are in the currency.
func chargesOf(total, totalIn string, records []sum, in string) money.Decimal {
	if a, wrong := amount("Chrgs", total); total != "" && wrong == nil && totalIn == in {
		return a
	}
	out := money.Zero
	for _, r := range records {
		if a, wrong := amount("Chrgs", r.amount); wrong == nil && r.currency == in && r.sign != "CRDT" {
			out = out.Add(a)
		}
	}
	return out
}
