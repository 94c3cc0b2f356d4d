//go:build !unix

package book

import "errors"

func makePipe(string) error { return errors.ErrUnsupported }
