package delivery

import (
	"path"
	"strings"
)

// isMarker reports whether what a source names as its manifest is only a sign, such as _SUCCESS, that all is there.
func isMarker(key string) bool {
	name := path.Base(key)
	return strings.HasPrefix(name, "_") && path.Ext(name) == ""
}

// beside puts the objects that lie below a marker's folder, at the same day and version, into its candidate.
func (s *search) beside(c *candidate, at place) {
	folder := path.Dir(c.ID) + "/"
	for _, key := range s.keys {
		if is, ok := s.objects.find(key); ok && key != c.ID && strings.HasPrefix(key, folder) && is == at {
			s.add(c, key, -1)
		}
	}
}
