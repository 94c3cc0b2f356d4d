package send

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/sending"
)

// Attempt is one try to send a document to a recipient, as it lies in the store before anything is sent.
type Attempt struct {
	Document string `json:"document"`
	// Digest is that of the document's JSON in the register.
	Digest    string            `json:"document_sha256"`
	Account   schemas.AccountID `json:"account"`
	Recipient string            `json:"recipient"`
	Number    int               `json:"attempt"`
	By        sending.Way       `json:"by"`
	// To are the addresses of a mail, Place where files go, and Message how the mail or the envelope is called.
	To      []string  `json:"to,omitempty"`
	Place   string    `json:"place,omitempty"`
	Message string    `json:"message,omitempty"`
	Files   []File    `json:"files"`
	At      time.Time `json:"at"`
	Sender  string    `json:"sender"`
	// Seal is over all of it.
	Seal string `json:"digest"`
}

// File is what a file was.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// End is how an attempt ended, as it lies in the store afterwards.
type End struct {
	// Of is the seal of the attempt.
	Of    string    `json:"of"`
	State State     `json:"state"`
	At    time.Time `json:"at"`
	// Said is the answer, or why it was not taken.
	Said string `json:"said,omitempty"`
	Seal string `json:"digest"`
}

// State is what became of a document on the way to a recipient.
type State string

// The states.
const (
	// Due says that nothing was sent yet, or that it was decided to send it again.
	Due State = "due"
	// Sent says that it was taken.
	Sent State = "sent"
	// Failed says that it was not taken, and is tried again.
	Failed State = "failed"
	// Refused says that it was not taken, and waits for a decision or a change of the book.
	Refused State = "refused"
	// Unknown says that it may have been taken: whoever sent it was stopped, or heard no answer. It waits for a decision.
	Unknown State = "unknown"
	// Arrived and Dropped were decided.
	Arrived State = "arrived"
	Dropped State = "dropped"
)

// States lists them.
func States() []State { return []State{Due, Sent, Failed, Refused, Unknown, Arrived, Dropped} }

// Waits reports whether somebody has to do something about it.
func (s State) Waits() bool { return s == Refused || s == Unknown }

// trace is what lies in the store of one document and one recipient: how many attempts there were, and how the last one ended.
type trace struct {
	attempts int
	state    State
}

// way names a document on its way to a recipient.
type way struct{ document, recipient string }

func folder(entity string) string { return "sent/" + entity + "/" }

func (w way) key(entity string, attempt int, what string) string {
	return fmt.Sprintf("%s%s/%s/%06d-%s.json", folder(entity), w.document, w.recipient, attempt, what)
}

const begun = "begun"

// traces reads from the names of what lies in the store what became of all that was sent.
func traces(ctx context.Context, s store.Store, entity string) (map[way]trace, error) {
	out := map[way]trace{}
	prefix := folder(entity)
	for info, err := range s.List(ctx, prefix) {
		if err != nil {
			return nil, fmt.Errorf("list what was sent: %w", err)
		}
		w, attempt, state, ours := named(strings.TrimPrefix(info.Key, prefix))
		if !ours {
			return nil, fmt.Errorf("%s is among what was sent, and nothing of ours; move it away", info.Key)
		}
		t := out[w]
		if attempt > t.attempts || attempt == t.attempts && t.state == Unknown {
			t = trace{attempt, state}
		}
		out[w] = t
	}
	return out, nil
}

// named takes the name of a record apart.
func named(key string) (w way, attempt int, state State, ours bool) {
	parts := strings.Split(key, "/")
	if len(parts) != 3 {
		return way{}, 0, "", false
	}
	text, what, _ := strings.Cut(strings.TrimSuffix(parts[2], ".json"), "-")
	attempt, err := strconv.Atoi(text)
	if state = State(what); what == begun {
		state = Unknown
	}
	known := what == begun || state == Sent || state == Failed || state == Refused
	return way{parts[0], parts[1]}, attempt, state, err == nil && attempt > 0 && known
}

// begin puts an attempt into the store before anything is sent; false is another that has the same number.
func begin(ctx context.Context, s store.Store, entity string, a *Attempt) (bool, error) {
	body, err := sealed(a)
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(body, a); err != nil {
		return false, err
	}
	_, err = s.Create(ctx, way{a.Document, a.Recipient}.key(entity, a.Number, begun), bytes.NewReader(body))
	if errors.Is(err, store.ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// end puts into the store how an attempt ended. Another that says the same, at another time, may be there.
func end(ctx context.Context, s store.Store, entity string, a *Attempt, e *End) error {
	e.Of = a.Seal
	body, err := sealed(e)
	if err != nil {
		return err
	}
	_, err = s.Create(ctx, way{a.Document, a.Recipient}.key(entity, a.Number, string(e.State)), bytes.NewReader(body))
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// sealed is the JSON of something whose last field is an empty digest.
func sealed(v any) ([]byte, error) {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, err
	}
	return run.Seal(append(body, '\n')), nil
}

// read reads a record. The error is one that is not as it was written.
func read(ctx context.Context, s store.Store, key string, v any) error {
	_, err := store.ReadDecoded(ctx, s, key, func(body []byte) error {
		if is, sound := run.Unseal(body); !is || !sound {
			return fmt.Errorf("%s is not as it was written; put it back from a copy", key)
		}
		return json.Unmarshal(body, v)
	})
	return err
}
