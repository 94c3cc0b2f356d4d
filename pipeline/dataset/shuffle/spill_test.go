package shuffle

import (
	"os"
	"testing"
)

func TestTempSpill(t *testing.T) {
	dir := t.TempDir()
	f, err := TempSpill(dir)()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"one ", "two"} {
		if _, err := f.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	got := make([]byte, 3)
	if _, err := f.ReadAt(got, 4); err != nil || string(got) != "two" {
		t.Errorf("read %q, %v", got, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	if _, err := TempSpill(dir + "/missing")(); err == nil {
		t.Error("a directory that is not there took a file")
	}
}
