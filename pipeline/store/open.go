package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Open returns the store at a place: a path, relative to the working directory or absolute; a URL file:///path; or
// s3://bucket/prefix with these parameters, all optional:
//
//	endpoint    of a server that is not AWS, such as http://127.0.0.1:7070
//	region      such as eu-central-1; by default that of the environment or profile
//	path_style  whether the bucket goes into the path (true) or the host (false); by default true with an endpoint
//
// Credentials come from the environment, profile or machine, as for every AWS tool; a URL that holds some is refused.
// The context bounds the search for them. Nothing is made, and what a URL names need not exist yet; but a bucket is never
// created.
func Open(ctx context.Context, place string) (Store, error) {
	if place == "" {
		return nil, errors.New("open store: the place is empty; give a directory, a file:// URL or an s3:// URL")
	}
	scheme, _, ok := strings.Cut(place, "://")
	if !ok {
		return OpenDirectory(place)
	}
	u, err := url.Parse(place)
	if err != nil {
		// The parser's message repeats the text, which may hold a password.
		return nil, fmt.Errorf("open store: the %s:// URL cannot be parsed; escape odd characters by %%XX", scheme)
	}
	if u.User != nil {
		return nil, fmt.Errorf("open store: the %s:// URL holds credentials; set AWS_ACCESS_KEY_ID and "+
			"AWS_SECRET_ACCESS_KEY or a profile instead", u.Scheme)
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" || u.RawQuery != "" || u.Fragment != "" || u.Path == "" {
			return nil, fmt.Errorf("open store %q: a file URL has three slashes, an absolute path and nothing more: file:///path", place)
		}
		return OpenDirectory(u.Path)
	default:
		return nil, fmt.Errorf("open store %q: the scheme %q is not known; use a path, file:// or s3://", place, u.Scheme)
	}
}
