// Package store keeps atomic objects in a directory, a bucket, or memory.
//
// It is the ground that makes a stop cost nothing: an object is there whole or not at all, is created once, and is
// replaced only by someone who has seen what they replace. It knows nothing of what the bytes mean, never deletes, and
// never prints.
//
// Start reading at [Store]; [Open] turns a URL into one. [Stat], [ReadAll], [CreateFrom] and [OpenReaderAt] are what most
// callers want, and work over every implementation.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// Store is a flat space of objects under slash-separated keys (see [CheckKey]). All methods may be called from many
// goroutines, and many processes may share one place: of racing writers exactly one wins.
//
// No key may be a folder of another ("a" and "a/b"): a directory cannot hold both.
type Store interface {
	// Get opens n bytes of the object from byte off; n < 0 means to the end. What lies past the end is cut, so a range
	// wholly beyond it is empty. The reader stays on the version it opened, whatever is swapped meanwhile. A missing
	// object is an error wrapping ErrNotFound. The caller closes the Object.
	Get(ctx context.Context, key string, off, n int64) (*Object, error)

	// Create puts an object where there is none, reading body from its start; once it returns the object is durable. If
	// the same bytes are already there that is success, so a create may be repeated; different bytes are a
	// *ConflictError, which wraps ErrExists: the same key was computed twice with different results.
	Create(ctx context.Context, key string, body io.ReadSeeker) (Info, error)

	// Swap replaces the object if its version still is old and returns the new version; old "" means that there must be
	// no object yet. A lost race is an error wrapping ErrStale: read again and decide anew. The object read then may hold
	// this very write under another's later one if a bucket's answer to it was lost, so a body that counts says who
	// wrote it.
	Swap(ctx context.Context, key string, body []byte, old Version) (Version, error)

	// List yields the objects whose key starts with the plain string prefix (end it with "/" for a folder), in byte
	// order of their keys. Names with a segment that starts with "." are not objects and are passed over. A name that
	// no key can have, or a link that leads outside, is yielded as an Info with that Key and an error wrapping ErrKey,
	// after which iteration may go on; so is a folder that may not be read, with an error wrapping fs.ErrPermission, where a
	// bucket yields that without a Key and for the whole of the prefix. Any other error is the last thing yielded.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// Info is what a store knows of an object without reading it.
type Info struct {
	Key      string
	Size     int64 // bytes
	Version  Version
	Modified time.Time // by the store's clock; zero in what Create and CreateFrom return on a bucket, which does not say
	// Identity tells a file from another of the same version, whose time and size whoever writes it may choose. It may change
	// while the bytes do not, so it is for those who would otherwise take them for read; empty where nothing is known.
	Identity string
}

// Version names one state of one object in one place. It changes when the bytes change, and means nothing elsewhere: the
// same bytes in another store have another version. The empty version is that of no object.
type Version string

// Object is an open object: the bytes that were asked for, and what the whole of it is.
type Object struct {
	Info
	io.ReadCloser
}

// What can be wrong, for errors.Is.
var (
	ErrNotFound = errors.New("no such object")
	ErrExists   = errors.New("object exists")
	ErrStale    = errors.New("object has changed since it was read")
	ErrKey      = errors.New("not a valid key")
)

// ConflictError says that an object exists with other bytes than those that were to be created. It wraps ErrExists.
type ConflictError struct {
	Key        string
	Have, Want int64 // sizes in bytes, of the object there and of the one offered
	Offset     int64 // of the first byte that differs
}

// Error names the object and the first byte that differs.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("create %q: the object exists with other bytes (%d there, %d offered, first difference at byte %d): "+
		"the same inputs gave different outputs; keep both and compare them", e.Key, e.Have, e.Want, e.Offset)
}

// Unwrap makes errors.Is(err, ErrExists) hold.
func (e *ConflictError) Unwrap() error { return ErrExists }
