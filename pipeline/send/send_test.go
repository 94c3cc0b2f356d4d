package send_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daybook/fixtures/papers"
	"daybook/fixtures/postbox"
	"daybook/pipeline/book"
	"daybook/pipeline/document"
	"daybook/pipeline/register"
	"daybook/pipeline/send"
	"daybook/pipeline/send/mail"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/sending"
)

// issued is a store with documents of a month.
func issued(t *testing.T, n int) store.Store {
	t.Helper()
	s := new(store.Memory)
	c := register.Register(nil).Next("random", "RN", schemas.NewDate(2024, 10, 2))
	c.Period, c.Documents = "2024-09", int64(n)
	if mine, err := register.Begin(t.Context(), s, &c); err != nil || !mine {
		t.Fatal(mine, err)
	}
	w := register.NewWriter(t.Context(), s, &c)
	for seed := range n {
		d := papers.New(uint64(seed))
		if err := w.Add(document.AppendDocumentJSON(nil, d), d.Invoice.Total, d.Invoice.Currency); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	return s
}

var tokens atomic.Int64

// post is a sender of everything to the recipients, with a mail server and a place for folders.
func post(t *testing.T, s store.Store, box *postbox.Box, recipients ...sending.Recipient) (*send.Sender, *store.Memory) {
	t.Helper()
	b := &book.Book{
		Provider: schemas.Provider{ID: "random", Name: "Nordlicht", LegalName: "Nordlicht Cloud GmbH"},
		Sending:  &sending.Sending{Since: schemas.NewDate(2024, 10, 1), Mail: &sending.Mail{From: "billing@nordlicht.example", Text: []string{"Thank you."}}, Recipients: recipients},
	}
	at, folder := time.Date(2024, 10, 2, 3, 4, 5, 6, time.UTC), new(store.Memory)
	out := &send.Sender{
		Book: b, Store: s, Open: func(context.Context, string) (store.Store, error) { return folder, nil },
		Token: fmt.Sprint(tokens.Add(1)), Now: func() time.Time { at = at.Add(time.Minute); return at },
	}
	if box != nil {
		out.Server = &mail.Server{Address: box.Address, Roots: box.Roots, Patience: 5 * time.Second}
	}
	return out, folder
}

// sent sends, and says what became of everything that was tried or waits: number, recipient, state and attempt.
func sent(t *testing.T, x *send.Sender) string {
	t.Helper()
	var out []string
	if err := x.Send(t.Context(), func(it *send.Item) error {
		out = append(out, fmt.Sprintf("%s %s %s %d", strings.TrimPrefix(it.Document, "RN-2024-00000"), it.Recipient, it.State, it.Attempt))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ", ")
}

// expect sends and asserts what becomes of it.
func expect(t *testing.T, x *send.Sender, want string) {
	t.Helper()
	if got := sent(t, x); got != want {
		t.Errorf("it comes to\n%s, and not to\n%s", got, want)
	}
}

func mailTo(id string, to ...string) sending.Recipient {
	return sending.Recipient{ID: id, By: sending.ByMail, To: to, Attach: []sending.Attachment{sending.AsJSON}}
}

// TestSendsOnce sends each document to each recipient once, by mail and into folders, however often it is asked.
func TestSendsOnce(t *testing.T) {
	s, box := issued(t, 3), postbox.Open(t, false)
	x, folder := post(t, s, box, mailTo("all", "a@acme.example"), sending.Recipient{ID: "archive", By: sending.ByFolder, Place: "x", Attach: []sending.Attachment{sending.AsHTML, sending.AsUBL}})
	expect(t, x, "1 all sent 1, 1 archive sent 1, 2 all sent 1, 2 archive sent 1, 3 all sent 1, 3 archive sent 1")
	expect(t, x, "")
	if got := box.Mail(); len(got) != 3 || !bytes.Contains(got[0].Body, []byte("Subject: Invoice RN-2024-000001 of Nordlicht Cloud GmbH")) {
		t.Fatalf("%d mails came", len(got))
	}
	for _, name := range []string{"RN-2024-000001.html", "RN-2024-000003.xml"} {
		if _, err := store.Stat(t.Context(), folder, name); err != nil {
			t.Error(err)
		}
	}
	var states []send.State
	if err := x.List(t.Context(), func(it *send.Item) error {
		if states = append(states, it.State); len(it.Files) == 0 || it.Begun == nil {
			t.Errorf("of %s to %s is not known what was sent when", it.Document, it.Recipient)
		}
		return nil
	}); err != nil || len(states) != 6 {
		t.Errorf("%v: %v", states, err)
	}
}

// TestRecipients finds who gets the documents of an account, and from when on.
func TestRecipients(t *testing.T) {
	s, box := issued(t, 1), postbox.Open(t, false)
	mine := mailTo("mine", "a@acme.example")
	mine.Account = "acme"
	late := mine
	late.ID, late.From = "late", schemas.NewDate(2024, 10, 3)
	other := mailTo("other", "b@acme.example")
	other.Account = "birch"
	x, _ := post(t, s, box, mailTo("all", "c@acme.example"), other, mine, late)
	expect(t, x, "1 mine sent 1")
	x.Book.Sending.Since = schemas.NewDate(2024, 10, 3)
	x.Book.Sending.Recipients[2].ID = "renamed"
	expect(t, x, "")
}

// TestRefused tries again what may be taken later, and leaves to a decision what was refused for good.
func TestRefused(t *testing.T) {
	s, box := issued(t, 1), postbox.Open(t, false)
	x, _ := post(t, s, box, mailTo("busy", "later@acme.example"), mailTo("gone", "fine@acme.example", "nobody@acme.example"))
	expect(t, x, "1 busy failed 1, 1 gone refused 1")
	x.Book.Sending.Recipients[0].To = []string{"fine@acme.example"}
	expect(t, x, "1 busy sent 2, 1 gone refused 1")
	if len(box.Mail()) != 1 {
		t.Errorf("%d mails came, and to one of two addresses is to none", len(box.Mail()))
	}
	x.Book.Sending.Recipients[1].To = []string{"fine@acme.example"}
	expect(t, x, "1 gone refused 1")
	x.Book.Sent = []sending.Ruling{{Document: "RN-2024-000001", Recipient: "gone", Attempt: 1, Outcome: sending.Again}}
	expect(t, x, "1 gone sent 2")
	expect(t, x, "")
	x.Book.Sent = append(x.Book.Sent, sending.Ruling{Document: "RN-2024-000001", Recipient: "gone", Attempt: 2, Outcome: sending.Again})
	expect(t, x, "1 gone sent 3")
	if len(box.Mail()) != 3 {
		t.Errorf("%d mails came", len(box.Mail()))
	}
}

// TestUnreachable keeps nothing of what a server that is not there did not take.
func TestUnreachable(t *testing.T) {
	s, box := issued(t, 2), postbox.Open(t, false)
	x, _ := post(t, s, box, mailTo("all", "a@acme.example"))
	there := x.Server.Address
	x.Server.Address = "127.0.0.1:1"
	expect(t, x, "1 all failed 0, 2 all failed 0")
	x.Server.Address = there
	expect(t, x, "1 all sent 1, 2 all sent 1")
}

// TestUnknown leaves to a decision what may have been taken: the server fell silent, or whoever sent it was stopped.
func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		outcome sending.Outcome
		want    string
		mails   int
	}{{sending.Arrived, "", 1}, {sending.Never, "", 1}, {sending.Again, "1 all sent 2", 2}} {
		s, box := issued(t, 1), postbox.Open(t, false)
		x, _ := post(t, s, box, mailTo("all", "a@acme.example"))
		box.Silent(true)
		expect(t, x, "1 all unknown 1")
		box.Silent(false)
		expect(t, x, "1 all unknown 1")
		x.Book.Sent = []sending.Ruling{{Document: "RN-2024-000001", Recipient: "all", Attempt: 1, Outcome: c.outcome}}
		expect(t, x, c.want)
		expect(t, x, "")
		if len(box.Mail()) != c.mails {
			t.Errorf("%s: %d mails came", c.outcome, len(box.Mail()))
		}
	}
}

// stopping is a store of which the machine stops before some creation.
type stopping struct {
	store.Store
	left int
}

var errStopped = errors.New("stopped")

func (s *stopping) Create(ctx context.Context, key string, body io.ReadSeeker) (store.Info, error) {
	if s.left--; s.left < 0 {
		return store.Info{}, errStopped
	}
	return s.Store.Create(ctx, key, body)
}

// TestStopped stops before every write there is: in the end each document was put into the folder once, and each mail was sent at most
// once, or waits for a decision and is shown.
func TestStopped(t *testing.T) {
	for at := range 9 {
		s, box := issued(t, 2), postbox.Open(t, false)
		x, folder := post(t, s, box, mailTo("all", "a@acme.example"), sending.Recipient{ID: "archive", By: sending.ByPeppol, Place: "x"})
		x.Store = &stopping{s, at}
		err := x.Send(t.Context(), func(*send.Item) error { return nil })
		if at < 8 != errors.Is(err, errStopped) {
			t.Fatalf("stopped before write %d: %v", at, err)
		}
		x.Store = s
		first := sent(t, x)
		unknown := strings.Count(first, "unknown")
		if second := sent(t, x); strings.Count(second, "unknown") != unknown || strings.Contains(second, "sent") {
			t.Errorf("stopped before write %d: %s, then %s", at, first, second)
		}
		counts := map[string]int{}
		for _, m := range box.Mail() {
			for n := range 2 {
				number := fmt.Sprintf("RN-2024-%06d", n+1)
				counts[number] += bytes.Count(m.Body, []byte("filename="+number+".json"))
			}
		}
		if sum := counts["RN-2024-000001"] + counts["RN-2024-000002"]; counts["RN-2024-000001"] > 1 || counts["RN-2024-000002"] > 1 || sum+unknown < 2 || unknown > 1 {
			t.Errorf("stopped before write %d: %v mails, %d unknown", at, counts, unknown)
		}
		for _, name := range []string{"RN-2024-000001.xml", "RN-2024-000002.xml"} {
			if _, err := store.Stat(t.Context(), folder, name); err != nil {
				t.Errorf("stopped before write %d: %v", at, err)
			}
		}
	}
}

// TestSendersAtOnce lets several send the same: each mail goes out once.
func TestSendersAtOnce(t *testing.T) {
	s, box := issued(t, 6), postbox.Open(t, false)
	var all sync.WaitGroup
	for range 3 {
		x, _ := post(t, s, box, mailTo("all", "a@acme.example"))
		all.Go(func() {
			if err := x.Send(t.Context(), func(*send.Item) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(box.Mail()); n != 6 {
		t.Errorf("%d mails came of 6", n)
	}
	x, _ := post(t, s, box, mailTo("all", "a@acme.example"))
	expect(t, x, "")
}

// TestFolderTaken does not touch what lies in a folder under its name.
func TestFolderTaken(t *testing.T) {
	s := issued(t, 1)
	x, folder := post(t, s, nil, sending.Recipient{ID: "archive", By: sending.ByFolder, Place: "x", Attach: []sending.Attachment{sending.AsJSON}})
	if _, err := folder.Create(t.Context(), "RN-2024-000001.json", strings.NewReader("theirs")); err != nil {
		t.Fatal(err)
	}
	expect(t, x, "1 archive refused 1")
	expect(t, x, "1 archive refused 1")
	x.Book.Sent = []sending.Ruling{{Document: "RN-2024-000001", Recipient: "archive", Attempt: 1, Outcome: sending.Again}}
	expect(t, x, "1 archive sent 2")
	if body, _, err := store.ReadAll(t.Context(), folder, "RN-2024-000001-2.json"); err != nil || !json.Valid(body) {
		t.Error(err)
	}
}

// TestTampered finds a record that was altered.
func TestTampered(t *testing.T) {
	s, box := issued(t, 1), postbox.Open(t, false)
	x, _ := post(t, s, box, mailTo("all", "a@acme.example"))
	expect(t, x, "1 all sent 1")
	for _, what := range []string{"begun", "sent"} {
		key := "sent/random/RN-2024-000001/all/000001-" + what + ".json"
		body, version, err := store.ReadAll(t.Context(), s, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Swap(t.Context(), key, bytes.Replace(body, []byte("2024-10-02"), []byte("2024-10-03"), 1), version); err != nil {
			t.Fatal(err)
		}
		if err := x.List(t.Context(), func(*send.Item) error { return nil }); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s was altered: %v", what, err)
		}
		back, err := store.Stat(t.Context(), s, key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Swap(t.Context(), key, body, back.Version); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"RN-2024-000001/all/000001-lost.json", "RN-2024-000001/all/first-sent.json", "RN-2024-000002/000001-sent.json"} {
		strange := issued(t, 1)
		if _, err := strange.Create(t.Context(), "sent/random/"+name, strings.NewReader("{}")); err != nil {
			t.Fatal(err)
		}
		x, _ := post(t, strange, box, mailTo("all", "a@acme.example"))
		if err := x.Send(t.Context(), func(*send.Item) error { return nil }); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is none of ours: %v", name, err)
		}
	}
}

// TestBucket puts files into a real bucket where the environment names one, stopped before every write: each is there once.
func TestBucket(t *testing.T) {
	text := os.Getenv("DAYBOOK_TEST_S3")
	if text == "" {
		t.Skip("DAYBOOK_TEST_S3 names no bucket")
	}
	head, query, _ := strings.Cut(text, "?")
	for at := range 5 {
		s := issued(t, 2)
		x, _ := post(t, s, nil, sending.Recipient{ID: "archive", By: sending.ByFolder, Place: "x", Attach: []sending.Attachment{sending.AsJSON}})
		bucket, err := store.Open(t.Context(), fmt.Sprintf("%s/sent-%d-%d?%s", head, os.Getpid(), at, query))
		if err != nil {
			t.Fatal(err)
		}
		x.Open = func(context.Context, string) (store.Store, error) { return bucket, nil }
		x.Store = &stopping{s, at}
		if err := x.Send(t.Context(), func(*send.Item) error { return nil }); err != nil && !errors.Is(err, errStopped) {
			t.Fatal(err)
		}
		x.Store = s
		sent(t, x)
		expect(t, x, "")
		for n := range 2 {
			key := fmt.Sprintf("RN-2024-%06d.json", n+1)
			if body, _, err := store.ReadAll(t.Context(), bucket, key); err != nil || !json.Valid(body) {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
}

// TestEnvelopes writes documents for a Peppol access point where DAYBOOK_TEST_ENVELOPES says, for a reader that shares no code with it.
func TestEnvelopes(t *testing.T) {
	s := issued(t, 5)
	x, folder := post(t, s, nil, sending.Recipient{ID: "peppol", By: sending.ByPeppol, Place: "x"})
	expect(t, x, "1 peppol sent 1, 2 peppol sent 1, 3 peppol sent 1, 4 peppol sent 1, 5 peppol sent 1")
	into := os.Getenv("DAYBOOK_TEST_ENVELOPES")
	for n := range 5 {
		name := fmt.Sprintf("RN-2024-%06d.xml", n+1)
		body, _, err := store.ReadAll(t.Context(), folder, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader">`, `<Identifier Authority="iso6523-actorid-upis">9930:DE123456789</Identifier>`,
			"::2.1</InstanceIdentifier>", "<Identifier>cenbii-procid-ubl</Identifier>", "<InstanceIdentifier>DE</InstanceIdentifier>",
		} {
			if !bytes.Contains(body, []byte(want)) {
				t.Errorf("%s lacks %s:\n%.900s", name, want, body)
			}
		}
		if into != "" {
			if err := os.WriteFile(filepath.Join(into, name), body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
