package bank

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"daybook/schemas"
	"daybook/schemas/payment"
)

// What of camt is read, below Document and the message. Names of versions from .02 on; .01 has some of them one level higher.
//
//	Rpt, Stmt or Ntfctn      Id, ElctrncSeqNb, FrToDt, Acct/Id, Bal
//	  Ntry                   Amt, CdtDbtInd, RvslInd, Sts, BookgDt, ValDt, AcctSvcrRef, Chrgs, AddtlNtryInf
//	    NtryDtls/TxDtls      Refs, Amt, AmtDtls, CdtDbtInd, Chrgs, RltdPties, RmtInf, RtrInf, AddtlTxInf
//
// An entry whose transactions come to its amount is a row for each; of another, one row says what the entry says. Nothing but
// elements and texts is read: a document type, by which entities would be declared, is refused.

// camtSpace tells the message and version by the namespace.
var camtSpace = regexp.MustCompile(`^urn:(?:iso:std:iso:20022|swift:xsd):(?:tech:)?(?:xsd:)?\$?camt\.(05[234])\.001\.(\d\d)$`)

// camtReader walks one document.
type camtReader struct {
	d *decoder
	// path are the names of the elements that are open, and below how many of them an entry and a transaction begin.
	path []string
	// kind is that of booked transactions of the message.
	kind payment.Kind
	// text is that of the element at hand, and attribute its currency.
	text  strings.Builder
	money string
	// statements counts them.
	statements int

	stmt  statementOf
	entry entryOf
	tx    *transactionOf
}

func (d *decoder) camt() error {
	c := &camtReader{d: d}
	x := xml.NewDecoder(text{d})
	x.CharsetReader = charset
	for {
		token, err := x.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = c.take(token)
		}
		if syntax, is := errors.AsType[*xml.SyntaxError](err); is {
			return d.refuse(schemas.CodeUnreadableObject, "it is no XML from line %d on: %s", syntax.Line, syntax.Msg)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case len(c.path) > 0:
		return d.refuse(schemas.CodeUnreadableObject, "it is truncated: %s is not closed", schemas.ClipValue(c.path[len(c.path)-1]))
	case c.kind == "":
		return d.refuse(schemas.CodeUnreadableObject, "it is no camt message")
	case c.statements == 0:
		return d.refuse(schemas.CodeUnreadableObject, "it has no statement, report or notification, of which a camt message has at least one")
	}
	return nil
}

// charset reads the encodings beside UTF-8 in which banks write.
func charset(name string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "us-ascii", "ascii":
		return in, nil
	case "iso-8859-1", "latin1":
		return &latin1{in: in}, nil
	}
	return nil, &xml.SyntaxError{Msg: fmt.Sprintf("the encoding %q is not read; deliver UTF-8", schemas.ClipValue(name)), Line: 1}
}

// latin1 turns ISO 8859-1 into UTF-8.
type latin1 struct {
	in   io.Reader
	rest []byte
}

// Read reads on.
func (l *latin1) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		var raw [4096]byte
		n, err := l.in.Read(raw[:])
		for _, c := range raw[:n] {
			l.rest = append(l.rest, string(rune(c))...)
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// take takes one token.
func (c *camtReader) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.Directive:
		return c.d.refuse(schemas.CodeHostileObject, "it declares a document type, by which entities could be made; no camt message has one")
	case xml.StartElement:
		return c.start(&t)
	case xml.EndElement:
		if len(c.path) == 0 || c.path[len(c.path)-1] != t.Name.Local {
			return c.d.refuse(schemas.CodeUnreadableObject, "it closes %q, which is not open", schemas.ClipValue(t.Name.Local))
		}
		err := c.end()
		c.path = c.path[:len(c.path)-1]
		c.text.Reset()
		return err
	case xml.CharData:
		if len(t)+c.text.Len() > mostText {
			return c.d.refuse(schemas.CodeHostileObject, "a text of it is longer than %d bytes", mostText)
		}
		c.text.Write(t)
	}
	return nil
}

func (c *camtReader) start(t *xml.StartElement) error {
	if len(c.path) >= c.d.limits.Depth {
		return c.d.refuse(schemas.CodeHostileObject, "its elements nest deeper than %d", c.d.limits.Depth)
	}
	if len(t.Name.Local) > 100 || len(t.Attr) > 100 {
		return c.d.refuse(schemas.CodeHostileObject, "an element of it has a name or attributes that no message has")
	}
	if len(c.path) == 0 {
		if c.kind != "" {
			return c.d.refuse(schemas.CodeUnreadableObject, "it has a second document")
		}
		if err := c.message(t); err != nil {
			return err
		}
	}
	c.path = append(c.path, t.Name.Local)
	c.text.Reset()
	c.money = ""
	for _, a := range t.Attr {
		if a.Name.Local == "Ccy" {
			c.money = a.Value
		}
	}
	switch {
	case len(c.path) == 3 && c.isStatement():
		c.stmt = statementOf{}
		c.statements++
	case len(c.path) == 4 && c.path[3] == "Ntry":
		c.entry = entryOf{}
	case c.inTransaction() == len(c.path):
		c.tx = &transactionOf{}
	}
	return nil
}

// message tells by the root's namespace which message it is.
func (c *camtReader) message(t *xml.StartElement) error {
	space := ""
	for _, a := range t.Attr {
		if (t.Name.Space == "" && a.Name.Space == "" && a.Name.Local == "xmlns") || (a.Name.Space == "xmlns" && a.Name.Local == t.Name.Space) {
			space = a.Value
		}
	}
	m := camtSpace.FindStringSubmatch(space)
	if t.Name.Local != "Document" || m == nil {
		return c.d.refuse(schemas.CodeUnreadableObject, "its root is %q of %q, and not a Document of camt.052, camt.053 or camt.054", schemas.ClipValue(t.Name.Local), schemas.ClipValue(space))
	}
	if version, _ := strconv.Atoi(m[2]); version < 1 {
		return c.d.refuse(schemas.CodeUnreadableObject, "camt.%s.001.%s is no version", m[1], m[2])
	}
	c.kind = map[string]payment.Kind{"052": payment.Intraday, "053": payment.Booked, "054": payment.Advice}[m[1]]
	return nil
}

func (c *camtReader) isStatement() bool {
	return c.path[2] == "Stmt" || c.path[2] == "Rpt" || c.path[2] == "Ntfctn"
}

// inTransaction is below how many elements a transaction begins, 0 where none is open: Ntry/NtryDtls/TxDtls, or Ntry/TxDtls in .01.
func (c *camtReader) inTransaction() int {
	switch {
	case len(c.path) < 5 || c.path[3] != "Ntry":
	case c.path[4] == "TxDtls":
		return 5
	case len(c.path) > 5 && c.path[4] == "NtryDtls" && c.path[5] == "TxDtls":
		return 6
	}
	return 0
}

// end takes the element at hand.
func (c *camtReader) end() error {
	if len(c.path) < 3 || !c.isStatement() {
		return nil
	}
	value := strings.TrimSpace(c.text.String())
	if at := c.inTransaction(); at > 0 {
		if len(c.path) > at {
			c.tx.set(strings.Join(c.path[at:], "/"), value, c.money)
			return nil
		}
		if len(c.entry.parts) >= mostTransactions {
			return c.d.refuse(schemas.CodeHostileObject, "an entry of it has more than %d transactions", mostTransactions)
		}
		c.entry.parts = append(c.entry.parts, c.tx)
		return nil
	}
	switch {
	case len(c.path) == 3:
		return c.endStatement()
	case c.path[3] == "Ntry" && len(c.path) == 4:
		return c.endEntry()
	case c.path[3] == "Ntry":
		c.entry.set(strings.Join(c.path[4:], "/"), value, c.money)
		return nil
	}
	c.stmt.set(strings.Join(c.path[3:], "/"), value, c.money)
	return nil
}
