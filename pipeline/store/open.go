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
//	insecure    whether an endpoint of http:// that is not this machine may be used (true); tokens and data go to it in clear
//	path_style  whether the bucket goes into the path (true) or the host (false); by default true with an endpoint
//
// Credentials come from the environment, profile or machine, as for every AWS tool; a URL that holds some is refused.
// The context bounds the search for them. Nothing is made, and what a URL names need not exist yet; but a bucket is never
// created.
func Open(ctx context.Context, place string) (Store, error) {
	if place == "" {
		return nil, errors.New("open store: the place is empty; give a directory, a file:// URL or an s3:// URL")
	}
	if scheme, _, found := strings.Cut(place, ":"); found && (scheme == "s3" || scheme == "file") && !strings.Contains(place, "://") {
		return nil, fmt.Errorf("open store: a URL has two slashes behind its scheme, as in %s://; write ./%s: for a directory of that name", scheme, scheme)
	}
	if !strings.Contains(place, "://") {
		return OpenDirectory(place)
	}
	u, err := parseURL(place)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" || u.RawQuery != "" || u.Fragment != "" || u.Path == "" {
			return nil, fmt.Errorf("open store %q: a file URL has three slashes, an absolute path and nothing more: file:///path", bare(u))
		}
		return OpenDirectory(u.Path)
	case "s3":
		return OpenBucket(ctx, place)
	default:
		return nil, fmt.Errorf("open store %q: the scheme %q is not known; use a path, file:// or s3://", bare(u), u.Scheme)
	}
}

// bare is a URL without what may hold a secret: parameters and what stands behind a hash.
func bare(u *url.URL) string {
	text := u.Scheme + "://" + u.Host + u.Path
	if u.RawQuery != "" || u.Fragment != "" {
		text += "?…"
	}
	return text
}

// parseURL parses a URL without credentials. Its errors do not repeat the text, which may hold a password.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the URL cannot be parsed; write odd characters in it as %XX")
	}
	if u.User != nil {
		return nil, fmt.Errorf("the URL of %s holds credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "+
			"or a profile instead", u.Host)
	}
	return u, nil
}
