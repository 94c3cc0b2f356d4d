package run

import (
	"errors"
	"fmt"

	"daybook/pipeline/dataset"
)

// ErrLostRows says that what was made of rows, by a decoder or by rating, accounts for another number than there were.
var ErrLostRows = errors.New("rows were lost or doubled")

// ErrScratch says that a file between tasks is damaged or is not the one that was written. A run that goes on without the
// scratch store's files makes them anew.
var ErrScratch = errors.New("files between tasks are not as they were written; run again, and they are made anew")

// ChangedError says that an object of the landing place is not the one that was pinned. A run that is prepared anew pins it
// as it is by then.
type ChangedError struct {
	Key string
	// Pinned and Is are digests.
	Pinned, Is string
}

// Error names the object.
func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s has changed since the run began: its digest was %.12s… and is %.12s…; run again", e.Key, e.Pinned, e.Is)
}

// ScratchError marks an error of a damaged shuffle file.
func ScratchError(err error) error {
	if errors.Is(err, dataset.ErrDamaged) {
		return fmt.Errorf("%w: %w", ErrScratch, err)
	}
	return err
}
