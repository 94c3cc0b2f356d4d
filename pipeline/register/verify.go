package register

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"daybook/pipeline/store"
)

// Check is what is found when a register is checked.
type Check struct {
	// Closings and Documents are how many were looked at.
	Closings  int   `json:"closings"`
	Documents int64 `json:"documents"`
	// Wrong names all that is not as it was written, a sentence each.
	Wrong []string `json:"wrong"`
}

func (k *Check) wrong(format string, args ...any) {
	k.Wrong = append(k.Wrong, fmt.Sprintf(format, args...))
}

// Verify checks the register of an entity: seals, numbers without gaps, the chain, and digests of objects. It calls with every
// document that is as it was issued, and with each closing after its documents. What is wrong is in the result; an error is a
// store that cannot be read.
func Verify(ctx context.Context, s store.Store, entity string, document func(*Closing, []byte) error, closed func(*Entry) error) (*Check, error) {
	v := &verifying{ctx: ctx, s: s, entity: entity, document: document, expected: map[string]bool{}, next: map[string]int64{}}
	last, err := v.list()
	if err != nil {
		return nil, err
	}
	for number := 1; number <= last; number++ {
		e, err := v.closing(number)
		if err != nil {
			return nil, err
		}
		if e == nil {
			continue
		}
		v.Closings++
		if err := closed(e); err != nil {
			return nil, err
		}
	}
	for _, key := range v.there {
		if !v.expected[key] && !v.unfinished {
			v.wrong("%s is in the register, and no closing has it", key)
		}
	}
	return &v.Check, nil
}

// verifying is a register that is being checked.
type verifying struct {
	Check
	ctx      context.Context
	s        store.Store
	entity   string
	document func(*Closing, []byte) error
	// there are the keys of the register, of which those that closings have are expected.
	there    []string
	expected map[string]bool
	// next is the next number by series and year, before the seal of what the last closing issued, and chain the digest of the last
	// document; lost says that one before could not be read, so that these are not known.
	next       map[string]int64
	before     string
	chain      string
	lost       bool
	unfinished bool
}

// list finds what there is, and how many closings.
func (v *verifying) list() (last int, err error) {
	for info, err := range v.s.List(v.ctx, folder(v.entity)) {
		if err != nil {
			return 0, fmt.Errorf("list the register: %w", err)
		}
		v.there = append(v.there, info.Key)
		var number int
		rest := strings.TrimPrefix(info.Key, folder(v.entity)+"_closings/")
		if n, _ := fmt.Sscanf(rest, "%d/", &number); n == 1 && rest != info.Key {
			last = max(last, number)
		}
	}
	return last, nil
}

// closing checks one closing and its documents. It is nil where it cannot be read.
func (v *verifying) closing(number int) (*Entry, error) {
	e := &Entry{Done: new(Done)}
	key, done := closingKey(v.entity, number), doneKey(v.entity, number)
	v.expected[key], v.expected[done] = true, true
	there, err := readSealed(v.ctx, v.s, key, &e.Closing)
	if lost, err := v.unread(key, there, err); lost || err != nil {
		return nil, err
	}
	there, err = readSealed(v.ctx, v.s, done, e.Done)
	if err == nil && !there {
		v.unfinished, v.lost = true, true
		v.wrong("closing %d of %s was begun and not ended; daybook close ends it", number, e.Period)
		e.Done = nil
		return e, nil
	}
	if lost, err := v.unread(done, there, err); lost || err != nil {
		return nil, err
	}
	c := &e.Closing
	series := fmt.Sprintf("%s/%d", c.Series, c.Year)
	switch {
	case c.Number != number || c.Entity != v.entity || e.Done.Number != number || e.Done.Closing != c.Digest:
		v.wrong("closing %d is not what its folder and its end say", number)
	case v.lost:
	case c.Before != v.before || c.Previous != v.chain:
		v.wrong("closing %d does not follow on the one before it", number)
	case c.First != v.next[series]+1:
		v.wrong("closing %d begins with number %d, and %d is next", number, c.First, v.next[series]+1)
	}
	v.next[series] = c.First + c.Documents - 1
	v.before, v.chain, v.lost = e.Done.Digest, e.Done.Last, false
	if err := v.documents(e); err != nil {
		return nil, err
	}
	return e, v.pages(e)
}

// unread notes a document of the register that is gone or damaged, and reports whether it is.
func (v *verifying) unread(key string, there bool, err error) (bool, error) {
	damaged, is := errors.AsType[*DamagedError](err)
	switch {
	case is:
		v.wrong("%s is damaged: %v", damaged.Key, damaged.Reason)
	case err != nil:
		return false, err
	case !there:
		v.wrong("%s is gone", key)
	default:
		return false, nil
	}
	v.lost = true
	return true, nil
}

// pages checks the pages of a closing.
func (v *verifying) pages(e *Entry) error {
	next := e.First
	for i := range e.Done.Pages {
		p := &e.Done.Pages[i]
		v.expected[p.Key] = true
		if p.First != next || p.Key != e.pageKey(next) {
			v.wrong("%s of closing %d begins with document %d, and %d is next", p.Key, e.Number, p.First, next)
		}
		next = p.First + p.Documents
		body, _, err := store.ReadAll(v.ctx, v.s, p.Key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			v.wrong("%s, which shows documents %s to %s, is gone", p.Key, e.NumberText(p.First), e.NumberText(next-1))
		case err != nil:
			return err
		case DigestOf(body) != p.SHA256:
			v.wrong("%s, which shows documents %s to %s, is not as it was written: its digest is another", p.Key, e.NumberText(p.First), e.NumberText(next-1))
		}
	}
	return nil
}

// documents checks the documents of a closing.
func (v *verifying) documents(e *Entry) error {
	c, number, previous := &e.Closing, e.First, e.Previous
	before, other := len(v.Wrong), []string{}
	for i := range e.Done.Objects {
		o := &e.Done.Objects[i]
		v.expected[o.Key] = true
		if o.First != number || o.Key != c.objectKey(number) {
			v.wrong("%s of closing %d begins with number %d, and %d is next", o.Key, c.Number, o.First, number)
		}
		digest, err := EachDocument(v.ctx, v.s, o.Key, func(line []byte) error {
			var d struct {
				Number   string `json:"number"`
				Previous string `json:"previous"`
			}
			text := c.NumberText(number)
			switch err := json.Unmarshal(line, &d); {
			case err != nil:
				v.wrong("document %s in %s is damaged: %v", text, o.Key, err)
			case d.Number != text:
				v.wrong("the document in the place of %s in %s has the number %q", text, o.Key, d.Number)
			case d.Previous != previous:
				v.wrong("document %s in %s is not as it was issued, or does not follow on it: the next one, %s, names another digest", c.NumberText(number-1), o.Key, text)
			default:
				if err := v.document(c, line); err != nil {
					return err
				}
			}
			number, previous = number+1, DigestOf(line)
			v.Documents++
			return nil
		})
		switch {
		case errors.Is(err, store.ErrNotFound):
			v.wrong("%s, which holds documents %s to %s, is gone", o.Key, c.NumberText(o.First), c.NumberText(o.First+o.Documents-1))
			number, previous = o.First+o.Documents, ""
			if i+1 < len(e.Done.Objects) {
				continue
			}
			return nil
		case err != nil:
			return err
		case digest != o.SHA256:
			other = append(other, o.Key)
		}
	}
	if previous != e.Done.Last {
		v.wrong("document %s in the register is not as it was issued: its digest is not the one that closing %d ended with", c.NumberText(number-1), c.Number)
	}
	for _, key := range other {
		if len(v.Wrong) == before { // else the document is named
			v.wrong("%s is not as it was written: its digest is another", key)
		}
	}
	if n := number - c.First; n != c.Documents || n != e.Done.Documents {
		v.wrong("closing %d is of %d documents, and there are %d", c.Number, c.Documents, n)
	}
	return nil
}
