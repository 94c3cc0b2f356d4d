package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		place string
		want  string // the store's own name, or a part of the error
	}{
		{"out/store", "file://" + here + "/out/store"},
		{".", "file://" + here},
		{here + "/out", "file://" + here + "/out"},
		{"file:///var/a%20b", "file:///var/a b"},
		{"s3://bucket?region=eu-central-1", "s3://bucket/"},
		{"s3://bucket/a/b/?endpoint=http://127.0.0.1:7070&path_style=false", "s3://bucket/a/b/"},
		{"s3://bucket/p?endpoint=https://objects.example:9000&region=x", "s3://bucket/p/"},
		{"s3://bucket/p?endpoint=http://localhost:9000", "s3://bucket/p/"},
		{"s3://bucket/p?endpoint=http://[::1]:9000&insecure=false", "s3://bucket/p/"},
		{"s3://bucket/p?endpoint=http://objects.example:9000&insecure=true", "s3://bucket/p/"},

		{"", "the place is empty"},
		{"file", "not a directory"},
		{"file://out/store", "three slashes"},
		{"file://", "three slashes"},
		{"file:///a?b", "three slashes"},
		{"gs://bucket/a", `the scheme "gs" is not known`},
		{"s3:///a", "not of the form s3://bucket/prefix"},
		{"s3://bucket/a/../b?region=x", "starts with a dot"},
		{"s3://bucket/a//b?region=x", "empty segment"},
		{"s3://bucket/a", "no region is set"},
		{"s3://bucket/a?regoin=x", `the parameter "regoin"`},
		{"s3://bucket/a?endpoint=127.0.0.1:7070", "the endpoint is not"},
		{"s3://bucket/a?endpoint=ftp://127.0.0.1:7070", "the endpoint is not"},
		{"s3://bucket/a?endpoint=http://objects.example:9000", "in clear"},
		{"s3://bucket/a?endpoint=http://10.0.0.7:9000&insecure=false", "in clear"},
		{"s3://bucket/a?endpoint=http://localhost.example", "in clear"},
		{"s3://bucket/a?endpoint=https://x&insecure=yes", "neither true nor false"},
		{"s3://bucket/a?region=x&path_style=1", "neither true nor false"},
		{"s3://AKIA:sesame@bucket/a?region=x", "holds credentials"},
		{"s3://AKIA:sesame%zz@bucket/a?region=x", "cannot be parsed"},
		{"s3://bucket/a?region=x&endpoint=http://AKIA:sesame@host", "the endpoint is not"},
		{"s3://bucket/a?region=x&endpoint=http://host/%3Ftoken=sesame", "the endpoint is not"},
		{"s3://bucket/a?secret=sesame", `the parameter "secret" in "s3://bucket/a?…"`},
		{"s3://bucket/a?secret=sesame%zz", "the parameters in"},
		{"s3://bucket/a?path_style=sesame", "neither true nor false"},
		{"s3://bucket/a?region=x#sesame", "not of the form"},
		{"s3://bucket/.a?secret=sesame", "starts with a dot"},
		{"file:///a?secret=sesame", "three slashes"},
		{"https://host/a?token=sesame", `the scheme "https" is not known`},
		{"s3:bucket/a", "two slashes behind its scheme"},
		{"file:/a", "two slashes behind its scheme"},
	} {
		s, err := Open(t.Context(), c.place)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = s.(interface{ String() string }).String()
		}
		if err == nil && got != c.want || !strings.Contains(got, c.want) || strings.Contains(got, "sesame") {
			t.Errorf("open %q: %q, want %q", c.place, got, c.want)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil || len(entries) != 1 {
		t.Errorf("opening made %v, %v", entries, err)
	}
}

// TestEndpointOfTheEnvironment asks before tokens go in clear to a host that nobody wrote into a URL.
func TestEndpointOfTheEnvironment(t *testing.T) {
	t.Setenv("AWS_REGION", "x")
	for endpoint, refused := range map[string]bool{"http://objects.example": true, "https://objects.example": false, "http://127.0.0.1:9000": false} {
		t.Setenv("AWS_ENDPOINT_URL", endpoint)
		if _, err := Open(t.Context(), "s3://bucket"); (err != nil) != refused {
			t.Errorf("%s: %v, want it refused: %v", endpoint, err, refused)
		}
		if _, err := Open(t.Context(), "s3://bucket?insecure=true"); err != nil {
			t.Errorf("%s: %v, though it was asked for", endpoint, err)
		}
	}
}
