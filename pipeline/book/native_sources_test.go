package book_test

import (
	"os"
	"strings"
	"testing"

	"daybook/pipeline/book"
	"daybook/schemas"
)

// TestSourcesOfPeers takes the sources of peers that the starter has behind #: each is one that a book may have.
func TestSourcesOfPeers(t *testing.T) {
	text, err := os.ReadFile("starter/sources.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("starter")); err != nil {
		t.Fatal(err)
	}
	bare := strings.ReplaceAll(strings.ReplaceAll(string(text), "\n  #- ", "\n  - "), "\n  #  ", "\n    ")
	if err := os.WriteFile(dir+"/sources.yaml", []byte(bare), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, peer := range []string{"aws", "azure", "google"} {
		if err := os.WriteFile(dir+"/peers/"+peer+".yaml", []byte("id: "+peer+"\nname: "+peer+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, problems := book.Load(os.DirFS(dir))
	for _, p := range problems {
		t.Errorf("%+v", p)
	}
	if b == nil {
		t.Fatal("there is no book")
	}
	formats := map[schemas.Format]bool{}
	for i := range b.Sources {
		formats[b.Sources[i].Format] = true
	}
	for _, f := range []schemas.Format{schemas.AWSCUR20, schemas.AzureCost, schemas.GCPBilling} {
		if !formats[f] {
			t.Errorf("no source has the format %s", f)
		}
	}
}
