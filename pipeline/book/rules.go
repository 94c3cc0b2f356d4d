package book

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"daybook/pipeline/book/check"
	"daybook/pipeline/book/parse"
	"daybook/schemas"
)

// rules are the mappings of one source that look at more than account numbers that are equal. Each is found by one of its
// texts, its anchor, so that thousands of them cost a row no more than one does.
type rules struct {
	at map[anchor][]int32
	// lengths are those of the prefixes by what they are of, the shortest first.
	lengths map[facet][]int
	// byRow says that some look at a resource or a tag, dated that some have days.
	byRow, dated bool
	// accounts are those that they name by a resource or a tag, in order; digest is of all that these say.
	accounts []schemas.AccountID
	digest   []byte
	// keys are the tags that they ask for. spelled are the first that ask for the value of a tag in one spelling, by tag and value
	// with case folded.
	keys    map[string]bool
	spelled map[schemas.Tag]int32
}

// facet is one of the texts by which a row is told, and how it is compared.
type facet struct {
	kind schemas.Match
	// column is that of the usage; tag is the key where it is UseTags.
	column int
	tag    string
}

// anchor is a facet with the text of a mapping; an empty one stands for any value of a tag.
type anchor struct {
	facet
	text string
}

// newRules returns those of a source; nil where there are none.
func newRules(mappings []schemas.Mapping, src *schemas.Source) *rules {
	var r *rules
	sum := sha256.New()
	for i := range mappings {
		m := &mappings[i]
		if m.ByNumber() || !isOf(m, src) {
			continue
		}
		if r == nil {
			r = &rules{at: map[anchor][]int32{}, lengths: map[facet][]int{}, keys: map[string]bool{}, spelled: map[schemas.Tag]int32{}}
		}
		r.add(int32(i), m)
		if m.Resource != "" || m.Tag != "" {
			fmt.Fprintf(sum, "%q %d %s %s\n", []string{
				m.BillingAccount, m.SubAccount, m.Resource, m.Tag, m.Value, string(m.Match), string(m.Account),
			}, m.Order, m.From, m.To)
		}
	}
	if r != nil {
		slices.Sort(r.accounts)
		r.accounts, r.digest = slices.Compact(r.accounts), sum.Sum(nil)
	}
	return r
}

// add takes the mapping at a position.
func (r *rules) add(i int32, m *schemas.Mapping) {
	a := anchorOf(m)
	if n := len(a.text); a.kind == schemas.MatchPrefix && !slices.Contains(r.lengths[a.facet], n) {
		r.lengths[a.facet] = append(r.lengths[a.facet], n)
		slices.Sort(r.lengths[a.facet])
	}
	r.at[a] = append(r.at[a], i)
	r.dated = r.dated || !m.From.IsZero() || !m.To.IsZero()
	if m.Resource != "" || m.Tag != "" {
		r.byRow = true
		r.accounts = append(r.accounts, m.Account)
	}
	if m.Tag == "" {
		return
	}
	r.keys[m.Tag] = true
	spelling := schemas.Tag{Key: check.Fold(m.Tag), Value: check.Fold(m.Value)}
	if _, there := r.spelled[spelling]; !there && a.kind == schemas.MatchExact && m.Value != "" {
		r.spelled[spelling] = i
	}
}

// anchorOf is the text that a mapping is found by: the one that fewest rows have.
func anchorOf(m *schemas.Mapping) anchor {
	f, text := facet{kind: cmp.Or(m.Match, schemas.MatchExact)}, ""
	switch {
	case m.Tag != "":
		f.column, f.tag, text = schemas.UseTags, m.Tag, m.Value
	case m.Resource != "":
		f.column, text = schemas.UseResourceId, m.Resource
	case m.SubAccount != "":
		f.column, text = schemas.UseSubAccountId, m.SubAccount
	default:
		f.column, text = schemas.UseBillingAccountId, m.BillingAccount
	}
	if f.kind == schemas.MatchFold {
		f.tag, text = check.Fold(f.tag), check.Fold(text)
	}
	return anchor{f, text}
}

// claims adds the mappings that take a row on a day.
func (r *rules) claims(mappings []schemas.Mapping, row schemas.Identity, day schemas.Date, out []int32) []int32 {
	tags := schemas.TagsOf(row.Tags)
	try := func(column int, tag, text string) {
		for _, kind := range [...]schemas.Match{schemas.MatchExact, schemas.MatchFold, schemas.MatchPrefix} {
			f, text := facet{kind, column, tag}, text
			if kind == schemas.MatchFold {
				f.tag, text = check.Fold(tag), check.Fold(text)
			}
			look := func(text string) {
				for _, i := range r.at[anchor{f, text}] {
					m := &mappings[i]
					if v := m.Validity(); v.Holds(day, schemas.Date{}) && takes(m, row, tags) && !slices.Contains(out, i) {
						out = append(out, i)
					}
				}
			}
			if kind == schemas.MatchPrefix {
				for _, n := range r.lengths[f] {
					if n <= len(text) {
						look(text[:n])
					}
				}
				continue
			}
			look(text)
			if tag != "" && text != "" {
				look("")
			}
		}
	}
	for _, x := range [...]struct {
		column int
		text   string
	}{{schemas.UseBillingAccountId, row.Billing}, {schemas.UseSubAccountId, row.Sub}, {schemas.UseResourceId, row.Resource}} {
		if x.text != "" {
			try(x.column, "", x.text)
		}
	}
	for _, t := range tags {
		try(schemas.UseTags, t.Key, t.Value)
	}
	return out
}

// takes reports whether a mapping takes a row by all that it names.
func takes(m *schemas.Mapping, row schemas.Identity, tags []schemas.Tag) bool {
	like := func(want, is string) bool {
		switch {
		case want == "":
			return true
		case m.Match == schemas.MatchPrefix:
			return strings.HasPrefix(is, want)
		case m.Match == schemas.MatchFold:
			return check.Fold(want) == check.Fold(is)
		}
		return want == is
	}
	return like(m.BillingAccount, row.Billing) && like(m.SubAccount, row.Sub) && like(m.Resource, row.Resource) &&
		(m.Tag == "" || slices.ContainsFunc(tags, func(t schemas.Tag) bool {
			same := t.Key == m.Tag || m.Match == schemas.MatchFold && check.Fold(t.Key) == check.Fold(m.Tag)
			return same && like(m.Value, t.Value)
		}))
}

// condition is what a mapping takes, in the words of the book.
func condition(m *schemas.Mapping) string {
	var parts []string
	for _, x := range [...]struct{ key, text string }{
		{"billing_account", m.BillingAccount}, {"sub_account", m.SubAccount}, {"resource", m.Resource}, {"tag", m.Tag}, {"value", m.Value},
	} {
		if x.text != "" {
			parts = append(parts, x.key+" "+strconv.Quote(parse.Clip(x.text)))
		}
	}
	if how := cmp.Or(m.Match, schemas.MatchExact); how != schemas.MatchExact {
		parts = append(parts, "match "+string(how))
	}
	return strings.Join(parts, ", ")
}

// suggestion is a mapping as it can be pasted into accounts of the source's peer, with a text in the place of the account where the book
// cannot know it. Mappings of our own sources stand in mapping.csv, and are told in words.
func suggestion(src *schemas.Source, m *schemas.Mapping) string {
	if src.Peer == "" {
		if m.Account == "" {
			return condition(m)
		}
		return condition(m) + ", account " + string(m.Account)
	}
	var parts []string
	add := func(key, text string) {
		if text != "" {
			parts = append(parts, key+": "+text)
		}
	}
	for _, x := range [...]struct{ key, text string }{
		{"billing_account", m.BillingAccount}, {"sub_account", m.SubAccount}, {"resource", m.Resource}, {"tag", m.Tag}, {"value", m.Value},
	} {
		if x.text != "" {
			add(x.key, strconv.Quote(x.text))
		}
	}
	if how := cmp.Or(m.Match, schemas.MatchExact); how != schemas.MatchExact {
		add("match", string(how))
	}
	if m.Order != 0 {
		add("order", strconv.Itoa(m.Order))
	}
	add("from", m.From.String())
	add("to", m.To.String())
	add("account", cmp.Or(string(m.Account), "ACCOUNT"))
	return "{" + strings.Join(parts, ", ") + "}"
}

// RowOwners lists the accounts that a source's mappings by resource or tag name, in order, and digests these mappings: as long
// as the digest is the same, rows that say the same of themselves belong to the same accounts.
func (b *Book) RowOwners(src *schemas.Source) (accounts []schemas.AccountID, digest []byte) {
	if !b.OwnerByRow(src) {
		return nil, nil
	}
	r := b.rules[src.ID]
	return r.accounts, r.digest
}

// Suggest says which mapping would give a row of nobody's to an account, of a peer's source as its file has it: one that is there but
// for the case of its letters, or one for another value of a tag that mappings ask for. It says nothing where only account numbers
// decide.
func (b *Book) Suggest(src *schemas.Source, row schemas.Identity) string {
	r := b.rules[src.ID]
	if r == nil {
		return ""
	}
	tags := schemas.TagsOf(row.Tags)
	for _, t := range tags {
		if i, ok := r.spelled[schemas.Tag{Key: check.Fold(t.Key), Value: check.Fold(t.Value)}]; ok {
			m := b.Mappings[i]
			m.Match = schemas.MatchFold
			return suggestion(src, &m)
		}
	}
	for _, t := range tags {
		if t.Value != "" && r.keys[t.Key] {
			return suggestion(src, &schemas.Mapping{Tag: t.Key, Value: t.Value})
		}
	}
	return ""
}
