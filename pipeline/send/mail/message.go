// Package mail writes mail and gives it to a server.
//
// Start reading at [Message.Bytes] and [Server.Open].
package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode"
)

// Message is one mail.
type Message struct {
	From, ReplyTo string
	// Name is who it is from, as people read it.
	Name    string
	To      []string
	Subject string
	// Text is what it says, a paragraph each.
	Text []string
	// ID is unlike that of any other, without brackets, such as 1.EX-2024-000001@example.com.
	ID    string
	At    time.Time
	Files []File
}

// File is something that is attached.
type File struct {
	Name, Type string
	Body       []byte
}

// Bytes returns the message as it is sent (RFC 5322 and 2045 to 2047). The same message has the same bytes.
func (m *Message) Bytes() ([]byte, error) {
	var out bytes.Buffer
	sum := sha256.Sum256([]byte(m.ID))
	parts := multipart.NewWriter(&out)
	if err := parts.SetBoundary(hex.EncodeToString(sum[:20])); err != nil {
		return nil, err
	}
	line := func(key, value string) { fmt.Fprintf(&out, "%s: %s\r\n", key, value) }
	line("From", (&mail.Address{Name: plain(m.Name), Address: m.From}).String())
	var to []string
	for _, address := range m.To {
		to = append(to, (&mail.Address{Address: address}).String())
	}
	line("To", strings.Join(to, ",\r\n "))
	if m.ReplyTo != "" {
		line("Reply-To", (&mail.Address{Address: m.ReplyTo}).String())
	}
	line("Subject", mime.QEncoding.Encode("utf-8", plain(m.Subject)))
	line("Date", m.At.UTC().Format(time.RFC1123Z))
	line("Message-ID", "<"+m.ID+">")
	line("Auto-Submitted", "auto-generated")
	line("MIME-Version", "1.0")
	line("Content-Type", `multipart/mixed; boundary="`+parts.Boundary()+`"`)
	out.WriteString("\r\n")
	if err := m.text(parts); err != nil {
		return nil, fmt.Errorf("write the mail %s: %w", m.ID, err)
	}
	for i := range m.Files {
		if err := attach(parts, &m.Files[i]); err != nil {
			return nil, fmt.Errorf("write the mail %s: %w", m.ID, err)
		}
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// plain is a text of one line.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

func (m *Message) text(parts *multipart.Writer) error {
	w, err := parts.CreatePart(textproto.MIMEHeader{
		"Content-Type": {"text/plain; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
	})
	if err != nil {
		return err
	}
	q := quotedprintable.NewWriter(w)
	for i, paragraph := range m.Text {
		if i > 0 {
			paragraph = "\r\n" + paragraph
		}
		if _, err := q.Write([]byte(paragraph + "\r\n")); err != nil {
			return err
		}
	}
	return q.Close()
}

// lineBytes is how long a line of base64 is (RFC 2045, 6.8).
const lineBytes = 76

func attach(parts *multipart.Writer, f *File) error {
	w, err := parts.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {mime.FormatMediaType(f.Type, map[string]string{"name": f.Name})},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": f.Name})},
		"Content-Transfer-Encoding": {"base64"},
	})
	if err != nil {
		return err
	}
	text := base64.StdEncoding.AppendEncode(nil, f.Body)
	for len(text) > 0 {
		n := min(lineBytes, len(text))
		if _, err := w.Write(append(text[:n:n], "\r\n"...)); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}
