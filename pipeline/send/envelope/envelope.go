// Package envelope puts electronic invoices into the envelope in which they travel between Peppol access points: a Standard Business
// Document of UN/CEFACT with the business scopes of Peppol.
//
// Start reading at [Wrap].
package envelope

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"time"
)

// Letter is what an envelope says.
type Letter struct {
	// Sender and Receiver are their endpoints: a code of the list of electronic address schemes, a colon and the identifier.
	Sender, Receiver string
	// Country is that of the sender (ISO 3166 alpha-2).
	Country string
	// ID is the envelope's own, unlike that of any other, and At when it was made.
	ID string
	At time.Time
	// Invoice is a UBL invoice or credit note that names its specification and its process.
	Invoice []byte
}

// The identifiers of Peppol (Policy for use of identifiers 4.4; Peppol Business Message Envelope 2.0.1).
const (
	namespace = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
	authority = "iso6523-actorid-upis"
	version   = "2.1"
)

type header struct {
	XMLName  xml.Name       `xml:"StandardBusinessDocumentHeader"`
	Version  string         `xml:"HeaderVersion"`
	Sender   partner        `xml:"Sender"`
	Receiver partner        `xml:"Receiver"`
	Document identification `xml:"DocumentIdentification"`
	Scopes   []scope        `xml:"BusinessScope>Scope"`
}

type partner struct {
	ID struct {
		Authority string `xml:"Authority,attr"`
		Text      string `xml:",chardata"`
	} `xml:"Identifier"`
}

type identification struct {
	Standard string `xml:"Standard"`
	Version  string `xml:"TypeVersion"`
	ID       string `xml:"InstanceIdentifier"`
	Type     string `xml:"Type"`
	At       string `xml:"CreationDateAndTime"`
}

type scope struct {
	Type string `xml:"Type"`
	ID   string `xml:"InstanceIdentifier"`
	As   string `xml:"Identifier,omitempty"`
}

// invoice is what of a document its envelope repeats.
type invoice struct {
	XMLName       xml.Name
	Specification string `xml:"CustomizationID"`
	Process       string `xml:"ProfileID"`
}

// Wrap returns the envelope with what is in it. The same letter has the same bytes. The error is a document that does not travel so.
func Wrap(l *Letter) ([]byte, error) {
	var in invoice
	if err := xml.Unmarshal(l.Invoice, &in); err != nil {
		return nil, fmt.Errorf("wrap a document: %w", err)
	}
	root := in.XMLName
	if root.Local != "Invoice" && root.Local != "CreditNote" || in.Specification == "" || in.Process == "" {
		return nil, fmt.Errorf("wrap a document: a %s of specification %q and process %q does not travel by Peppol", root.Local, in.Specification, in.Process)
	}
	h := header{
		Version: "1.0",
		Document: identification{
			Standard: root.Space, Version: version, ID: l.ID, Type: root.Local, At: l.At.UTC().Format("2006-01-02T15:04:05Z"),
		},
		Scopes: []scope{
			{"DOCUMENTID", root.Space + "::" + root.Local + "##" + in.Specification + "::" + version, "busdox-docid-qns"},
			{"PROCESSID", in.Process, "cenbii-procid-ubl"},
			{"COUNTRY_C1", l.Country, ""},
		},
	}
	for _, x := range []struct {
		to   *partner
		text string
	}{{&h.Sender, l.Sender}, {&h.Receiver, l.Receiver}} {
		if x.text == "" {
			return nil, errors.New("wrap a document: one of the parties has no endpoint")
		}
		x.to.ID.Authority, x.to.ID.Text = authority, x.text
	}
	var out bytes.Buffer
	out.WriteString(xml.Header + `<StandardBusinessDocument xmlns="` + namespace + `">` + "\n")
	e := xml.NewEncoder(&out)
	e.Indent("  ", "  ")
	if err := e.Encode(&h); err != nil {
		return nil, fmt.Errorf("wrap a document: %w", err)
	}
	out.WriteByte('\n')
	body := bytes.TrimSpace(l.Invoice)
	if bytes.HasPrefix(body, []byte("<?xml")) {
		_, body, _ = bytes.Cut(body, []byte("?>"))
	}
	out.Write(bytes.TrimSpace(body))
	out.WriteString("\n</StandardBusinessDocument>\n")
	return out.Bytes(), nil
}
