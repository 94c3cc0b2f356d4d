package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"daybook/schemas/sending"
)

// Server is a mail server (RFC 5321 and 6409).
type Server struct {
	// Address is its name and port.
	Address  string
	Security sending.Security
	// User and Password are told to it where there is a user.
	User, Password string
	// Roots are whose certificates are trusted; nil are those of the machine.
	Roots *x509.CertPool
	// Patience is how long an answer is waited for; 0 is a minute, and five for whether mail was taken.
	Patience time.Duration
}

// RefusedError says that a server did not take a mail. It was certainly not sent.
type RefusedError struct {
	// Temporary says that it may take it later.
	Temporary bool
	Reason    string
}

// Error says what the server answered.
func (e *RefusedError) Error() string { return e.Reason }

// Session is a connection to a server.
type Session struct {
	patience time.Duration
	conn     *hasty
	client   *smtp.Client
}

// hasty is a connection of which nothing is waited for longer than most: the library waits five minutes for what comes before STARTTLS,
// whatever it is told, and without end for a server to take a message.
type hasty struct {
	net.Conn
	most time.Duration
}

// Read reads what has come, and gives the connection up where nothing does.
func (h *hasty) Read(p []byte) (int, error) { return h.within(h.Conn.Read, p) }

// Write writes, and gives the connection up where nobody takes it.
func (h *hasty) Write(p []byte) (int, error) { return h.within(h.Conn.Write, p) }

func (h *hasty) within(do func([]byte) (int, error), p []byte) (int, error) {
	late := time.AfterFunc(h.most, func() { _ = h.Close() }) // which ends do
	n, err := do(p)
	if !late.Stop() {
		err = errors.Join(fmt.Errorf("nothing has come or gone for %s", h.most), err)
	}
	return n, err
}

// Open connects to the server. The error is a *RefusedError: nothing was sent.
func (s *Server) Open(ctx context.Context) (*Session, error) {
	x := &Session{patience: s.Patience}
	if x.patience == 0 {
		x.patience = time.Minute
	}
	if err := x.connect(ctx, s); err != nil {
		return nil, refusal(fmt.Errorf("connect to the mail server %s: %w", s.Address, err))
	}
	if s.User != "" {
		if err := x.client.Auth(sasl.NewPlainClient("", s.User, s.Password)); err != nil {
			return nil, refusal(errors.Join(fmt.Errorf("tell the mail server %s who we are: %w", s.Address, err), x.client.Close()))
		}
	}
	return x, nil
}

func (x *Session) connect(ctx context.Context, s *Server) error {
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{Timeout: x.patience}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return err
	}
	x.conn = &hasty{conn, x.patience}
	secret := &tls.Config{ServerName: host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	switch s.Security {
	case sending.Plain:
		x.client = smtp.NewClient(x.conn)
	case sending.TLS:
		x.client = smtp.NewClient(tls.Client(x.conn, secret))
	default:
		if x.client, err = smtp.NewClientStartTLS(x.conn, secret); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	x.client.CommandTimeout, x.client.SubmissionTimeout = x.patience, 5*x.patience
	x.conn.most = x.client.SubmissionTimeout
	if err := x.client.Hello(helloName); err != nil {
		return errors.Join(err, x.client.Close())
	}
	return nil
}

// helloName is what we call ourselves, whatever the machine is called.
const helloName = "[127.0.0.1]"

// refusal is an error after which nothing was sent.
func refusal(err error) error {
	said, is := errors.AsType[*smtp.SMTPError](err)
	return &RefusedError{Temporary: !is || said.Temporary(), Reason: err.Error()}
}

// Send gives a mail to the server. A *RefusedError says that it was not taken, and the session goes on; after any other error nobody
// knows whether it was, and the session is of no use any more.
func (x *Session) Send(from string, to []string, message []byte) error {
	err := x.address(from, to)
	if err == nil {
		return x.data(message)
	}
	if _, answered := errors.AsType[*smtp.SMTPError](err); answered {
		if again := x.client.Reset(); again != nil {
			err = errors.Join(err, again)
		}
	}
	return refusal(err)
}

func (x *Session) address(from string, to []string) error {
	if err := x.client.Mail(from, nil); err != nil {
		return fmt.Errorf("the server does not take mail from %s: %w", from, err)
	}
	for _, address := range to {
		if err := x.client.Rcpt(address, nil); err != nil {
			return fmt.Errorf("the server does not take mail to %s: %w", address, err)
		}
	}
	return nil
}

// pieceBytes is how much of a message is given to the server at a time.
const pieceBytes = 1 << 16

// data gives the message itself: once all of it is out, only the answer says whether it was taken.
func (x *Session) data(message []byte) error {
	w, err := x.client.Data()
	if err != nil {
		return refusal(fmt.Errorf("the server does not take the mail: %w", err))
	}
	for piece := range slices.Chunk(message, pieceBytes) {
		if _, err := w.Write(piece); err != nil {
			return refusal(fmt.Errorf("give the mail to the server: %w", err)) // without its end it is none
		}
	}
	if err := w.Close(); err != nil {
		if _, answered := errors.AsType[*smtp.SMTPError](err); answered {
			return refusal(fmt.Errorf("the server does not take the mail: %w", err))
		}
		return fmt.Errorf("hear whether the server took the mail: %w", err)
	}
	return nil
}

// Alive reports whether the session can go on.
func (x *Session) Alive() bool { return x.client.Noop() == nil }

// Close ends the session.
func (x *Session) Close() error {
	if err := x.client.Quit(); err != nil {
		return x.client.Close()
	}
	return nil
}
