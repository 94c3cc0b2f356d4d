package rating

import (
	"fmt"
	"strings"

	"daybook/schemas"
)

// mostUnrated is how many sets of labels that cannot be rated are told apart in an account, each with findings of its own. A
// feed may name any number of SKUs that no meter takes; those beyond the first have one finding for each reason, source, unit
// and currency.
const mostUnrated = 1 << 13

// longLabels is how long the labels of such a set may be: those of longer ones are counted with the others at once.
const longLabels = 1 << 10

// beyond returns what labels are counted with that cannot be rated and come beyond those that are told apart in the account at
// hand; nil for others.
func (t *Tally) beyond(x *Labels) *Labels {
	if x.stamp == t.stamp || x.beyond || !t.unratable(x) {
		return nil
	}
	labels, code := x.found[0].labels, x.found[0].code
	if t.unrated < t.mostUnrated && bytesOf(labels) <= longLabels {
		return nil
	}
	if t.account == nil {
		code = schemas.CodeUnknownAccount
	}
	kept := make([]string, len(labels))
	for _, i := range [...]int{labelSource, labelPeer, labelConsumedUnit, labelCurrency, labelLate} {
		kept[i] = labels[i]
	}
	key := string(code) + "\x00" + strings.Join(kept, "\x00")
	out := t.others[key]
	if out == nil {
		out = &Labels{found: t.plan.keyed([]match{t.plan.unmetered(kept, code)}), beyond: true}
		out.found[0].beyond, out.found[0].id = true, t.idOf(out.found[0].key)
		if t.others == nil {
			t.others = map[string]*Labels{}
		}
		t.others[key] = out
	}
	return out
}

func bytesOf(labels []string) (n int) {
	for _, l := range labels {
		n += len(l)
	}
	return n
}

// unratable reports whether no meter takes rows with the labels, whatever the account has, or the account is not known. Rows that
// another period answers for, or that several meters take, are told apart.
func (t *Tally) unratable(x *Labels) bool {
	return len(x.found) == 1 && !x.found[0].elsewhere && (x.found[0].meter < 0 || t.account == nil)
}

// Beyond reports whether labels stand for all that cannot be rated beyond those that are told apart, so that a caller need not
// remember which they were.
func (x *Labels) Beyond() bool { return x.beyond }

// beyondSubject says of what a finding is that stands for all beyond those that are told apart.
func beyondSubject(most int) string {
	return fmt.Sprintf("all that is like this beyond the first %d SKUs and services, or has names of more than %d bytes", most, longLabels)
}
