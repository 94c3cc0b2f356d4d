package bills

import (
	"cmp"
	"math/bits"
	"slices"

	"daybook/schemas"
	"daybook/schemas/money"
)

// entry is a row that is held to be matched, with no text of its own.
type entry struct {
	quantity, cost money.Fixed // cost is in the currency of the kind; of an earlier row of our meters it is what was expected
	// stated is the quantity of which the peer states the price, where priced.
	stated, price                            money.Fixed
	start, end, row                          int64
	kind                                     uint32 // its place in the list of all
	account, resource, object, invoice       uint32
	day                                      schemas.Date
	own, earlier, priced, ourOwn, byResource bool
}

// chunk is how many entries lie together: none is moved when more come.
const (
	chunkBits = 10
	chunk     = 1 << chunkBits
)

// held are the rows between one match and the next. All of its memory serves again.
type held struct {
	entries [][]entry
	n       int
	// accounts and resources begin anew where they become many; texts and kinds stay.
	accounts, texts, resources names
	kinds                      []*kind
	used                       []*kind // of the entries
	order, room                []placed
	counts                     [1 << digitBits]uint32
	bits                       fieldBits
	word                       int // how many bits a key may have
}

func (h *held) at(i uint32) *entry { return &h.entries[i>>chunkBits][i%chunk] }

// kind is that of an entry.
func (h *held) kind(e *entry) *kind { return h.kinds[e.kind] }

// next makes room for an entry, which has no value yet.
func (h *held) next() *entry {
	if h.n == len(h.entries)*chunk {
		h.entries = append(h.entries, make([]entry, chunk))
	}
	h.n++
	return h.at(uint32(h.n - 1))
}

// use notes what names an entry has.
func (h *held) use(e *entry) {
	h.accounts.use(e.account)
	if e.byResource {
		h.resources.use(e.resource)
	}
	if k := h.kind(e); k.rank == 0 {
		k.rank = 1
		h.used = append(h.used, k)
	}
}

// mostNames is how many names of accounts, or of resources, may stay from one match to the next.
const mostNames = 1 << 12

// clear forgets the entries.
func (h *held) clear() {
	h.n = 0
	for _, n := range []*names{&h.accounts, &h.resources} {
		if n.unuse(); len(n.texts) > mostNames {
			*n = newNames()
		}
	}
	for _, k := range h.used {
		k.rank = 0
	}
	h.used = h.used[:0]
}

// names gives texts numbers, and those in use a rank.
type names struct {
	codes map[string]uint32
	texts []string
	ranks []uint32
	used  []uint32
}

// newNames are those of the empty text alone, whose number is 0.
func newNames() names {
	return names{codes: map[string]uint32{"": 0}, texts: []string{""}, ranks: []uint32{0}}
}

func (n *names) code(text []byte) uint32 {
	if c, ok := n.codes[string(text)]; ok {
		return c
	}
	c, s := uint32(len(n.texts)), string(text)
	n.codes[s] = c
	n.texts, n.ranks = append(n.texts, s), append(n.ranks, 0)
	return c
}

func (n *names) text(code uint32) string { return n.texts[code] }

// use notes that an entry has the name. The empty text is the first of all, of rank 0, without that.
func (n *names) use(code uint32) {
	if code != 0 && n.ranks[code] == 0 {
		n.ranks[code] = 1
		n.used = append(n.used, code)
	}
}

// rank puts the texts in use in order, and returns how many there are.
func (n *names) rank() int {
	slices.SortFunc(n.used, func(a, b uint32) int { return cmp.Compare(n.texts[a], n.texts[b]) })
	for i, c := range n.used {
		n.ranks[c] = uint32(i + 1)
	}
	return len(n.used)
}

func (n *names) unuse() {
	for _, c := range n.used {
		n.ranks[c] = 0
	}
	n.used = n.used[:0]
}

// placed is an entry by what it is ordered by: its thread, day and side, packed into one word. The lowest bit is that of the bill.
type placed struct {
	key   uint64
	entry uint32
}

// fieldBits are how many bits of the word the fields take, the account in the highest.
type fieldBits struct {
	kinds, resources, days int
	first                  schemas.Date
}

// thread is the part of a key that is of its thread.
func (b *fieldBits) thread(key uint64) uint64 { return key >> (b.days + 1) }

// arrange puts the entries in order: by account, our own use of the peer's account after that of customers, what is compared with
// what, resource, day, our meters before the bill, and then as they lie.
func (h *held) arrange() {
	accounts, resources := h.accounts.rank(), h.resources.rank()
	h.rankKinds()
	first, last := h.at(0).day, h.at(0).day
	for i := range h.n {
		if day := h.at(uint32(i)).day; day.Before(first) {
			first = day
		} else if day.After(last) {
			last = day
		}
	}
	b := fieldBits{bits.Len(uint(len(h.used))), bits.Len(uint(resources)), bits.Len(uint(last.Sub(first))), first}
	h.bits = b
	h.order = slices.Grow(h.order[:0], h.n)[:h.n]
	width := bits.Len(uint(accounts)) + 1 + b.kinds + b.resources + b.days + 1
	if width > h.word {
		h.arrangeWide()
	} else {
		for i := range h.order {
			e := h.at(uint32(i))
			key := uint64(h.accounts.ranks[e.account])<<1 | one(e.ourOwn)
			key = key<<b.kinds | uint64(h.kind(e).rank)
			key = key << b.resources
			if e.byResource {
				key |= uint64(h.resources.ranks[e.resource])
			}
			key = key<<b.days | uint64(e.day.Sub(first))
			h.order[i] = placed{key<<1 | one(!e.own), uint32(i)}
		}
		h.sort(width)
	}
	h.settle()
}

func one(yes bool) uint64 {
	if yes {
		return 1
	}
	return 0
}

// rankKinds gives kinds of one rate the same rank, in order of their names.
func (h *held) rankKinds() {
	slices.SortFunc(h.used, compareKinds)
	rank := uint32(0)
	for i, k := range h.used {
		if i == 0 || compareKinds(h.used[i-1], k) != 0 {
			rank++
		}
		k.rank = rank
	}
}

// arrangeWide is arrange for what one word does not hold: threads are numbered in order.
func (h *held) arrangeWide() {
	for i := range h.order {
		h.order[i] = placed{entry: uint32(i)}
	}
	slices.SortStableFunc(h.order, func(a, b placed) int {
		x, y := h.at(a.entry), h.at(b.entry)
		return cmp.Or(h.compareThreads(x, y), x.day.Compare(y.day), compareBool(y.own, x.own))
	})
	thread := uint64(0)
	for i := range h.order {
		e := h.at(h.order[i].entry)
		if i > 0 && h.compareThreads(h.at(h.order[i-1].entry), e) != 0 {
			thread++
		}
		h.order[i].key = (thread<<h.bits.days|uint64(e.day.Sub(h.bits.first)))<<1 | one(!e.own)
	}
}

func (h *held) compareThreads(x, y *entry) int {
	resource := func(e *entry) uint32 {
		if e.byResource {
			return h.resources.ranks[e.resource]
		}
		return 0
	}
	return cmp.Or(cmp.Compare(h.accounts.ranks[x.account], h.accounts.ranks[y.account]), compareBool(x.ourOwn, y.ourOwn),
		cmp.Compare(h.kind(x).rank, h.kind(y).rank), cmp.Compare(resource(x), resource(y)))
}

// digitBits is the width of a digit of the sort, and fewRows is how many are sorted by comparing them.
const (
	digitBits = 11
	fewRows   = 64
)

// sort orders by the keys, of which so many bits are used, stably.
func (h *held) sort(width int) {
	if len(h.order) <= fewRows {
		slices.SortStableFunc(h.order, func(a, b placed) int { return cmp.Compare(a.key, b.key) })
		return
	}
	h.room = slices.Grow(h.room[:0], len(h.order))[:len(h.order)]
	for shift := 0; shift < width; shift += digitBits {
		h.pass(shift)
	}
}

// pass sorts by one digit.
func (h *held) pass(shift int) {
	clear(h.counts[:])
	const mask = 1<<digitBits - 1
	for i := range h.order {
		h.counts[h.order[i].key>>shift&mask]++
	}
	if h.counts[h.order[0].key>>shift&mask] == uint32(len(h.order)) {
		return
	}
	sum := uint32(0)
	for i, n := range h.counts {
		h.counts[i] = sum
		sum += n
	}
	for _, p := range h.order {
		digit := p.key >> shift & mask
		h.room[h.counts[digit]] = p
		h.counts[digit]++
	}
	h.order, h.room = h.room, h.order
}

// settle orders rows of one thread, day and side among themselves. They mostly are in order, or one alone.
func (h *held) settle() {
	for from := 0; from < len(h.order); {
		to := from + 1
		for to < len(h.order) && h.order[to].key == h.order[from].key {
			to++
		}
		if to > from+1 {
			slices.SortStableFunc(h.order[from:to], func(a, b placed) int {
				x, y := h.at(a.entry), h.at(b.entry)
				return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.end, y.end), cmp.Compare(h.texts.text(x.object), h.texts.text(y.object)),
					cmp.Compare(x.row, y.row), x.quantity.Cmp(y.quantity))
			})
		}
		from = to
	}
}
