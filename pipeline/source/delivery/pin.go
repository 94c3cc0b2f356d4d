package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// pinning is what came of reading an object.
type pinning struct {
	Digests
	err error
}

// errChanging says that an object is being written, or is gone since it was listed.
var errChanging = errors.New("it changes while it is read")

// pinBuffer is how many bytes are read at once.
const pinBuffer = 1 << 18

// pinAhead reads the objects of all candidates that count unless something is wrong with their bytes. Which do is decided
// one after the other, but nearly always these, and reading them one after the other would leave other processors idle.
func (s *search) pinAhead() {
	s.pinned = map[string]pinning{}
	newest := map[string]bool{} // days of which there is a version
	var read []*candidate
	for i := range s.candidates {
		c := &s.candidates[i]
		if c.waiting || c.wrong != nil || newest[c.Day] && s.src.Semantics == schemas.Snapshot {
			continue
		}
		newest[c.Day] = true
		read = append(read, c)
	}
	s.readAll(read)
}

// readAll fills s.pinned with the digests of the candidates' objects.
func (s *search) readAll(candidates []*candidate) {
	type task struct {
		object   *Pinned
		promised bool
	}
	var tasks []task
	for _, c := range candidates {
		for i := range c.Objects {
			o := &c.Objects[i]
			promised := c.digests[o.Key] != ""
			if have, ok := s.pinned[o.Key]; ok && (have.err != nil || have.SHA256 != "" || !promised) {
				continue
			}
			s.pinned[o.Key] = pinning{} // so that it is not read twice
			tasks = append(tasks, task{o, promised})
		}
	}
	done := make([]pinning, len(tasks))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(max(s.q.Workers, 1), len(tasks)) {
		workers.Go(func() {
			buffer := make([]byte, pinBuffer)
			for i := range next {
				done[i].Digests, done[i].err = s.digest(tasks[i].object, tasks[i].promised, buffer)
			}
		})
	}
	for i := range tasks {
		next <- i
	}
	close(next)
	workers.Wait()
	for i, t := range tasks {
		s.pinned[t.object.Key] = done[i]
	}
}

// pin gives the objects of a candidate their digests, or says why it is refused.
func (s *search) pin(c *candidate, taken map[string]string) error {
	s.readAll([]*candidate{c})
	for i := range c.Objects {
		o := &c.Objects[i]
		if other, twice := taken[o.Key]; twice {
			c.wrong = &schemas.RefusedError{
				Code: schemas.CodeManifestMismatch, Object: o.Key, Reason: fmt.Sprintf("both %s and %s name it", other, c.ID),
			}
			return nil
		}
		is := s.pinned[o.Key]
		if errors.Is(is.err, errChanging) || s.q.Changing != nil && s.q.Changing(o.Key) {
			c.changing = o.Key
			return nil
		}
		if errors.As(is.err, &c.wrong) {
			return nil
		}
		if is.err != nil {
			return is.err
		}
		o.Digests = is.Digests
		want := c.digests[o.Key]
		if want != "" && want != o.SHA256 {
			c.wrong = &schemas.RefusedError{
				Code: schemas.CodeManifestMismatch, Object: o.Key,
				Reason: fmt.Sprintf("its SHA-256 is %s, and the manifest %s says %s", o.SHA256, c.ID, want),
			}
			return nil
		}
	}
	if s.q.Refused != nil {
		if c.wrong = s.q.Refused(&c.Delivery); c.wrong != nil {
			return nil
		}
	}
	if s.q.Wanting != nil && s.src.Semantics == schemas.Snapshot {
		c.wanting = s.q.Wanting(&c.Delivery)
	}
	return nil
}

// refuseDenied makes a refusal of an error that says that what lies at key may not be read: that is no failure of the landing
// place, and other deliveries go on.
func refuseDenied(key string, err error) error {
	why, denied := store.Denied(err)
	if !denied {
		return err
	}
	return &schemas.RefusedError{Code: schemas.CodeUnreadableObject, Object: key, Reason: "it may not be read: " + schemas.ClipValue(why)}
}

// readable refuses an object that is known and may not be read any more.
func (s *search) readable(key string) error {
	return refuseDenied(key, s.permissions.Readable(s.ctx, key))
}

// digest reads an object through the buffer, unless its digests are known, and returns them; the SHA-256 only where it is
// promised.
func (s *search) digest(o *Pinned, promised bool, buffer []byte) (Digests, error) {
	if s.q.Digest != nil {
		if known := s.q.Digest(s.seen[o.Key].Info); known.Digest != "" && (known.SHA256 != "" || !promised) {
			return known, s.readable(o.Key)
		}
	}
	body, err := s.landing.Get(s.ctx, o.Key, 0, -1)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = fmt.Errorf("%w: %w", errChanging, err)
		}
		return Digests{}, fmt.Errorf("pin %s: %w", o.Key, refuseDenied(o.Key, err))
	}
	defer body.Close()
	digest, sum := NewDigest(), sha256.New()
	to := io.Writer(digest)
	if promised {
		to = io.MultiWriter(digest, sum)
	}
	// Large enough that the hash and the kernel are not asked for crumbs, and small enough to stay in a processor's cache.
	size, err := io.CopyBuffer(to, struct{ io.Reader }{body}, buffer)
	if errors.Is(err, store.ErrStale) {
		err = fmt.Errorf("%w: %w", errChanging, err)
	}
	if err != nil {
		return Digests{}, fmt.Errorf("pin %s: %w", o.Key, err)
	}
	if size != o.Size {
		return Digests{}, fmt.Errorf("pin %s: it had %d bytes when listed and has %d now: %w", o.Key, o.Size, size, errChanging)
	}
	out := Digests{Digest: hex.EncodeToString(digest.Sum(nil))}
	if promised {
		out.SHA256 = hex.EncodeToString(sum.Sum(nil))
	}
	return out, nil
}
