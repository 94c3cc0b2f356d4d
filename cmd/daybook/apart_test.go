package main

import (
	"strings"
	"testing"
)

// TestStoreApart tells places in buckets apart by server, bucket and folder, not by how they are written.
func TestStoreApart(t *testing.T) {
	const here = "&endpoint=http://127.0.0.1:7070"
	for _, c := range []struct{ landing, store, want string }{
		{"s3://b/in?region=x", "s3://b/in?region=y", "lies in the landing place"},
		{"s3://b/in/?region=x", "s3://b/in", "lies in the landing place"},
		{"s3://b/in", "s3://b/in/out", "the store s3://b/in/out lies in the landing place s3://b/in:"},
		{"s3://b", "s3://b/out", "lies in the landing place"},
		{"s3://b/in?region=x", "s3://b?region=x", "the landing place s3://b/in lies in the store s3://b:"},
		{"s3://b/in", "s3://b/in/out?endpoint=https://s3.eu-west-1.amazonaws.com", "lies in the landing place"},
		{"s3://b/in?x" + here, "s3://b/in/out?endpoint=http://127.0.0.1:7070/", "lies in the landing place"},
		{"s3://b/in", "s3://b/in-out", ""},
		{"s3://b/in-out", "s3://b/in", ""},
		{"s3://b/in", "s3://c/in/out", ""},
		{"s3://b", "s3://bb", ""},
		{"s3://b/in?x" + here, "s3://b/in/out", ""},
		{"s3://b/in?x" + here, "s3://b/in/out?endpoint=http://127.0.0.1:7071", ""},
		{"/b/in", "s3://b/in/out", ""},
		{"s3://b/in", "/b/in/out", ""},
		{"/b/in", "file:///b/in/out", "lies in the landing place"},
		{"/b/in", "/b", "the landing place /b/in lies in the store /b:"},
	} {
		err := storeApart("/book", "/book/store", c.landing, c.store)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("landing %s, store %s: %v", c.landing, c.store, err)
		}
	}
}
