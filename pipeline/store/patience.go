package store

import (
	"context"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// patience is how long a connection may stand still while something is read from it or written to it: a server that takes a
// request and never answers, or stops amid a body, must not hold a run for good.
const patience = 60 * time.Second

// patientClient returns the SDK's own client, but for connections that give up.
func patientClient(patience time.Duration) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		dial := t.DialContext
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &patientConn{Conn: c, patience: patience}, nil
		}
	})
}

// patientConn is a connection on which each read and write has to get somewhere in time. One that does not closes it, with
// an error that is a timeout, which the SDK and [stream] try again after.
type patientConn struct {
	net.Conn
	patience time.Duration
	stalled  atomic.Bool
}

// Read implements [net.Conn].
func (c *patientConn) Read(p []byte) (int, error) {
	timer := time.AfterFunc(c.patience, c.giveUp)
	n, err := c.Conn.Read(p)
	timer.Stop()
	return n, c.timeout(err)
}

// Write implements [net.Conn].
func (c *patientConn) Write(p []byte) (int, error) {
	timer := time.AfterFunc(c.patience, c.giveUp)
	n, err := c.Conn.Write(p)
	timer.Stop()
	return n, c.timeout(err)
}

func (c *patientConn) giveUp() {
	c.stalled.Store(true)
	_ = c.Close() // whoever waits hears of it
}

// timeout says of an error that it came of giving up.
func (c *patientConn) timeout(err error) error {
	if err != nil && c.stalled.Load() {
		return &net.OpError{Op: "wait", Net: "tcp", Addr: c.RemoteAddr(), Err: os.ErrDeadlineExceeded}
	}
	return err
}
