package book_test

import (
	"os"
	"testing"
	"testing/fstest"

	"daybook/pipeline/book"
)

// TestTextsAreAFileSystem holds a book in memory to what a file system is.
func TestTextsAreAFileSystem(t *testing.T) {
	texts := book.Texts{"provider.yaml": []byte("a"), "catalogue/b.yaml": []byte("bc"), "catalogue/c.yaml": nil, "peers/deep/d.yaml": []byte("d")}
	if err := fstest.TestFS(texts, "provider.yaml", "catalogue/b.yaml", "catalogue/c.yaml", "peers/deep/d.yaml"); err != nil {
		t.Error(err)
	}
}

// TestBookFromItsFiles loads the starter from the files that its book says it was read from: every part is the same.
func TestBookFromItsFiles(t *testing.T) {
	b, problems := book.Load(os.DirFS("starter"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	texts := book.Texts{}
	for _, part := range book.Parts() {
		for f := range b.Files(part) {
			texts[f.Name] = f.Text
		}
	}
	again, problems := book.Load(texts)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(texts) < 8 || again.Summary() != b.Summary() {
		t.Errorf("of %d files: %s, was %s", len(texts), again.Summary(), b.Summary())
	}
	for _, part := range book.Parts() {
		if again.Digest(part) != b.Digest(part) {
			t.Errorf("%s has another digest", part)
		}
	}
}
