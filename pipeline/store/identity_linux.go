package store

import (
	"fmt"
	"io/fs"
	"syscall"
)

// identity tells a file from another of the same name, size and time: by its number, and by when anything about it was last
// changed, which no copying tool can set.
func identity(fi fs.FileInfo) string {
	if s, ok := fi.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%x-%x", s.Ino, s.Ctim.Nano())
	}
	return ""
}
