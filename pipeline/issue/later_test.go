package issue_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybook/pipeline/again"
	"daybook/pipeline/explain"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// TestYearLater changes every file of the book after a month was issued, and takes all that was delivered away: every charge still
// explains itself, but for the objects behind it, each of which is named; the run is not done again, and all that it lacks is told.
func TestYearLater(t *testing.T) {
	t.Parallel()
	s := newSite(t, bothMonths)
	m := s.bill("2024-08")
	s.close("2024-08")
	s.yearLater()
	l, err := explain.OpenLook(t.Context(), s.book(), s.Store, s.Landing, "2024-08", m.Run)
	if err != nil {
		t.Fatal(err)
	}
	explained := 0
	for _, o := range m.Outputs {
		if o.Dataset != schemas.Charges.Name {
			continue
		}
		err := rows.ReadCharges(t.Context(), s.Store, o.Key, nil, func(c *schemas.Charge) error {
			e, err := l.Explain(t.Context(), string(c.ID), explain.Options{Check: true, Rows: 3})
			if err != nil {
				return err
			}
			if explained++; len(e.Steps) == 0 {
				t.Errorf("%s of %s has no arithmetic", c.ID, c.Account)
			}
			named := c.UsageRows == 0
			for _, x := range e.Checks {
				switch {
				case x.What == "source objects":
					named = !x.OK && strings.Contains(x.Detail, "landing/own/2024-08/") || !x.OK && strings.Contains(x.Detail, "is gone")
				case !x.OK:
					t.Errorf("%s of %s, %s: %s: %s", c.ID, c.Account, c.Offering, x.What, x.Detail)
				}
			}
			if !named {
				t.Errorf("%s of %s, %s: no object is named that is gone: %+v", c.ID, c.Account, c.Offering, e.Checks)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if explained < 100 {
		t.Errorf("%d charges were explained", explained)
	}
	_, err = again.Do(t.Context(), &run.Run{Places: run.Places{Landing: s.Landing, Store: s.Store, Scratch: new(store.Memory)}}, m, new(store.Memory), 1)
	pinned := 0
	for i := range m.Spec.Sources {
		pinned += len(m.Spec.Sources[i].Objects)
	}
	if missing, is := errors.AsType[*again.GoneError](err); !is || len(missing.Objects) != pinned {
		t.Errorf("done again without its %d objects: %v", pinned, err)
	}
	s.verified()
}

// yearLater changes a text in every file of the book, and empties the landing place.
func (s *site) yearLater() {
	s.t.Helper()
	for file, texts := range map[string][2]string{
		"provider.yaml": {"legal_name: Small Cloud GmbH", "legal_name: Large Cloud AG"}, "sources.yaml": {"ServiceName: Platform", "ServiceName: Base"},
		"catalogue/all.yaml": {"unit_price: 0.0415", "unit_price: 0.0999"}, "fx.csv": {"1.1087", "1.5087"}, "plan.csv": {"2000", "3000"},
		"plan.yaml": {"percent: 5", "percent: 6"}, "customers.csv": {"Customer 03", "Client 03"}, "accounts.csv": {"Account 03,EUR,DE", "Account 03,EUR,FR"},
		"subscriptions.csv": {"sub-04-1,compute,2024-01-01", "sub-04-1,compute,2024-08-09"}, "peers/atlas.yaml": {"price: 0.0171", "price: 0.0181"},
		"closings.csv": {"all is there", "as it was"},
	} {
		s.edit(file, texts[0], texts[1])
	}
	err := filepath.WalkDir(filepath.Join(s.dir, "landing"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return os.Remove(name)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
