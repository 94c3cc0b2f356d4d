package book

import (
	"os"
	"testing"
)

func TestStarterIsSound(t *testing.T) {
	dir := t.TempDir()
	if err := Init(dir); err != nil {
		t.Fatal(err)
	}
	b, problems, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	if b == nil {
		t.FailNow()
	}
	t.Log(b.Summary())
	if err := Init(dir); err == nil {
		t.Error("Init overwrites a book")
	}
	if _, err := os.Stat(dir + "/.schemas/provider.json"); err != nil {
		t.Error(err)
	}
}
