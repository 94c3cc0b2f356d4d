package delivery

import (
	"context"
	"errors"

	"daybook/pipeline/store"
	"daybook/schemas"
)

// Newest returns the object of a source that was changed last, of the last month under which it files any; none is left out, be it
// complete or not. Its key is empty where there is none.
func Newest(ctx context.Context, landing store.Store, src *schemas.Source) (newest store.Info, err error) {
	months, err := Periods(ctx, landing, src)
	if err != nil || len(months) == 0 && !Undated(src) {
		return newest, err
	}
	months = append([]schemas.Period{"2000-01"}, months...) // of a source that says nothing of months, any
	objects, err := compilePattern(src.Prefix, src.Pattern, months[len(months)-1])
	if err != nil {
		return newest, err
	}
	for info, err := range landing.List(ctx, objects.prefix) {
		if _, denied := store.Denied(err); denied || errors.Is(err, store.ErrKey) {
			continue
		}
		if err != nil {
			return newest, err
		}
		if _, is := objects.find(info.Key); is && (newest.Key == "" || !info.Modified.Before(newest.Modified)) {
			newest = info
		}
	}
	return newest, nil
}
