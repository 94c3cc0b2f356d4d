package send

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"daybook/pipeline/document"
	"daybook/pipeline/document/form"
	"daybook/pipeline/document/markup"
	"daybook/pipeline/run"
	"daybook/pipeline/send/detail"
	"daybook/pipeline/send/envelope"
	"daybook/pipeline/send/mail"
	"daybook/schemas"
	"daybook/schemas/sending"
)

// types are the media types of files by how their names end.
var types = map[string]string{
	"pdf": "application/pdf", "html": "text/html; charset=utf-8", "json": "application/json", "xml": "application/xml",
	"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet",
}

// files makes what a recipient gets of a document. Whoever sends it again gets the same bytes for the same attempt.
func (x *sender) files(ctx context.Context, d *doc, r *sending.Recipient, a *Attempt) (out []mail.File, err error) {
	name := d.Number
	if a.Number > 1 && r.By != sending.ByMail { // the first of that name stays as it is
		name = fmt.Sprintf("%s-%d", d.Number, a.Number)
	}
	if r.By == sending.ByPeppol {
		body, err := letter(d, a)
		if err != nil {
			return nil, err
		}
		return []mail.File{{Name: name + ".xml", Type: types["xml"], Body: body}}, nil
	}
	for _, as := range attachments(r) {
		f := mail.File{}
		switch as {
		case sending.UsageCSV, sending.UsageParquet:
			if d.notes {
				continue // which say of each line what it corrects
			}
			parquet, extension := as == sending.UsageParquet, "csv"
			if parquet {
				extension = "parquet"
			}
			f.Name, f.Type = name+"-usage."+extension, types[extension]
			f.Body, err = x.usage(ctx, d, parquet)
		default:
			var extension string
			f.Body, extension, err = form.Make(d.text, form.Form(as))
			f.Name, f.Type = name+"."+extension, types[extension]
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// attachments are the forms that a recipient gets.
func attachments(r *sending.Recipient) []sending.Attachment {
	if len(r.Attach) == 0 {
		return []sending.Attachment{sending.AsPDF}
	}
	return r.Attach
}

// letter is a document in its envelope for a Peppol access point.
func letter(d *doc, a *Attempt) ([]byte, error) {
	invoice, _, err := form.Make(d.text, form.Form(sending.AsPeppol))
	if err != nil {
		return nil, err
	}
	l := envelope.Letter{ID: a.Message, At: a.At, Invoice: invoice}
	if s := d.Invoice.Seller; s != nil && s.Postal != nil {
		l.Sender, l.Country = s.Endpoint, s.Postal.Country
	}
	if b := d.Invoice.Buyer; b != nil {
		l.Receiver = b.Endpoint
	}
	return envelope.Wrap(&l)
}

// usage is the usage of the accounts that stand on a document.
func (x *sender) usage(ctx context.Context, d *doc, parquet bool) ([]byte, error) {
	if x.used == nil || x.used.Run != d.Run {
		m, err := run.ReadManifest(ctx, x.Store, d.Invoice.Period, d.Run)
		if err != nil {
			return nil, fmt.Errorf("read the run of %s: %w", d.Number, err)
		}
		book, err := run.OpenBook(ctx, x.Store, &m.Spec)
		if err != nil {
			return nil, fmt.Errorf("read the book of the run of %s: %w", d.Number, err)
		}
		x.used, x.paid = m, map[schemas.AccountID][]schemas.AccountID{}
		for of, payer := range book.Payers() {
			if of != payer {
				x.paid[payer] = append(x.paid[payer], of)
			}
		}
	}
	accounts := append([]schemas.AccountID{d.Invoice.Account}, x.paid[d.Invoice.Account]...)
	slices.Sort(accounts)
	return detail.Write(ctx, x.Store, x.used, slices.Compact(accounts), parquet)
}

// message is the mail with a document.
func (x *sender) message(d *doc, a *Attempt, files []mail.File) *mail.Message {
	settings := x.Book.Sending.Mail
	seller := x.Book.Provider.LegalName
	amount := markup.AppendFixed(nil, d.Invoice.Due, d.Invoice.Places)
	due := fmt.Sprintf("Total: %s %s.", d.Invoice.Currency, amount)
	if !d.Due.IsZero() && d.Invoice.Due.Sign() > 0 {
		due = fmt.Sprintf("Amount due: %s %s, by %s.", d.Invoice.Currency, amount, d.Due)
	}
	title := document.Title(d.Issued)
	text := append([]string{fmt.Sprintf("%s of %s for %s is attached.", title, d.Date, d.Invoice.Period), due}, settings.Text...)
	return &mail.Message{
		From: settings.From, ReplyTo: settings.ReplyTo, Name: seller, To: a.To, Subject: title + " of " + seller,
		Text: append(text, seller), ID: a.Message, At: a.At, Files: files,
	}
}

// name is what an attempt's mail or envelope is called, unlike any other: 128 bits in the manner of a UUID (RFC 9562, version 8).
func name(entity string, a *Attempt) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%d\n%s", entity, a.Document, a.Recipient, a.Number, a.Digest))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// described says what files are.
func described(files []mail.File) []File {
	out := []File{}
	for i := range files {
		sum := sha256.Sum256(files[i].Body)
		out = append(out, File{files[i].Name, hex.EncodeToString(sum[:]), int64(len(files[i].Body))})
	}
	return out
}

// second is a time as records have it.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
