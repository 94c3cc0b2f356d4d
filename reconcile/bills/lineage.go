package bills

// Lineage says which match a usage row is in.
type Lineage struct {
	contracts *Contracts
	use       *Use
	matcher   *matcher
}

// NewLineage returns the lineage of the matches that Match makes of a period's whole use.
func NewLineage(c *Contracts, u *Use) (*Lineage, error) {
	m := &matcher{contracts: c, groups: map[groupKey]*group{}, byTerm: map[*term][]*group{}}
	rows := u.rows()
	for i := range rows {
		if rows[i].Peer != "" {
			if err := m.bill(&rows[i]); err != nil {
				return nil, err
			}
		}
	}
	return &Lineage{c, u, m}, nil
}

// Match returns the identifier of the match that a row counts in, on the side of the bill for a peer's row and on that of
// our meters for our own; the empty text for an own row that no contract counts.
func (l *Lineage) Match(r *UseRow) string {
	k := useKey{r.Peer, r.Service, r.SKU, r.Region, r.Category, r.ConsumedUnit, r.PricingUnit, r.Currency, l.contracts.cut(r.Day)}
	line := useLine{l.use.lies(k), r.UseSums}
	if r.Peer != "" {
		return l.matcher.groupOf(&line).key.id(l.contracts.period)
	}
	t := l.contracts.meteredBy(&line.useKey)
	if t == nil {
		return ""
	}
	if _, ok := l.contracts.convert(r.ConsumedUnit, t.rate.Unit); !ok && t.rate.Unit != "" {
		return ""
	}
	return l.matcher.meterGroup(t).key.id(l.contracts.period)
}
