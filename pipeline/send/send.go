package send

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"daybook/pipeline/book"
	"daybook/pipeline/document"
	"daybook/pipeline/document/issued"
	"daybook/pipeline/register"
	"daybook/pipeline/run"
	post "daybook/pipeline/send/mail"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/sending"
)

// Sender brings documents to customers.
type Sender struct {
	// Book says who gets what; it has something to say of it.
	Book *book.Book
	// Store holds the documents, and what became of them.
	Store store.Store
	// Server takes mail; nil where the book sends none.
	Server *post.Server
	// Open opens the place of a folder, as the book writes it.
	Open func(ctx context.Context, place string) (store.Store, error)
	// Now is the time.
	Now func() time.Time
	// Token is this sender's, unlike that of any other: of two that begin the same attempt in the same second, one does.
	Token string
	// Wanted says which documents are looked at, by month and number; nil is all.
	Wanted func(schemas.Period, string) bool
}

// Item is what became of a document on the way to a recipient.
type Item struct {
	Document  string            `json:"document"`
	Period    schemas.Period    `json:"period"`
	Account   schemas.AccountID `json:"account"`
	Recipient string            `json:"recipient"`
	By        sending.Way       `json:"by"`
	// Issued is the date of the document: what is not sent waits since then.
	Issued schemas.Date `json:"issued"`
	State  State        `json:"state"`
	// Attempt is the last one, from 1; 0 is none. Begun is when it was, and Said the answer.
	Attempt int        `json:"attempt"`
	Begun   *time.Time `json:"begun,omitempty"`
	Said    string     `json:"said,omitempty"`
	Files   []File     `json:"files,omitempty"`
	// New says that it was sent, or tried, just now.
	New bool `json:"new"`
}

// List calls with what became of every document that is to be sent, without sending any. It reads every record, and the error is one
// that is not as it was written.
func (s *Sender) List(ctx context.Context, each func(*Item) error) error {
	return s.walk(ctx, func(x *sender, _ *doc, _ *sending.Recipient, it *Item) error {
		if err := x.recall(ctx, it); err != nil {
			return err
		}
		return each(it)
	})
}

// Send sends every document that is to be sent and was not, and calls with each, and with those that wait for somebody. The error is
// about the register or the store: what a server or a folder did not take is said of the document, and the others go on.
func (s *Sender) Send(ctx context.Context, each func(*Item) error) error {
	return s.walk(ctx, func(x *sender, d *doc, r *sending.Recipient, it *Item) error {
		switch {
		case it.State == Due || it.State == Failed:
			if err := x.attempt(ctx, d, r, it); err != nil {
				return fmt.Errorf("send %s to %s: %w", it.Document, it.Recipient, err)
			}
		case it.State.Waits():
			if err := x.recall(ctx, it); err != nil {
				return err
			}
		default:
			return nil
		}
		return each(it)
	})
}

// sender is one walk over what is to be sent.
type sender struct {
	*Sender
	entity  string
	traces  map[way]trace
	decided map[way][]*sending.Ruling
	places  map[string]store.Store
	session *post.Session
	// down is why the mail server cannot be reached; it is not asked for every mail.
	down error
	// used is the run of the usage that was read last, and paid whose charges stand on whose documents in it.
	used *run.Manifest
	paid map[schemas.AccountID][]schemas.AccountID
}

// doc is a document that is to be sent.
type doc struct {
	*document.Issued
	text   []byte
	digest string
	notes  bool
}

// walk calls with each document and each of its recipients, in order.
func (s *Sender) walk(ctx context.Context, each func(*sender, *doc, *sending.Recipient, *Item) error) (err error) {
	x := &sender{Sender: s, entity: s.Book.Provider.ID, decided: map[way][]*sending.Ruling{}, places: map[string]store.Store{}}
	defer func() {
		if x.session != nil {
			err = errors.Join(err, x.session.Close())
		}
	}()
	if x.traces, err = traces(ctx, s.Store, x.entity); err != nil {
		return err
	}
	for i := range s.Book.Sent {
		d := &s.Book.Sent[i]
		w := way{d.Document, d.Recipient}
		x.decided[w] = append(x.decided[w], d)
	}
	all, err := register.Read(ctx, s.Store, x.entity)
	if err != nil {
		return err
	}
	who := recipientsOf(s.Book)
	for i := range all {
		e := &all[i]
		if e.Done == nil || e.Issued.Before(s.Book.Sending.Since) {
			continue
		}
		for k := range e.Done.Objects {
			_, err := register.EachDocument(ctx, s.Store, e.Done.Objects[k].Key, func(text []byte) error {
				return x.document(text, len(e.Notes) > 0, who, each)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// document calls with each recipient of a document.
func (x *sender) document(text []byte, notes bool, who *recipients, each func(*sender, *doc, *sending.Recipient, *Item) error) error {
	is, err := issued.Read(text)
	if err != nil {
		return err
	}
	if x.Wanted != nil && !x.Wanted(is.Invoice.Period, is.Number) {
		return nil
	}
	d := &doc{Issued: is, text: text, digest: register.DigestOf(text), notes: notes}
	for _, r := range who.of(is.Invoice.Account) {
		if is.Date.Before(r.From) {
			continue
		}
		w := way{is.Number, r.ID}
		it := &Item{Document: is.Number, Period: is.Invoice.Period, Account: is.Invoice.Account, Recipient: r.ID, By: r.By, Issued: is.Date}
		it.Attempt, it.State = x.traces[w].attempts, cmp.Or(x.traces[w].state, Due)
		x.decide(w, it)
		if err := each(x, d, r, it); err != nil {
			return err
		}
	}
	return nil
}

// decide applies what was decided about the last attempt, or about the first before there was one.
func (x *sender) decide(w way, it *Item) {
	for _, d := range x.decided[w] {
		if d.Attempt != max(it.Attempt, 1) {
			continue
		}
		switch d.Outcome {
		case sending.Arrived:
			it.State = Arrived
		case sending.Never:
			it.State = Dropped
		case sending.Again:
			it.State = Due
		}
		it.Said = strings.TrimSuffix(fmt.Sprintf("decided by %s on %s: %s", d.By, d.On, d.Reason), ": ")
	}
	if it.State == Unknown && it.By != sending.ByMail {
		it.State = Due // and the attempt goes on: what lies there already is not put there twice
		it.Attempt--
	}
}

// recall reads the records of the last attempt.
func (x *sender) recall(ctx context.Context, it *Item) error {
	if it.Attempt == 0 || it.State == Due {
		return nil
	}
	w := way{it.Document, it.Recipient}
	var a Attempt
	if err := read(ctx, x.Store, w.key(x.entity, it.Attempt, begun), &a); err != nil {
		return err
	}
	it.Begun, it.Files = &a.At, a.Files
	if state := x.traces[w].state; state != Unknown {
		var e End
		if err := read(ctx, x.Store, w.key(x.entity, it.Attempt, string(state)), &e); err != nil {
			return err
		}
		it.Said = cmp.Or(it.Said, e.Said)
	} else {
		it.Said = cmp.Or(it.Said, "nobody heard whether it was taken")
	}
	return nil
}

// attempt sends a document to a recipient. The attempt is in the store before, and how it ended after.
func (x *sender) attempt(ctx context.Context, d *doc, r *sending.Recipient, it *Item) error {
	a := &Attempt{
		Document: it.Document, Digest: d.digest, Account: it.Account, Recipient: r.ID, Number: it.Attempt + 1, By: r.By, Place: r.Place,
		At: second(x.Now()), Sender: x.Token,
	}
	a.Message = name(x.entity, a)
	it.Attempt, it.New, it.Begun, it.Said = a.Number, true, &a.At, ""
	before, err := x.goesOn(ctx, a)
	if err != nil {
		return err
	}
	if before != nil {
		if r.By == sending.ByMail {
			it.State, it.Said = Unknown, beingSent
			return nil
		}
		a.At = before.At
	}
	files, err := x.prepare(ctx, d, r, a)
	if err == nil && r.By == sending.ByMail {
		err = x.open(ctx)
	}
	if err != nil { // nothing is begun, and the next time may be better
		it.Attempt--
		x.judge(it, err)
		return nil
	}
	it.Files = a.Files
	if before == nil {
		mine, err := begin(ctx, x.Store, x.entity, a)
		if err != nil {
			return err
		}
		if !mine {
			it.State, it.Said = Unknown, beingSent
			return nil
		}
	} else {
		*a = *before
	}
	x.judge(it, x.deliver(ctx, d, r, a, files))
	if it.State == Unknown || it.State == Failed && it.By != sending.ByMail {
		return nil // the attempt has no end
	}
	return end(ctx, x.Store, x.entity, a, &End{State: it.State, At: second(x.Now()), Said: it.Said})
}

const beingSent = "it is being sent by another"

// goesOn is the attempt that somebody began and did not end, of what is put into folders.
func (x *sender) goesOn(ctx context.Context, a *Attempt) (*Attempt, error) {
	var before Attempt
	err := read(ctx, x.Store, way{a.Document, a.Recipient}.key(x.entity, a.Number, begun), &before)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &before, nil
}

// cannotError is what keeps a document from being sent until something is changed.
type cannotError struct{ error }

// Unwrap returns what it is.
func (e cannotError) Unwrap() error { return e.error }

// prepare makes the files of an attempt, and finds to whom they go.
func (x *sender) prepare(ctx context.Context, d *doc, r *sending.Recipient, a *Attempt) ([]post.File, error) {
	if r.By == sending.ByMail {
		if a.To = r.To; len(a.To) == 0 {
			if _, c, there := x.Book.Account(a.Account); there && c.Email != "" {
				a.To = []string{c.Email}
			}
		}
		for _, to := range a.To {
			if address, err := mail.ParseAddress(to); err != nil || address.Address != to {
				return nil, cannotError{fmt.Errorf("%q is no address for mail; correct it in the book", to)}
			}
		}
		if len(a.To) == 0 {
			return nil, cannotError{errors.New("the customer has no address for mail; add to, or email to the customer")}
		}
	}
	files, err := x.files(ctx, d, r, a)
	if err != nil {
		return nil, cannotError{err}
	}
	a.Files = described(files)
	return files, nil
}

// open has a session with the mail server.
func (x *sender) open(ctx context.Context) error {
	if x.session != nil && x.session.Alive() {
		return nil
	}
	x.hangUp()
	if x.down != nil {
		return x.down
	}
	x.session, x.down = x.Server.Open(ctx)
	return x.down
}

// hangUp gives a session up.
func (x *sender) hangUp() {
	if x.session != nil {
		_ = x.session.Close() // what was taken was taken
		x.session = nil
	}
}

// deliver gives files to a server, or puts them into a folder.
func (x *sender) deliver(ctx context.Context, d *doc, r *sending.Recipient, a *Attempt, files []post.File) error {
	if r.By != sending.ByMail {
		return x.put(ctx, r.Place, a, files)
	}
	body, err := x.message(d, a, files).Bytes()
	if err != nil {
		return cannotError{err}
	}
	return x.session.Send(x.Book.Sending.Mail.From, a.To, body)
}

// put puts files into a folder. What is there with the same bytes is there.
func (x *sender) put(ctx context.Context, place string, a *Attempt, files []post.File) error {
	into := x.places[place]
	if into == nil {
		var err error
		if into, err = x.Open(ctx, place); err != nil {
			return err
		}
		x.places[place] = into
	}
	if now := described(files); !slices.Equal(now, a.Files) {
		return cannotError{errors.New("it is made otherwise than when it was begun; decide whether it is sent again")}
	}
	for i := range files {
		_, err := into.Create(ctx, files[i].Name, bytes.NewReader(files[i].Body))
		if errors.Is(err, store.ErrExists) {
			return cannotError{fmt.Errorf("%s is in the folder with other bytes; move it away, and decide to send it again", files[i].Name)}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// judge says what became of an attempt that came to an error, or to none.
func (x *sender) judge(it *Item, err error) {
	if err == nil {
		it.State = Sent
		return
	}
	refused, is := errors.AsType[*post.RefusedError](err)
	_, cannot := errors.AsType[cannotError](err)
	switch {
	case cannot, is && !refused.Temporary:
		it.State = Refused
	case is, it.By != sending.ByMail:
		it.State = Failed
	default:
		it.State = Unknown
	}
	if it.Said = err.Error(); !cannot {
		x.hangUp() // what the session is good for is not known
	}
}

// recipients are whose documents go to whom.
type recipients struct {
	customer  func(schemas.AccountID) string
	accounts  map[schemas.AccountID][]*sending.Recipient
	customers map[string][]*sending.Recipient
	others    []*sending.Recipient
}

func recipientsOf(b *book.Book) *recipients {
	out := &recipients{
		accounts: map[schemas.AccountID][]*sending.Recipient{}, customers: map[string][]*sending.Recipient{},
		customer: func(id schemas.AccountID) string {
			if _, c, there := b.Account(id); there {
				return c.ID
			}
			return ""
		},
	}
	for i := range b.Sending.Recipients {
		switch r := &b.Sending.Recipients[i]; {
		case r.Account != "":
			out.accounts[r.Account] = append(out.accounts[r.Account], r)
		case r.Customer != "":
			out.customers[r.Customer] = append(out.customers[r.Customer], r)
		default:
			out.others = append(out.others, r)
		}
	}
	return out
}

// of are the recipients of an account's documents.
func (r *recipients) of(id schemas.AccountID) []*sending.Recipient {
	if list := r.accounts[id]; len(list) > 0 {
		return list
	}
	if list := r.customers[r.customer(id)]; len(list) > 0 {
		return list
	}
	return r.others
}
