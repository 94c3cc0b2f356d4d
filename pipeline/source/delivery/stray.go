package delivery

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"daybook/schemas"
)

// Claims returns what tells whether an object is one of a source's in a period, or a manifest of it.
func Claims(src *schemas.Source, period schemas.Period) (func(key string) bool, error) {
	s := &search{src: src, q: Query{Period: period}}
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("source %s: %w", src.ID, err)
	}
	return func(key string) bool {
		_, object := s.objects.find(key)
		if !object && s.manifests != nil {
			_, object = s.manifests.find(key)
		}
		return object
	}, nil
}

// ofOtherMonths returns what tells objects that another month's deliveries may be of, which lie in one folder with those of the
// period: what is filed under another month, and where manifests alone say of which month an object is, all objects.
func (s *search) ofOtherMonths() (func(key string) bool, error) {
	_, filed, of, err := anyMonth(path.Join(s.src.Prefix, filing(s.src)))
	if err != nil {
		return nil, err
	}
	shared := s.manifests != nil && !strings.ContainsRune(s.src.Pattern, '{')
	return func(key string) bool {
		if _, object := s.objects.find(key); object {
			return shared
		}
		groups := filed.FindStringSubmatch(key)
		if groups == nil {
			return false
		}
		month, known := monthIn(groups[1:], of)
		return s.manifests != nil || known && month != s.q.Period
	}, nil
}

// strays says which objects lie where deliveries of the period lie and belong to none: what is misnamed, or left out of a
// manifest, must not vanish without a word. Markers that programs leave are only noted.
func (s *search) strays() error {
	others, err := s.ofOtherMonths()
	if err != nil {
		return err
	}
	for _, key := range s.keys {
		if s.named[key] || s.q.Claimed != nil && s.q.Claimed(key) || others(key) {
			continue
		}
		why := "it is not named as the source's pattern says"
		if _, ok := s.objects.find(key); ok {
			if slices.ContainsFunc(s.unknown, func(folder string) bool { return strings.HasPrefix(key, folder) }) {
				continue
			}
			if s.unsettled(s.seen[key].at) {
				continue // its manifest may be yet to come
			}
			why = "no manifest names it"
		}
		f := schemas.Finding{Code: schemas.CodeStrayObject, Source: s.src.ID, Object: key, Message: why}
		if name := path.Base(key); s.seen[key].Size == 0 || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
			f.Severity = schemas.Note
		}
		s.out.Findings = append(s.out.Findings, f.WithFix())
	}
	return nil
}
