// Package sent holds what a book says of the sending of documents to its rules.
//
// Start reading at [Book.Check].
package sent

import (
	"net"
	"net/mail"
	"slices"
	"strings"

	"daybook/pipeline/book/parse"
	"daybook/schemas"
	"daybook/schemas/sending"
)

// Book is a book as far as sending is held against it.
type Book struct {
	*parse.Reader
	// Customer and Account complain of a name under a key that the book does not have, and report whether it has it.
	Customer, Account func(at parse.Spot, key, id string) bool
	// Identifier complains of a text that is none.
	Identifier func(at parse.Spot, id string)
	// Address is the email of a customer, or that of an account's; empty where the book has none.
	Address func(customer string, account schemas.AccountID) string
	// Unaddressed is a customer without an email; empty where all have one.
	Unaddressed func() string
	// Electronic says that documents are issued with what electronic invoices ask for.
	Electronic bool
}

// Check complains of what cannot be sent, or decided.
func (b *Book) Check(at parse.Spot, x *sending.Sending, decisions *parse.List[sending.Ruling]) {
	if !at.There() {
		for i := range decisions.Items {
			b.Complain(decisions.Spots[i], "add sending.yaml, or remove the row", "nothing is sent, so nothing can be decided about it")
		}
		return
	}
	if x.Mail != nil {
		b.mail(at.Field("mail"), x.Mail)
	}
	seen := map[string]parse.Spot{}
	for i := range x.Recipients {
		r, here := &x.Recipients[i], at.Field("recipients").At(i)
		if r.ID != "" {
			b.Identifier(here.Field("id"), r.ID)
		}
		if first, twice := seen[r.ID]; twice {
			b.Complain(here.Field("id"), "rename one of them", "there are two of recipient %s; the first is at %s", parse.Clip(r.ID), first.Where())
			continue
		}
		seen[r.ID] = here
		b.recipient(here, x, r)
	}
	b.decisions(x, decisions)
}

// mail complains of a server to which no mail can be given.
func (b *Book) mail(at parse.Spot, m *sending.Mail) {
	host, port, err := net.SplitHostPort(m.Server)
	switch {
	case m.Server == "": // which has been complained of
	case err != nil || host == "" || port == "" || strings.ContainsAny(m.Server, "/@ "):
		b.Complain(at.Field("server"), "write a name, a colon and a port, such as mail.example.com:587", "%q is no mail server", parse.Clip(m.Server))
	case m.Security == sending.Plain && !local(host):
		b.Complain(at.Field("security"), "write starttls or tls", "mail to %s would go over the network as everybody can read it", host)
	}
	for _, x := range []struct{ key, text string }{{"from", m.From}, {"reply_to", m.ReplyTo}} {
		if x.text != "" {
			b.address(at.Field(x.key), x.text)
		}
	}
}

// local reports whether a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// address complains of what is no address for mail, or is more than one.
func (b *Book) address(at parse.Spot, text string) {
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
		b.Complain(at, "write it like billing@example.com", "%q is no address for mail", parse.Clip(text))
	}
}

// recipient complains of one that cannot be reached, or that is told two things at once.
func (b *Book) recipient(at parse.Spot, x *sending.Sending, r *sending.Recipient) {
	known := true
	switch {
	case r.Account != "" && r.Customer != "":
		b.Complain(at.Field("customer"), "remove it", "account %s is of one customer", parse.Clip(string(r.Account)))
	case r.Account != "":
		known = b.Account(at, "account", string(r.Account))
	case r.Customer != "":
		known = b.Customer(at, "customer", r.Customer)
	}
	switch r.By {
	case sending.ByMail:
		b.byMail(at, x, r, known)
	case sending.ByFolder, sending.ByPeppol:
		if r.Place == "" {
			b.Complain(at, "add place, a directory or a bucket", "recipient %s does not say where the files go", parse.Clip(r.ID))
		}
		if len(r.To) > 0 {
			b.Complain(at.Field("to"), "remove it, or write by: mail", "files in a folder have no address for mail")
		}
	}
	b.attachments(at, r)
}

func (b *Book) byMail(at parse.Spot, x *sending.Sending, r *sending.Recipient, known bool) {
	if x.Mail == nil {
		b.Complain(at.Field("by"), "add mail to sending.yaml, with server and from", "the book does not say by what server mail is sent")
	}
	if r.Place != "" {
		b.Complain(at.Field("place"), "remove it, or write by: folder", "mail goes to no folder")
	}
	for i, to := range r.To {
		b.address(at.Field("to").At(i), to)
	}
	if len(r.To) > 0 || !known {
		return
	}
	if r.Customer != "" || r.Account != "" {
		if b.Address(r.Customer, r.Account) == "" {
			b.Complain(at, "add to, or email to the customer", "recipient %s has no address for mail", parse.Clip(r.ID))
		}
	} else if who := b.Unaddressed(); who != "" {
		b.Complain(at, "add to, or email to every customer", "recipient %s is whoever no other names, and customer %s has no email", parse.Clip(r.ID), who)
	}
}

// attachments complains of forms that a recipient cannot get.
func (b *Book) attachments(at parse.Spot, r *sending.Recipient) {
	list := at.Field("attach")
	if r.By == sending.ByPeppol && len(r.Attach) > 0 {
		b.Complain(list, "remove it", "a Peppol access point takes Peppol BIS Billing 3.0 and nothing else")
	}
	if r.By == sending.ByPeppol && !b.Electronic {
		b.Complain(at.Field("by"), "write invoicing: {electronic: true} in provider.yaml", "documents are issued without what electronic invoices ask for")
	}
	for i, a := range r.Attach {
		if slices.Index(r.Attach, a) < i {
			b.Complain(list.At(i), "remove one of them", "%s stands twice", a)
		}
		if a.Electronic() && !b.Electronic {
			b.Complain(list.At(i), "write invoicing: {electronic: true} in provider.yaml", "documents are issued without what electronic invoices ask for, such as %s", a)
		}
	}
	pdfs, xmls := 0, 0
	for _, a := range r.Attach {
		switch a {
		case sending.AsPDF, sending.AsFacturX:
			pdfs++
		case sending.AsPeppol, sending.AsXRechnung, sending.AsXRechnungCII, sending.AsUBL, sending.AsCII:
			xmls++
		case sending.AsHTML, sending.AsJSON, sending.UsageCSV, sending.UsageParquet:
		}
	}
	if pdfs > 1 || xmls > 1 {
		b.Complain(list, "choose one of them, or add a second recipient", "two attachments would have one name")
	}
}

// decisions complains of those about nobody, and of two about one attempt.
func (b *Book) decisions(x *sending.Sending, all *parse.List[sending.Ruling]) {
	type attempt struct {
		document, recipient string
		number              int
	}
	var names []string
	known, seen := map[string]bool{"": true}, map[attempt]parse.Spot{}
	for i := range x.Recipients {
		names = append(names, x.Recipients[i].ID)
		known[x.Recipients[i].ID] = true
	}
	for i := range all.Items {
		d, at := &all.Items[i], all.Spots[i]
		if !known[d.Recipient] {
			b.Complain(at.Field("recipient"), parse.DidYouMean(d.Recipient, names[:min(len(names), 1000)], "add the recipient to sending.yaml, or correct the name"), "there is no recipient %q in sending.yaml", parse.Clip(d.Recipient))
		}
		if d.Attempt < 1 {
			b.Complain(at.Field("attempt"), "write 1 for the first", "attempts are counted from 1")
		}
		key := attempt{d.Document, d.Recipient, d.Attempt}
		if first, twice := seen[key]; twice {
			b.Complain(at, "remove one of them", "attempt %d of %s to %s is decided at %s already", d.Attempt, parse.Clip(d.Document), parse.Clip(d.Recipient), first.Where())
			continue
		}
		seen[key] = at
	}
}
