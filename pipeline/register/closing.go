package register

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Closing is one act of issuing: all that its documents follow from, beside the drafts of the run.
type Closing struct {
	// Number counts the closings of the entity from 1. Before is the seal of what the one before issued, empty for the first.
	Number int    `json:"closing"`
	Before string `json:"before"`
	Entity string `json:"entity"`
	// Period and Run say what is issued, and Manifest is the seal of the run's manifest.
	Period   schemas.Period `json:"period"`
	Run      schemas.RunID  `json:"run"`
	Manifest string         `json:"manifest"`
	// Issued is the date of the documents; By and Reason are the book's, as is Reopens, who opened the month again.
	Issued schemas.Date `json:"issued"`
	By     string       `json:"by"`
	Reason string       `json:"reason,omitempty"`
	// Series and Year are what numbers are counted in, from First on; Documents is how many there are, so many in an object.
	Series    string `json:"series,omitempty"`
	Year      int    `json:"year"`
	First     int64  `json:"first"`
	Documents int64  `json:"documents"`
	PerObject int64  `json:"per_object"`
	// Previous is the digest of the document before the first, whatever its series and year: the chain is the entity's.
	Previous string `json:"previous"`
	// Only are the drafts that are issued, where the month was issued before and this is of what was left then. Without it, it is
	// all but what is Left.
	Only []DraftKey `json:"only,omitempty"`
	Left []Left     `json:"left,omitempty"`
	// Brought are drafts of earlier months that were carried forward and stand on its documents.
	Brought []Brought `json:"brought,omitempty"`
	// Noted are corrections of earlier months, closed with this month's run, that stand on notes and not on its documents.
	Noted []Noted `json:"noted,omitempty"`
	// Notes are the runs whose corrections of the month are issued as notes; only such a closing has any. Balances are what notes give back
	// beyond what is left of the documents that they correct.
	Notes    []NotesOf `json:"notes,omitempty"`
	Balances []Balance `json:"balances,omitempty"`
	// Used is what its documents take of balances that customers had.
	Used []Balance `json:"used,omitempty"`
	// Digest seals the closing as it lies in the store.
	Digest string `json:"digest"`
}

// Noted are the corrections of a closed month that stand on a note.
type Noted struct {
	DraftKey
	Corrects schemas.Period `json:"corrects"`
}

// NotesOf says of which run's corrections notes are issued: those of a run for a later month.
type NotesOf struct {
	Period   schemas.Period `json:"period"`
	Run      schemas.RunID  `json:"run"`
	Manifest string         `json:"manifest"`
	// Accounts are those that have notes of it, each with the run of which earlier notes of the same two months were issued, if any.
	Accounts []NoteFor `json:"accounts"`
}

// NoteFor is a document that notes correct, and the run by which that was corrected last.
type NoteFor struct {
	DraftKey
	Before schemas.RunID `json:"before,omitempty"`
}

// Balance is an amount in favour of a customer.
type Balance struct {
	DraftKey
	Amount money.Fixed `json:"amount"`
}

// DraftKey tells the drafts of a run apart, and so the documents of a month.
type DraftKey struct {
	Account  schemas.AccountID `json:"account"`
	Currency money.Currency    `json:"currency"`
}

// Left is a draft of which no document was issued, and why.
type Left struct {
	DraftKey
	Total money.Fixed `json:"total"`
	Why   Why         `json:"why"`
	// Code is the finding that holds the account, of one that is held.
	Code schemas.Code `json:"code,omitempty"`
}

// Brought is a draft of an earlier month that stands on a document of a later one.
type Brought struct {
	DraftKey
	Period schemas.Period `json:"period"`
	Run    schemas.RunID  `json:"run"`
}

// Why says why no document was issued of a draft.
type Why string

// The reasons.
const (
	Held    Why = "held"
	Zero    Why = "zero"
	Carried Why = "carried"
)

// Done is what a closing issued.
type Done struct {
	Number int `json:"closing"`
	// Closing is the seal of the closing.
	Closing   string `json:"of"`
	Documents int64  `json:"documents"`
	// Last is the digest of its last document, or of the one before where it issued none.
	Last    string   `json:"last"`
	Objects []Object `json:"objects"`
	// Pages are what people open, made of the documents: several of them a page, in their order.
	Pages []Object `json:"pages,omitempty"`
	// Totals are what its documents come to with tax, by currency.
	Totals map[money.Currency]money.Fixed `json:"totals"`
	// Digest seals it.
	Digest string `json:"digest"`
}

// Page is the key of the page that shows a document; empty where none is kept.
func (d *Done) Page(number int64) string {
	for i := range d.Pages {
		if p := &d.Pages[i]; p.First <= number && number < p.First+p.Documents {
			return p.Key
		}
	}
	return ""
}

// Object holds documents of a closing, in order.
type Object struct {
	Key       string `json:"key"`
	SHA256    string `json:"sha256"`
	Size      int64  `json:"size"`
	First     int64  `json:"first"`
	Documents int64  `json:"documents"`
}

// Entry is a closing with what it issued; Done is nil until all of that is there.
type Entry struct {
	Closing
	Done *Done
}

// Register is the closings of an entity, in order. Of all but the last everything is issued.
type Register []Entry

// DamagedError says that something of the register is not as it was written.
type DamagedError struct {
	Key    string
	Reason error
}

// Error names the object. There is nothing that makes it anew.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s is damaged: %v; put it back from a copy", e.Key, e.Reason)
}

// Unwrap returns what is wrong.
func (e *DamagedError) Unwrap() error { return e.Reason }

func folder(entity string) string { return "register/" + entity + "/" }

func closingKey(entity string, number int) string {
	return fmt.Sprintf("%s_closings/%06d/closing.json", folder(entity), number)
}

func doneKey(entity string, number int) string {
	return fmt.Sprintf("%s_closings/%06d/done.json", folder(entity), number)
}

// objectKey is where documents lie from a number on. No series has the name that stands for none.
func (c *Closing) objectKey(number int64) string {
	series := c.Series
	if series == "" {
		series = "_"
	}
	return fmt.Sprintf("%s%s/%04d/%09d.jsonl", folder(c.Entity), series, c.Year, number)
}

// pageKey is where the page lies that begins with a number.
func (c *Closing) pageKey(number int64) string {
	return strings.TrimSuffix(c.objectKey(number), ".jsonl") + ".html"
}

// NumberText is a document's number as it is written.
func (c *Closing) NumberText(number int64) string {
	text := fmt.Sprintf("%04d-%06d", c.Year, number)
	if c.Series != "" {
		text = c.Series + "-" + text
	}
	return text
}

// Read reads the closings of an entity: none where nothing was issued. The error is a *DamagedError for one that is not as it was
// written.
func Read(ctx context.Context, s store.Store, entity string) (Register, error) {
	var all Register
	for number := 1; ; number++ {
		var e Entry
		there, err := readSealed(ctx, s, closingKey(entity, number), &e.Closing)
		if err != nil || !there {
			return all, err
		}
		var done Done
		there, err = readSealed(ctx, s, doneKey(entity, number), &done)
		if err != nil {
			return all, err
		}
		if there {
			e.Done = &done
		}
		all = append(all, e)
	}
}

// readSealed reads a document of the register, and reports whether it is there.
func readSealed(ctx context.Context, s store.Store, key string, v any) (there bool, err error) {
	_, err = store.ReadDecoded(ctx, s, key, func(body []byte) error {
		there = true
		if sealed, sound := run.Unseal(body); !sealed || !sound {
			return errors.New("it is not as it was written")
		}
		return json.Unmarshal(body, v)
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil && there:
		return true, &DamagedError{key, err}
	}
	return there, err
}

// Next is the closing after the last of the register, as far as the register decides it: its number, its place in the chain, and
// the first number of its series and year. The last closing must be done.
func (r Register) Next(entity, series string, issued schemas.Date) Closing {
	year, _, _ := issued.Date()
	c := Closing{Number: len(r) + 1, Entity: entity, Series: series, Issued: issued, Year: year, First: 1, PerObject: DocumentsPerObject}
	if len(r) > 0 {
		last := r[len(r)-1].Done
		c.Before, c.Previous = last.Digest, last.Last
	}
	for i := range r {
		if r[i].Series == series && r[i].Year == year {
			c.First += r[i].Documents
		}
	}
	return c
}

// DocumentsPerObject is how many documents an object holds where nobody says otherwise.
const DocumentsPerObject = 1000

// Begin fixes a closing, and reports whether it is this one: false is another that was there first.
func Begin(ctx context.Context, s store.Store, c *Closing) (bool, error) {
	body, err := seal(c)
	if err != nil {
		return false, err
	}
	_, err = s.Create(ctx, closingKey(c.Entity, c.Number), bytes.NewReader(body))
	if errors.Is(err, store.ErrExists) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("begin closing %d: %w", c.Number, err)
	}
	return true, json.Unmarshal(body, c)
}

// seal is the JSON of something whose last field is an empty digest.
func seal(v any) ([]byte, error) {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, err
	}
	return run.Seal(append(body, '\n')), nil
}

// Unfinished is the closing whose documents are not all there; nil where there is none.
func (r Register) Unfinished() *Closing {
	if len(r) == 0 || r[len(r)-1].Done != nil {
		return nil
	}
	return &r[len(r)-1].Closing
}

// Of are the closings of a month, in order.
func (r Register) Of(p schemas.Period) []Entry { return r.of(p, false) }

// NotesOf are the closings of a month that issued notes for it, in order.
func (r Register) NotesOf(p schemas.Period) []Entry { return r.of(p, true) }

func (r Register) of(p schemas.Period, notes bool) (out []Entry) {
	for i := range r {
		if r[i].Period == p && (len(r[i].Notes) > 0) == notes {
			out = append(out, r[i])
		}
	}
	return out
}

// Issued is the run of which a month's documents were issued; false where the month is not closed. A month is closed from the
// moment at which its closing is fixed, for its documents follow from that.
func (r Register) Issued(p schemas.Period) (schemas.RunID, bool) {
	at := slices.IndexFunc(r, func(e Entry) bool { return e.Period == p })
	if at < 0 {
		return "", false
	}
	return r[at].Run, true
}

// Waiting are the drafts of a month that were left for a reason and not issued since.
func (r Register) Waiting(p schemas.Period, why Why) (out []Left) {
	for _, e := range r.Of(p) {
		out = slices.DeleteFunc(out, func(l Left) bool { return slices.Contains(e.Only, l.DraftKey) })
		for _, l := range e.Left {
			if l.Why == why {
				out = append(out, l)
			}
		}
	}
	return out
}

// Forward are the drafts that were carried forward and stand on no document yet, oldest first, by account and currency, each with what
// it comes to.
func (r Register) Forward() map[DraftKey][]Carry {
	out := map[DraftKey][]Carry{}
	for i := range r {
		e := &r[i]
		for _, b := range e.Brought {
			out[b.DraftKey] = slices.DeleteFunc(out[b.DraftKey], func(c Carry) bool { return c.Brought == b })
		}
		for _, l := range e.Left {
			if l.Why == Carried {
				out[l.DraftKey] = append(out[l.DraftKey], Carry{Brought{l.DraftKey, e.Period, e.Run}, l.Total})
			}
		}
	}
	return out
}

// InFavour are the balances that customers have: what notes gave back beyond their documents, less what later documents took of it.
func (r Register) InFavour() (map[DraftKey]money.Fixed, error) {
	out := map[DraftKey]money.Fixed{}
	for i := range r {
		for _, b := range r[i].Balances {
			sum, err := out[b.DraftKey].Add(b.Amount)
			if err != nil {
				return nil, fmt.Errorf("add up the balances of account %s: %w", b.Account, err)
			}
			out[b.DraftKey] = sum
		}
		for _, b := range r[i].Used {
			sum, err := out[b.DraftKey].Add(b.Amount.Neg())
			if err != nil {
				return nil, fmt.Errorf("add up the balances of account %s: %w", b.Account, err)
			}
			out[b.DraftKey] = sum
		}
	}
	return out, nil
}

// Carry is a draft that is carried forward.
type Carry struct {
	Brought
	Total money.Fixed
}
