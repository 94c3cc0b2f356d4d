package feeds_test

import (
	"fmt"
	"strings"
	"testing"

	"daybook/reconcile/feeds"
	"daybook/schemas"
	"daybook/schemas/feed"
)

// quiet are days of which nothing is expected.
func quiet(first, last int) string {
	var out []string
	for day := first; day <= last; day++ {
		out = append(out, fmt.Sprintf("%d nothing_expected", day))
	}
	return strings.Join(out, "; ")
}

func TestJudge(t *testing.T) {
	rows := make([]int64, 30)
	rows[0], rows[2] = 5, 7
	month := feed.Expectation{Want: 2, Came: 2, State: feed.Complete}
	for _, x := range []struct {
		name string
		feed feeds.Feed
		want string
	}{
		{"usage, days by its rows", feeds.Feed{Expected: []feed.Expectation{month}, Rows: rows}, "month complete 12 rows false; 1 nothing_expected 5 true; 2 nothing_expected 0 true; 3 nothing_expected 7 true; 4 nothing_expected 0 false"},
		{"refused when it was read", feeds.Feed{Expected: []feed.Expectation{month}, Refused: []string{"a"}}, "month refused"},
		{"refused and missing", feeds.Feed{Expected: []feed.Expectation{{State: feed.Missing}}, Refused: []string{"a"}}, "month missing"},
		{"refused on a day", feeds.Feed{Expected: []feed.Expectation{month, {Day: "2024-09-01", State: feed.Complete}}, Refused: []string{"m/2024-09-01.csv"}}, "month refused; 1 refused; " + quiet(2, 30)},
		{"of an earlier version of the program", feeds.Feed{}, "month nothing_expected"},
	} {
		var got []string
		for _, r := range feeds.Judge("2024-09", &x.feed, schemas.NewDate(2024, 9, 4)) {
			name := "month"
			if !r.Day.IsZero() {
				name = strings.TrimPrefix(r.Day.String()[8:], "0")
			}
			line := name + " " + string(r.State)
			if r.Rows != nil {
				line += fmt.Sprintf(" %d", *r.Rows)
				if name == "month" {
					line += " rows"
				}
				line += fmt.Sprintf(" %v", *r.Fresh)
			}
			got = append(got, line)
		}
		if s := strings.Join(got, "; "); s != x.want {
			t.Errorf("%s:\n%s\nnot\n%s", x.name, s, x.want)
		}
	}
}

// TestStopped looks at feeds that stop, pause, begin late and are short.
func TestStopped(t *testing.T) {
	for _, x := range []struct {
		name                 string
		before, had, silence int
		after                int
		state                feed.State
		want                 bool
	}{
		{"stopped", 0, 20, 10, 0, feed.Complete, true},
		{"on its last three days", 0, 27, 3, 0, feed.Unasked, true},
		{"two days are few", 0, 28, 2, 0, feed.Complete, false},
		{"ten days are enough", 0, 10, 20, 0, feed.Complete, true},
		{"nine are not", 0, 9, 21, 0, feed.Complete, false},
		{"it goes on again", 0, 15, 10, 5, feed.Complete, false},
		{"it began late", 5, 15, 10, 0, feed.Complete, false},
		{"it never had any", 0, 0, 30, 0, feed.Complete, false},
		{"its deliveries are missing, which is found", 0, 20, 10, 0, feed.Missing, false},
	} {
		rows := make([]int64, 30)
		for i := range rows {
			if i >= x.before && i < x.before+x.had || i >= x.before+x.had+x.silence {
				rows[i] = 3
			}
		}
		f := feeds.Feed{Source: "s", Expected: []feed.Expectation{{State: x.state}}, Rows: rows}
		found := feeds.Stopped(feeds.Judge("2024-09", &f, schemas.NewDate(2024, 9, 30)))
		if (len(found) == 1) != x.want {
			t.Errorf("%s: %v", x.name, found)
		}
	}
}
