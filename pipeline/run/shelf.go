package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"daybook/pipeline/book"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// The store keeps every part of the book that its runs used, so that a run can be explained and done again when the book has
// moved on. A part is a list of files under the part's digest, and a file lies once under its own, whatever parts and nights
// have it:
//
//	books/<part>/<digest>.json   {"files": [{"name": "catalogue/compute.yaml", "sha256": "…", "size": 1234}]}
//	books/files/<sha256>

// shelved is a part of a book as the store keeps it.
type shelved struct {
	Files []shelvedFile `json:"files"`
}

type shelvedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// ErrNoBook says that the store does not keep the book of a run: the run is older than the keeping of books.
var ErrNoBook = errors.New("the store does not keep the book of this run")

func shelfKey(part book.Part, digest string) string {
	return fmt.Sprintf("books/%s/%s.json", part, digest)
}

func textKey(sum string) string { return "books/files/" + sum }

// KeepBook puts every part of a book into the store, files first and their list last. What is there already is left as it is if
// it is whole; what is damaged is replaced.
func KeepBook(ctx context.Context, s store.Store, b *book.Book) error {
	for _, part := range book.Parts() {
		if err := keepPart(ctx, s, b, part); err != nil {
			return fmt.Errorf("keep the part %q of the book in the store: %w", part, err)
		}
	}
	return nil
}

func keepPart(ctx context.Context, s store.Store, b *book.Book, part book.Part) error {
	list := shelved{Files: []shelvedFile{}}
	for f := range b.Files(part) {
		list.Files = append(list.Files, shelvedFile{f.Name, f.Sum, int64(len(f.Text))})
	}
	body, err := encodeShelf(list)
	if err != nil {
		return err
	}
	for f := range b.Files(part) {
		if err := keepText(ctx, s, textKey(f.Sum), f.Text); err != nil {
			return err
		}
	}
	return keepText(ctx, s, shelfKey(part, b.Digest(part)), body)
}

// keepText puts a text where it is not, and in the place of one that is damaged.
func keepText(ctx context.Context, s store.Store, key string, text []byte) error {
	version, whole, err := lies(ctx, s, key, text)
	if err != nil || whole {
		return err
	}
	if version != "" {
		_, err = s.Swap(ctx, key, text, version)
	}
	if version == "" || errors.Is(err, store.ErrStale) { // somebody else made it anew
		_, err = s.Create(ctx, key, bytes.NewReader(text))
	}
	return err
}

// lies looks whether a text is in the store, in which version, and whether it is whole.
func lies(ctx context.Context, s store.Store, key string, text []byte) (version store.Version, whole bool, err error) {
	body, err := s.Get(ctx, key, 0, -1)
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	have, err := io.ReadAll(io.LimitReader(body, int64(len(text))+1))
	return body.Version, bytes.Equal(have, text), errors.Join(err, body.Close())
}

// UnsoundBookError says that the book of a run is not one by this version of the code.
type UnsoundBookError struct {
	Period   schemas.Period
	Problems book.Problems
}

// Error names the first problem.
func (e *UnsoundBookError) Error() string {
	return fmt.Sprintf("the book of a run of %s is not sound by this version of daybook: %s:%d: %s (and %d more)",
		e.Period, e.Problems[0].File, e.Problems[0].Line, e.Problems[0].Message, len(e.Problems)-1)
}

// OpenBook loads the book that a run used from what the store keeps of it. An error wrapping ErrNoBook says that it keeps
// nothing of that, and any other names what is damaged: each part has the digest that the spec names, or there is no book.
func OpenBook(ctx context.Context, s store.Store, spec *Spec) (*book.Book, error) {
	texts := book.Texts{}
	for _, part := range spec.Book {
		if err := takeDown(ctx, s, texts, part); err != nil {
			return nil, fmt.Errorf("read the part %q of the book of a run of %s: %w", part.Part, spec.Period, err)
		}
	}
	b, problems := book.Load(texts)
	if len(problems) > 0 {
		return nil, &UnsoundBookError{spec.Period, problems}
	}
	for _, part := range spec.Book {
		if have := b.Digest(book.Part(part.Part)); have != part.Digest {
			return nil, fmt.Errorf("%s is damaged: the digest of what it lists is %.12s…", shelfKey(book.Part(part.Part), part.Digest), have)
		}
	}
	return b, nil
}

// takeDown reads the files of a part of a book.
func takeDown(ctx context.Context, s store.Store, texts book.Texts, part PartDigest) error {
	key := shelfKey(book.Part(part.Part), part.Digest)
	body, _, err := store.ReadAll(ctx, s, key)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: there is no %s", ErrNoBook, key)
	}
	if err != nil {
		return err
	}
	var list shelved
	if err := json.Unmarshal(body, &list); err != nil {
		return fmt.Errorf("%s is damaged: %w", key, err)
	}
	for i := range list.Files {
		text, err := readText(ctx, s, &list.Files[i])
		if err != nil {
			return err
		}
		texts[list.Files[i].Name] = text
	}
	return nil
}

// readText reads a file of a book, and holds it against its digest: twice, for what is torn on its way is no fault of the store.
func readText(ctx context.Context, s store.Store, f *shelvedFile) (text []byte, err error) {
	key := textKey(f.SHA256)
	for range 2 {
		body, err := s.Get(ctx, key, 0, -1)
		if err != nil {
			return nil, fmt.Errorf("%s of the book: %w", f.Name, err)
		}
		text, err = io.ReadAll(io.LimitReader(body, f.Size+1))
		if err = errors.Join(err, body.Close()); err != nil {
			return nil, fmt.Errorf("%s of the book: read %s: %w", f.Name, key, err)
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) == f.SHA256 {
			return text, nil
		}
	}
	return nil, fmt.Errorf("%s, which is %s of the book, is damaged: it has not the digest that it is named by", key, f.Name)
}

// ChangedParts are the parts in which a book differs from that of a run, in name order.
func (s *Spec) ChangedParts(b *book.Book) (out []book.Part) {
	for _, part := range s.Book {
		if p := book.Part(part.Part); b.Digest(p) != part.Digest {
			out = append(out, p)
		}
	}
	return out
}

// DamagedBook names what of the book of a run the store does not keep as it was, a sentence each; nothing where all is. The error is
// of the store.
func DamagedBook(ctx context.Context, s store.Store, spec *Spec) (wrong []string, err error) {
	for _, part := range spec.Book {
		key := shelfKey(book.Part(part.Part), part.Digest)
		list, text, err := readShelf(ctx, s, key)
		if errors.Is(err, store.ErrNotFound) {
			wrong = append(wrong, key+" is gone")
			continue
		}
		if err != nil {
			return wrong, err
		}
		again, err := encodeShelf(list)
		if err != nil {
			return wrong, err
		}
		files := make([]book.File, len(list.Files))
		for i, f := range list.Files {
			files[i] = book.File{Name: f.Name, Sum: f.SHA256}
		}
		if digest, err := book.DigestOf(files); err != nil || digest != part.Digest || !bytes.Equal(again, text) {
			wrong = append(wrong, key+" is damaged: it is not as it was written")
			continue
		}
		for i := range list.Files {
			if _, err := readText(ctx, s, &list.Files[i]); err != nil {
				wrong = append(wrong, err.Error())
			}
		}
	}
	return wrong, nil
}

// readShelf reads the list of a part; one that does not decode is empty, and its text is no list's.
func readShelf(ctx context.Context, s store.Store, key string) (list shelved, text []byte, err error) {
	if text, _, err = store.ReadAll(ctx, s, key); err != nil {
		return list, nil, err
	}
	if json.Unmarshal(text, &list) != nil {
		list = shelved{}
	}
	return list, text, nil
}

// encodeShelf is how the list of a part lies in the store.
func encodeShelf(list shelved) ([]byte, error) {
	body, err := json.MarshalIndent(list, "", "  ")
	return append(body, '\n'), err
}
