package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"

	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// Sightings lie in a document for each source and month. Where there are more objects than one should hold, it says in how many
// parts they are divided, by a hash of their keys, and the parts lie beside it under names that tell how many there are: so they
// are written before what names them.

// mostKept is how many objects a document holds: some twenty megabytes. The objects of a document that is full are divided so
// that each part is half full.
const mostKept = 1 << 15

// kept is where sightings lie.
type kept struct {
	name string
	// most is mostKept.
	most int
	// parts is how many parts there were, 0 if all were in the one document.
	parts int
	// documents are what was there: the one, then the parts.
	documents []document
}

// document is what lay under a key.
type document struct {
	version store.Version
	sum     [sha256.Size]byte
}

// arrivals is what a document holds. Digest seals it: a digit of a digest or of a year that changes would make another run.
type arrivals struct {
	Objects map[string]sighting `json:"objects"`
	Parts   int                 `json:"parts,omitempty"`
	Digest  string              `json:"digest"`
}

// keyOf is that of the one document, or of a part from 1.
func (k *kept) keyOf(part, of int) string {
	if part == 0 {
		return k.name + ".json"
	}
	return fmt.Sprintf("%s/%d/%04d.json", k.name, of, part)
}

// partOf is the part of an object, from 1.
func partOf(key string, of int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // it has no errors
	return int(h.Sum32()%uint32(of)) + 1
}

// readSightings reads those of the objects that a source has filed under a month.
func readSightings(ctx context.Context, s store.Store, p schemas.Period, id schemas.SourceID) (*sightings, error) {
	x := &sightings{
		kept:    kept{name: fmt.Sprintf("arrivals/%s/%s", p, id), most: mostKept, documents: make([]document, 1)},
		objects: map[string]sighting{}, listed: map[string]store.Info{},
	}
	first, err := x.read(ctx, s, 0)
	if err != nil {
		return nil, err
	}
	x.kept.parts = first.Parts
	for part := 1; part <= first.Parts; part++ {
		x.kept.documents = append(x.kept.documents, document{})
		if _, err := x.read(ctx, s, part); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// read takes in a document; one that is not there holds nothing. Earlier versions of the program kept the objects alone, without
// a seal.
func (x *sightings) read(ctx context.Context, s store.Store, part int) (of arrivals, err error) {
	key := x.kept.keyOf(part, x.kept.parts)
	var sum [sha256.Size]byte
	version, err := store.ReadDecoded(ctx, s, key, func(body []byte) error {
		of, sum = arrivals{}, sha256.Sum256(body)
		sealed, sound := run.Unseal(body)
		switch {
		case !sealed:
			return json.Unmarshal(body, &of.Objects)
		case !sound:
			return errors.New("it is not as it was written")
		}
		return json.Unmarshal(body, &of)
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return arrivals{}, nil
	case err != nil && version != "":
		return of, fmt.Errorf("%s is damaged: %w; restore it, or remove it: objects then have arrived when the landing place says that they were changed", key, err)
	case err != nil:
		return of, err
	}
	x.kept.documents[part] = document{version, sum}
	maps.Copy(x.objects, of.Objects)
	return of, nil
}

// write keeps what is new. A race with another run that saw the same is no loss: what it wrote stands, and what it did not
// see is seen again by the next run.
func (x *sightings) write(ctx context.Context, s store.Store) error {
	if !x.changed {
		return nil
	}
	k := &x.kept
	parts := k.parts
	for len(x.objects) > max(parts, 1)*k.most {
		parts = 2 * max(parts, 1)
	}
	divided := make([]arrivals, parts+1)
	divided[0].Parts = parts
	if parts == 0 {
		divided[0].Objects = x.objects
	} else {
		for part := range divided {
			divided[part].Objects = map[string]sighting{}
		}
		for key, o := range x.objects {
			divided[partOf(key, parts)].Objects[key] = o
		}
	}
	now := make([]document, parts+1)
	for part := parts; part >= 0; part-- {
		var err error
		if now[part], err = k.put(ctx, s, &divided[part], part, parts); err != nil {
			return fmt.Errorf("keep when objects arrived: %w", err)
		}
	}
	k.parts, k.documents, x.changed = parts, now, false
	return nil
}

// put writes a document, if it is another than was there, and returns what is there then. Parts of a division that is new take
// the place of those that a process left which ended before it named them.
func (k *kept) put(ctx context.Context, s store.Store, holds *arrivals, part, of int) (document, error) {
	body, err := json.MarshalIndent(holds, "", " ")
	if err != nil {
		return document{}, err
	}
	body = run.Seal(append(body, '\n'))
	key := k.keyOf(part, of)
	var was document
	if part == 0 || of == k.parts {
		was = k.documents[part]
	} else {
		left, version, err := store.ReadAll(ctx, s, key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return document{}, err
		}
		was = document{version, sha256.Sum256(left)}
	}
	is := document{was.version, sha256.Sum256(body)}
	if was.sum == is.sum {
		return is, nil
	}
	if is.version, err = s.Swap(ctx, key, body, was.version); errors.Is(err, store.ErrStale) {
		return was, nil
	}
	return is, err
}
