package register

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/store"
	"daybook/schemas/money"
)

// Writer puts the documents of a closing into the store, in order. What is there already stays, whoever put it there: the chain
// goes on from it.
type Writer struct {
	ctx   context.Context
	s     store.Store
	c     *Closing
	done  Done
	lines bytes.Buffer
	// Pages makes pages of documents: each of so many of them, one after the other. Without it none are kept.
	Pages func(documents [][]byte) ([]Page, error)
	// next is the number of the next document, and first that of the first in lines.
	next, first int64
}

// NewWriter writes the documents of a closing that was begun.
func NewWriter(ctx context.Context, s store.Store, c *Closing) *Writer {
	return &Writer{
		ctx: ctx, s: s, c: c, next: c.First, first: c.First,
		done: Done{Number: c.Number, Closing: c.Digest, Last: c.Previous, Objects: []Object{}, Totals: map[money.Currency]money.Fixed{}},
	}
}

// Next is the number of the next document, and the digest of the one before it.
func (w *Writer) Next() (number int64, previous string) { return w.next, w.done.Last }

// Add adds a document, which is JSON in one line, and what it comes to.
func (w *Writer) Add(document []byte, total money.Fixed, currency money.Currency) (err error) {
	w.lines.Write(document)
	w.lines.WriteByte('\n')
	w.done.Last = DigestOf(document)
	w.next++
	w.done.Documents++
	if w.done.Totals[currency], err = w.done.Totals[currency].Add(total); err != nil {
		return fmt.Errorf("sum of the documents in %s: %w", currency, err)
	}
	if w.next-w.first == w.c.PerObject || w.lines.Len() >= mostObjectBytes {
		return w.flush()
	}
	return nil
}

// mostObjectBytes is how large an object grows before the next one begins, be its documents few.
const mostObjectBytes = 16 << 20

// DigestOf is the digest of a document by which the next one names it.
func DigestOf(document []byte) string {
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}

// flush puts the documents that were added into an object.
func (w *Writer) flush() error {
	if w.next == w.first {
		return nil
	}
	key, body := w.c.objectKey(w.first), w.lines.Bytes()
	_, err := w.s.Create(w.ctx, key, bytes.NewReader(body))
	if errors.Is(err, store.ErrExists) { // by another version of the program, which had begun
		body, err = w.adopt(key)
	}
	if err != nil {
		return fmt.Errorf("write documents %s to %s: %w", w.c.NumberText(w.first), w.c.NumberText(w.next-1), err)
	}
	w.done.Objects = append(w.done.Objects, Object{Key: key, SHA256: DigestOf(body), Size: int64(len(body)), First: w.first, Documents: w.next - w.first})
	if err := w.pages(body); err != nil {
		return fmt.Errorf("write the pages of documents %s to %s: %w", w.c.NumberText(w.first), w.c.NumberText(w.next-1), err)
	}
	w.lines.Reset()
	w.first = w.next
	return nil
}

// Page is a page of documents.
type Page struct {
	Documents int64
	Body      []byte
}

// pages writes the pages of the documents of an object, which are made of its bytes and nothing else. A page that is there already, by
// another version of the program, stays.
func (w *Writer) pages(body []byte) error {
	if w.Pages == nil {
		return nil
	}
	pages, err := w.Pages(bytes.Split(bytes.TrimSuffix(body, []byte{'\n'}), []byte{'\n'}))
	if err != nil {
		return err
	}
	number := w.first
	for _, p := range pages {
		key := w.c.pageKey(number)
		_, err := w.s.Create(w.ctx, key, bytes.NewReader(p.Body))
		if errors.Is(err, store.ErrExists) {
			p.Body, _, err = store.ReadAll(w.ctx, w.s, key)
		}
		if err != nil {
			return err
		}
		w.done.Pages = append(w.done.Pages, Object{Key: key, SHA256: DigestOf(p.Body), Size: int64(len(p.Body)), First: number, Documents: p.Documents})
		number += p.Documents
	}
	if number != w.next {
		return fmt.Errorf("they show %d documents of %d", number-w.first, w.next-w.first)
	}
	return nil
}

// adopt takes the documents that are there for those that were to be written. There must be as many.
func (w *Writer) adopt(key string) (body []byte, err error) {
	var n int64
	var last []byte
	_, err = EachDocument(w.ctx, w.s, key, func(line []byte) error {
		n, last, body = n+1, line, append(append(body, line...), '\n')
		return nil
	})
	if err != nil {
		return nil, err
	}
	if n != w.next-w.first {
		return nil, &DamagedError{key, fmt.Errorf("it holds %d documents of %d", n, w.next-w.first)}
	}
	w.done.Last = DigestOf(last)
	return body, nil
}

// EachDocument calls with every document of an object, in order, and returns the SHA-256 of the object in hex. What it calls with
// is the caller's to keep.
func EachDocument(ctx context.Context, s store.Store, key string, each func(line []byte) error) (digest string, err error) {
	body, err := s.Get(ctx, key, 0, -1)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	sum := sha256.New()
	for in := bufio.NewReaderSize(io.TeeReader(body, sum), 1<<16); ; {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return hex.EncodeToString(sum.Sum(nil)), nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read %s: %w", key, err)
		}
		if err := each(bytes.TrimSuffix(line, []byte{'\n'})); err != nil {
			return "", err
		}
	}
}

// Finish writes the last documents, and then that all are there. The error is a closing of other documents than it says.
func (w *Writer) Finish() error {
	if err := w.flush(); err != nil {
		return err
	}
	if w.done.Documents != w.c.Documents {
		return fmt.Errorf("closing %d is of %d documents, and there are %d: the drafts of run %s are not as they were", w.c.Number, w.c.Documents, w.done.Documents, w.c.Run)
	}
	body, err := seal(&w.done)
	if err != nil {
		return err
	}
	if _, err = w.s.Create(w.ctx, doneKey(w.c.Entity, w.c.Number), bytes.NewReader(body)); err != nil {
		return fmt.Errorf("end closing %d: %w", w.c.Number, err)
	}
	return nil
}
