package wire

import (
	"archive/zip"
	"io"

	"daybook/schemas"
)

// OpenZip sets the text to that of the one file in a ZIP archive. An archive of several files is refused: which of them are the
// delivery is not for us to say.
func (r *Reader) OpenZip(at io.ReaderAt, size int64) error {
	archive, err := zip.NewReader(at, size)
	if err != nil {
		return r.refuse(schemas.CodeUnreadableObject, "it is a damaged ZIP archive: %v", err)
	}
	var files []*zip.File
	for _, f := range archive.File {
		if !f.FileInfo().IsDir() {
			files = append(files, f)
		}
	}
	if len(files) != 1 {
		return r.refuse(schemas.CodeUnreadableObject, "it is a ZIP archive of %d files, and only one of one file is read", len(files))
	}
	text, err := files[0].Open()
	if err != nil {
		return r.refuse(schemas.CodeUnreadableObject, "its ZIP archive cannot be unpacked: %v", err)
	}
	r.text, r.packed.n = text, size
	return nil
}
