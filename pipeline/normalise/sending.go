package normalise

import (
	"context"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/dataset"
	"daybook/pipeline/dataset/shuffle"
	"daybook/pipeline/ingest"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Decoded is what normalising a task's objects leaves for later steps.
type Decoded struct {
	// Source is that of the objects, and Delivery the one that all of them are of; empty where each is one of its own.
	Source   schemas.SourceID `json:"source"`
	Delivery string           `json:"delivery,omitempty"`
	// LastTime is the latest end of a charge period, in microseconds: how far the period has come. A row for the rest of a
	// month, such as a fee, says nothing of its last days: it counts when it begins.
	LastTime int64 `json:"last_time"`
	// Days are how many rows of the period begin on each of its days, late ones left out; none where there is no usage.
	Days []int64 `json:"days,omitempty"`
	// Held is what each object holds of each month, of a source that adds to what was there.
	Held []ingest.Held `json:"held,omitempty"`
	// ByBilling says that rows of our own meters name a sub-account that the book does not know, and are their billing account's.
	ByBilling bool `json:"by_billing,omitempty"`
	// Sent is what was sent to each shard, as dataset.ShardSums has it in bytes.
	Sent []byte `json:"sent,omitempty"`
	// Scopes are what the objects bill, of a peer with several sources.
	Scopes []Scope `json:"scopes,omitempty"`
}

// Object decodes the pinned objects of a task, says whose each row is, sets aside what belongs to another period, and sends
// the rest to shards of accounts in a shuffle file. An object that cannot be trusted is refused, with all its rows.
func Object(ctx context.Context, in *run.Inputs) (*run.Result, error) {
	pinned, err := in.Pinned()
	if err != nil {
		return nil, err
	}
	src, ok := in.Book().Source(pinned.Source)
	if !ok {
		return nil, fmt.Errorf("the book has no source %q, which the run's spec names", pinned.Source)
	}
	s := &sending{in: in, src: src, objects: pinned.Objects[in.Object : in.Object+in.Objects], home: in.Home()}
	s.refused = make([]*schemas.RefusedError, len(s.objects))
	for {
		res, err := s.try(ctx)
		if !errors.Is(err, errRefused) {
			return res, err
		}
	}
}

// sending is the way of a task's objects to the shards.
type sending struct {
	in      *run.Inputs
	src     *schemas.Source
	objects []run.Object
	home    func(schemas.AccountID) uint16
	// refused says why objects are refused, by their place. It is found out when some of their rows are sent, so all is sent
	// anew without them.
	refused []*schemas.RefusedError

	// What follows is that of one try.
	out     *shuffle.Writer
	owners  Owners
	sent    *dataset.ShardSums
	found   run.Findings
	control run.Control
	left    Decoded
	billed  *scopes
	days    *dayCounter
}

// errRefused says that objects were refused of which rows may have been sent.
var errRefused = errors.New("an object is refused")

// try sends the objects that are not refused; errRefused, wrapped, says that there are more of these now.
func (s *sending) try(ctx context.Context) (*run.Result, error) {
	in := s.in
	s.owners, s.sent = NewOwners(in.Book(), s.src, s.home, in.Shards()), dataset.NewShardSums(in.Shards())
	s.control, s.left = run.Control{}, Decoded{Source: s.src.ID, Delivery: run.OneDelivery(s.objects)}
	if s.billed = nil; Rivalled(in.Book().Sources(), s.src) {
		s.billed = new(scopes)
	}
	s.days = newDayCounter(in.Period(), in.Book().Zone())
	s.found = in.NewFindings()
	defer s.found.Close()
	res := &run.Result{}
	for i, why := range s.refused {
		if why != nil {
			s.refuse(res, &s.objects[i], why)
		}
	}
	if len(res.Refusals) < len(s.objects) {
		write := s.shuffle
		switch {
		case s.src.Format.IsPayments():
			write = s.payments
		case s.src.Format == schemas.Credentials10:
			write = s.credentials
		case s.src.Format.IsEvidence():
			write = s.evidence
		}
		out, err := write(ctx)
		if err != nil {
			return nil, err
		}
		res.Outputs = append(res.Outputs, out)
	}
	if s.billed != nil {
		s.left.Scopes = s.billed.all()
	}
	res.Control, s.left.ByBilling = s.control, s.owners.byBilling
	if !s.src.Format.IsEvidence() {
		s.left.Days = s.days.counts
	}
	if err := res.Leave(s.left); err != nil {
		return nil, err
	}
	return res, s.found.Write(ctx, in, res)
}

// shuffle sends the rows of usage in a shuffle file.
func (s *sending) shuffle(ctx context.Context) (run.Output, error) {
	out := run.Output{Dataset: run.Shuffled, Key: s.in.Key + ".shuffle"}
	err := s.in.CreateScratch(ctx, out.Key, func(w io.Writer) error { return s.send(ctx, w) })
	if errors.Is(err, store.ErrExists) { // it was left by a process that ended before its result
		err = fmt.Errorf("%w: %w", run.ErrScratch, err)
	}
	out.Rows, s.left.Sent = s.control.Shuffled.Rows, s.sent.Bytes()
	return out, err
}

// send writes the shuffle file.
func (s *sending) send(ctx context.Context, w io.Writer) (err error) {
	lent := run.Lent[*shuffle.Writer](s.in, "shufflers")
	if s.out, err = shuffler(s.in, lent, w); err != nil {
		return err
	}
	defer lent.Leave(s.out)
	if err := s.each(func(obj *run.Object) (ingest.Held, error) { return s.object(ctx, obj) }); err != nil {
		return err
	}
	_, err = s.out.Close()
	return err
}

// each sends every object that is not refused, and notes what it holds; the error is errRefused where there are more of these now.
func (s *sending) each(send func(*run.Object) (ingest.Held, error)) error {
	more := false
	for i := range s.objects {
		var holds ingest.Held
		var err error
		if s.refused[i] == nil {
			holds, err = send(&s.objects[i])
		}
		if why, refused := errors.AsType[*schemas.RefusedError](err); refused {
			s.refused[i], more, err = why, true, nil
		}
		if err != nil {
			return err
		}
		if s.src.Semantics == schemas.Append {
			s.left.Held = append(s.left.Held, holds)
		}
	}
	if more {
		return errRefused
	}
	return nil
}

// object sends one, and returns what it holds of each month where its source adds to what was there.
func (s *sending) object(ctx context.Context, obj *run.Object) (held ingest.Held, err error) {
	n := s.newNormaliser(obj)
	if err = n.decode(ctx); err == nil {
		err = n.close()
	}
	if err != nil {
		return "", n.tooLarge(err)
	}
	if s.src.Semantics == schemas.Append {
		holds, err := n.holds()
		if err != nil {
			return "", err
		}
		if obj.Filed == "" {
			n.noteLost(holds)
			n.noteUnrun()
		}
		if held, err = ingest.HeldOf(holds); err != nil {
			return "", err
		}
	}
	s.left.LastTime = max(s.left.LastTime, n.last)
	return held, s.control.Merge(&n.control)
}

// shuffler returns a writer of a shuffle file on w, one that is done with its last file where there is one.
func shuffler(in *run.Inputs, lent *run.Spares[*shuffle.Writer], w io.Writer) (*shuffle.Writer, error) {
	if used, ok := lent.Take(); ok {
		return used, used.Reset(w)
	}
	return shuffle.NewWriter(w, &schemas.Usage, in.Shards())
}

// refuse notes that an object cannot be trusted: one finding, and no rows.
func (s *sending) refuse(res *run.Result, obj *run.Object, why *schemas.RefusedError) {
	f := why.Finding(s.src.ID)
	res.Refusals = append(res.Refusals, run.Refusal{
		Delivery: obj.Delivery, Cause: *why, Why: string(s.src.ID) + ": " + why.Error(),
		Waived: ingest.WaiveOne(s.in.Book().Provider().Waivers, s.in.Period(), &f),
	})
	s.found.Add(f)
}
