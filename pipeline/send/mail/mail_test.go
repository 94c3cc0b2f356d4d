package mail_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"daybook/fixtures/postbox"
	"daybook/pipeline/send/mail"
	"daybook/schemas/sending"
)

func message() *mail.Message {
	return &mail.Message{
		From: "billing@nordlicht.example", ReplyTo: "help@nordlicht.example", Name: "Nørdlicht\r\nBcc: x@y.example", To: []string{"a@acme.example", "b@acme.example"},
		Subject: "Invoice 1\r\nX-Injected: yes – ü", Text: []string{"One.", ".", strings.Repeat("long ", 300) + "naïve 雲"},
		ID: "1-2-3@nordlicht.example", At: time.Date(2024, 10, 2, 1, 2, 3, 0, time.UTC),
		Files: []mail.File{{Name: `RN-"1".pdf`, Type: "application/pdf", Body: bytes.Repeat([]byte{0, 1, 254, 255, '\n', '.'}, 30000)}, {Name: "empty.csv", Type: "text/csv; charset=utf-8"}},
	}
}

// TestMessage reads a message back with the standard library: what was to be said and attached is there, no text of a name made a header
// of its own, and no line is longer than mail may have them.
func TestMessage(t *testing.T) {
	m := message()
	body, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.Bytes()
	if err != nil || !bytes.Equal(body, again) {
		t.Errorf("the second time it has other bytes: %v", err)
	}
	for line := range bytes.SplitSeq(body, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") {
			t.Errorf("a line has %d bytes, or a break of its own: %.60q", len(line), line)
		}
	}
	checkMessage(t, m, body)
}

// checkMessage asserts that a mail is the message.
func checkMessage(t *testing.T, m *mail.Message, body []byte) {
	t.Helper()
	got, err := netmail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"Bcc", "X-Injected"} {
		if got.Header.Get(key) != "" {
			t.Errorf("%s was injected: %v", key, got.Header)
		}
	}
	from, err := got.Header.AddressList("From")
	if err != nil || from[0].Address != m.From || !strings.HasPrefix(from[0].Name, "Nørdlicht") {
		t.Errorf("it is from %v: %v", from, err)
	}
	to, err := got.Header.AddressList("To")
	if err != nil || len(to) != len(m.To) || to[1].Address != m.To[1] {
		t.Errorf("it is to %v: %v", to, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	if err != nil || subject != strings.NewReplacer("\r", " ", "\n", " ").Replace(m.Subject) {
		t.Errorf("it is about %q: %v", subject, err)
	}
	if day, err := got.Header.Date(); err != nil || !day.Equal(m.At) {
		t.Errorf("it is of %s: %v", day, err)
	}
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(got.Body, params["boundary"])
	text := next(t, parts, "")
	if want := strings.Join(m.Text, "\r\n\r\n") + "\r\n"; string(text) != want {
		t.Errorf("it says %q, and should %q", text, want)
	}
	for _, f := range m.Files {
		if file := next(t, parts, f.Name); !bytes.Equal(file, f.Body) {
			t.Errorf("%s has %d bytes of %d, or others", f.Name, len(file), len(f.Body))
		}
	}
	if _, err := parts.NextPart(); !errors.Is(err, io.EOF) {
		t.Errorf("there is more in it: %v", err)
	}
}

// next is the body of the next part, which has a file's name.
func next(t *testing.T, parts *multipart.Reader, name string) []byte {
	t.Helper()
	p, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if p.FileName() != name {
		t.Errorf("a part is called %q, and not %q", p.FileName(), name)
	}
	var in io.Reader = p
	if p.Header.Get("Content-Transfer-Encoding") == "base64" {
		in = base64.NewDecoder(base64.StdEncoding, p)
	}
	body, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestServer gives mail to a real server, in every way in which the connection is kept secret.
func TestServer(t *testing.T) {
	for _, c := range []struct {
		security sending.Security
		secret   bool
		user     string
	}{{sending.StartTLS, false, "daybook"}, {"", false, ""}, {sending.TLS, true, "daybook"}, {sending.Plain, false, ""}} {
		box := postbox.Open(t, c.secret)
		s := mail.Server{Address: box.Address, Security: c.security, User: c.user, Password: postbox.Password, Roots: box.Roots}
		x, err := s.Open(t.Context())
		if err != nil {
			t.Fatalf("%q: %v", c.security, err)
		}
		m := message()
		body, err := m.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := x.Send(m.From, m.To, body); err != nil {
				t.Errorf("%q: %v", c.security, err)
			}
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
		got := box.Mail()
		if len(got) != 2 || got[0].From != m.From || len(got[0].To) != 2 || len(box.Logins()) != len(strings.Fields(c.user)) {
			t.Fatalf("%q: %d mails came, and %q logged in", c.security, len(got), box.Logins())
		}
		checkMessage(t, m, got[1].Body)
	}
}

// TestRefusals tells apart what was certainly not sent, now or for good, and what may have been.
func TestRefusals(t *testing.T) {
	box := postbox.Open(t, false)
	s := mail.Server{Address: box.Address, Roots: box.Roots, Patience: 2 * time.Second}
	x, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	body := []byte("Subject: x\r\n\r\nx\r\n")
	for to, temporary := range map[string]bool{"nobody@acme.example": false, "later@acme.example": true} {
		var refused *mail.RefusedError
		if err := x.Send("a@b.example", []string{"fine@acme.example", to}, body); !errors.As(err, &refused) || refused.Temporary != temporary {
			t.Errorf("%s: %v", to, err)
		}
	}
	if err := x.Send("a@b.example", []string{"fine@acme.example"}, body); err != nil || len(box.Mail()) != 1 {
		t.Errorf("after refusals nothing goes on: %v", err)
	}
	box.Silent(true)
	var refused *mail.RefusedError
	if err := x.Send("a@b.example", []string{"fine@acme.example"}, body); err == nil || errors.As(err, &refused) || len(box.Mail()) != 2 {
		t.Errorf("nobody heard that it was taken, and the error is %v", err)
	}
	if x.Alive() {
		t.Error("the session is said to be alive")
	}
	wrong := s
	wrong.User, wrong.Password = "daybook", "not it"
	if _, err := wrong.Open(t.Context()); !errors.As(err, &refused) || refused.Temporary || strings.Contains(err.Error(), "not it") {
		t.Errorf("a wrong password: %v", err)
	}
	unknown := s
	unknown.Roots = nil
	if _, err := unknown.Open(t.Context()); !errors.As(err, &refused) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody's: %v", err)
	}
}

// TestSilentServers gives up a server that takes the connection and says nothing.
func TestSilentServers(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, security := range []sending.Security{sending.StartTLS, sending.TLS, sending.Plain} {
		s := mail.Server{Address: l.Addr().String(), Security: security, Patience: 50 * time.Millisecond}
		var refused *mail.RefusedError
		if _, err := s.Open(t.Context()); !errors.As(err, &refused) || !refused.Temporary {
			t.Errorf("%s: %v", security, err)
		}
	}
}
