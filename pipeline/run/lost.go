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

// ScratchError marks an error of a damaged shuffle file.
func ScratchError(err error) error {
	if errors.Is(err, dataset.ErrDamaged) {
		return fmt.Errorf("%w: %w", ErrScratch, err)
	}
	return err
}
