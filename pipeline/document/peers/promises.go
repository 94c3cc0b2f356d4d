package peers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"daybook/pipeline/document/markup"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// Strip is how a service of the peer went by the hour, as the evidence says that was delivered about it.
type Strip struct {
	Service, Region string
	// Days are those of the period, each with its hours.
	Days []Day
}

// Day is a day of a strip.
type Day struct {
	Day   schemas.Date
	Hours [24]Hour
}

// Hour is what is said of an hour.
type Hour uint8

// The hours, the worse the greater.
const (
	Unmeasured Hour = iota
	Good
	Degraded // some of it was down, or some requests failed
	Down     // half of it or more
)

// hourNames are words for them.
var hourNames = [...]string{"not measured", "up", "partly down", "down"}

// Note says that an hour was so bad at least; what lies in no day of the strip is passed over.
func (s *Strip) Note(at time.Time, h Hour) {
	day := schemas.NewDate(at.Date())
	if i := slices.IndexFunc(s.Days, func(d Day) bool { return d.Day == day }); i >= 0 {
		s.Days[i].Hours[at.Hour()] = max(s.Days[i].Hours[at.Hour()], h)
	}
}

// Fill says of each hour up to the end of a day that nothing worse than good is known of it.
func (s *Strip) Fill(through schemas.Date) {
	for i := range s.Days {
		if s.Days[i].Day.After(through) {
			return
		}
		for hour := range s.Days[i].Hours {
			s.Days[i].Hours[hour] = max(s.Days[i].Hours[hour], Good)
		}
	}
}

// drawPromises is how each service went, what credit is due and until when it can be claimed, and what came of earlier credits.
func (b *Page) drawPromises(p *markup.Page) {
	for i := range b.Strips {
		b.strip(p, &b.Strips[i])
	}
	if len(b.Promises) > 0 {
		p.Table("A credit is of fees, as far as it is beyond doubt; what a person must decide is for review.",
			"Service", "Region", "Promise?", "Status?", "Promised %#", "Available %#", "Measured %#", "Fees#", "Credit#", "Currency", "State?", "Notice before", "Claim before", "Incidents")
		for i := range b.Promises {
			b.promise(p, &b.Promises[i])
		}
		p.TableEnd()
	}
	if b.Claims {
		p.From(markup.Files("../claims/" + string(b.Peer) + ".csv"))
	}
	if len(b.Credits) == 0 {
		return
	}
	p.Sub("credits", "Credits for earlier months", markup.Sources{})
	p.Table("", "Month", "Service", "Region", "Expected#", "before#", "on this bill#", "Missing#", "Currency", "Status?", "Claimed on")
	for i := range b.Credits {
		c := &b.Credits[i]
		p.Row("")
		p.Head(string(c.Of))
		p.Cell(c.Service)
		p.Cell(c.Region)
		for _, d := range []money.Decimal{c.Expected, c.Before, c.Credited} {
			p.Number(rounded(d, c.Currency))
		}
		p.Change(rounded(c.Missing, c.Currency), c.Missing, false)
		p.Cell(string(c.Currency))
		p.Cell(string(c.Status))
		p.Cell(c.Since.String())
		p.RowEnd()
	}
	p.TableEnd()
}

func (b *Page) promise(p *markup.Page, r *service.SLARow) {
	p.Row(r.ID)
	p.Head(r.Service)
	p.Cell(r.Region)
	p.Cell(string(r.SLA) + " " + r.Version)
	p.Cell(string(r.Status))
	target := ""
	if r.Target != nil {
		target = r.Target.String()
	}
	p.Number(target)
	p.Number(r.Least.UptimePercent.String())
	coverage := money.RoundTo(r.Coverage.Num, 1, money.HalfEven) // the dataset has it in a hundred
	p.Number(coverage.String())
	p.Number(rounded(r.Base, r.Currency))
	p.Number(rounded(r.Least.Credit, r.Currency))
	p.Cell(string(r.Currency))
	p.Cell(string(r.State))
	p.Cell(b.moment(r.NoticeBy))
	p.Cell(b.moment(r.ClaimBy))
	p.Cell(strings.Join(r.Incidents, ", "))
	p.RowEnd()
}

// moment is a time as it is told in the provider's zone.
func (b *Page) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(b.Zone).Format("2006-01-02 15:04")
}

// strip draws a service's hours, a row for each day, and lists those that were not good.
func (b *Page) strip(p *markup.Page, s *Strip) {
	name := cmp.Or(s.Service, "all services")
	if s.Region != "" {
		name += ", " + s.Region
	}
	p.Sub("strip-"+s.Service+"-"+s.Region, name+", by the hour", markup.Sources{})
	const size, gap, left = 12, 1, 76
	height := len(s.Days)*(size+gap) + 16
	p.Raw(`<svg class="strip" role="img" viewBox="0 0 400 `, strconv.Itoa(height), `"><title>`)
	p.Text(name + ", each hour of " + b.Period.Name())
	p.Raw("</title>\n")
	for hour := 0; hour < 24; hour += 6 {
		p.Raw(`<text x="`, strconv.Itoa(left+hour*(size+gap)), `" y="10">`, strconv.Itoa(hour), `:00</text>`)
	}
	var bad []string
	for i := range s.Days {
		d := &s.Days[i]
		y := 16 + i*(size+gap)
		p.Raw(`<text x="0" y="`, strconv.Itoa(y+size-2), `">`, d.Day.String(), "</text>")
		for hour, h := range d.Hours {
			if h >= Degraded {
				bad = append(bad, d.Day.String()+" "+strconv.Itoa(hour)+":00 "+hourNames[h])
			}
		}
		// One path for the hours of a kind: few elements, however long the month.
		for kind := Unmeasured; kind <= Down; kind++ {
			var path strings.Builder
			for hour, h := range d.Hours {
				if h != kind {
					continue
				}
				path.WriteString("M" + strconv.Itoa(left+hour*(size+gap)) + " " + strconv.Itoa(y) + "h12v12h-12z")
			}
			if path.Len() > 0 {
				p.Raw(`<path class="h`, strconv.Itoa(int(kind)), `" d="`, path.String(), `"/>`)
			}
		}
		p.Raw("\n")
	}
	p.Raw("</svg>\n")
	words := "No hour was worse than up."
	if n := len(bad); n > 0 {
		const most = 24
		words = markup.SentenceCase(strings.Join(bad[:min(n, most)], ", ")) + "."
		if n > most {
			words += " And " + markup.Plural(int64(n-most), "hour") + " more."
		}
	}
	p.Element("p", "soft", words)
}
