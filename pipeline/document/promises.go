package document

import (
	"encoding/json"
	"strings"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// claimColumns are those of a claim's CSV, with what each says of a result.
var claimColumns = []struct {
	name string
	kind GridKind
	of   func(*service.SLARow) Cell
}{
	{"Month", GridText, func(r *service.SLARow) Cell { return textCell(r.Period) }},
	{"Service", GridText, func(r *service.SLARow) Cell { return textCell(r.Service) }},
	{"Region", GridText, func(r *service.SLARow) Cell { return textCell(r.Region) }},
	{"Resource", GridText, func(r *service.SLARow) Cell { return textCell(r.Resource) }},
	{"Promise", GridText, func(r *service.SLARow) Cell { return textCell(r.SLA) }},
	{"Version", GridText, func(r *service.SLARow) Cell { return textCell(r.Version) }},
	{"Text", GridText, func(r *service.SLARow) Cell { return textCell(r.URL) }},
	{"Promised percent", GridPercent, func(r *service.SLARow) Cell { return optionalCell(r.Target) }},
	{"Available percent", GridPercent, func(r *service.SLARow) Cell { return numberCell(r.Least.UptimePercent) }},
	{"Lost", GridQuantity, func(r *service.SLARow) Cell { return numberCell(r.Least.Lost) }},
	{"Of", GridQuantity, func(r *service.SLARow) Cell { return numberCell(r.Least.Whole) }},
	{"Unit", GridText, func(r *service.SLARow) Cell { return textCell(r.Unit) }},
	{"Incidents", GridText, func(r *service.SLARow) Cell { return textCell(strings.Join(r.Incidents, " ")) }},
	{"Problems", GridText, func(r *service.SLARow) Cell { return textCell(strings.Join(r.Problems, " ")) }},
	{"Fees", GridAmount, func(r *service.SLARow) Cell { return numberCell(r.Base) }},
	{string(schemas.CategoryCredit), GridAmount, func(r *service.SLARow) Cell { return numberCell(r.Least.Credit) }},
	{"Currency", GridText, func(r *service.SLARow) Cell { return textCell(r.Currency) }},
	{"Notice before", GridText, func(r *service.SLARow) Cell { return timeCell(r.NoticeBy) }},
	{"Claim before", GridText, func(r *service.SLARow) Cell { return timeCell(r.ClaimBy) }},
	{"Result", GridText, func(r *service.SLARow) Cell { return textCell(r.ID) }},
}

func timeCell(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{Text: t.UTC().Format(time.RFC3339)}
}

// ClaimGrid is what is to be claimed of one peer, for people.
func ClaimGrid(rows []service.SLARow) Grid {
	g := Grid{Name: "Claims"}
	for _, c := range claimColumns {
		g.Columns = append(g.Columns, GridColumn{Name: c.name, Kind: c.kind})
	}
	for i := range rows {
		var cells []Cell
		for _, c := range claimColumns {
			cells = append(cells, c.of(&rows[i]))
		}
		g.Rows = append(g.Rows, cells)
	}
	return g
}

// claim is one claim for programs, with the arithmetic.
type claim struct {
	Result     string         `json:"result"`
	Peer       schemas.PeerID `json:"peer"`
	Customer   string         `json:"customer"`
	Month      schemas.Period `json:"month"`
	Service    string         `json:"service"`
	Region     string         `json:"region,omitempty"`
	Resource   string         `json:"resource,omitempty"`
	SLA        service.SLAID  `json:"sla"`
	Version    string         `json:"sla_version"`
	Verified   bool           `json:"verified"`
	URL        string         `json:"url,omitempty"`
	Read       string         `json:"read,omitempty"`
	From       time.Time      `json:"from"`
	To         time.Time      `json:"to"`
	Target     *money.Decimal `json:"promised_percent,omitempty"`
	Uptime     money.Decimal  `json:"available_percent"`
	Lost       money.Decimal  `json:"lost"`
	Whole      money.Decimal  `json:"of"`
	Unit       string         `json:"unit"`
	Incidents  []string       `json:"incidents,omitempty"`
	Problems   []string       `json:"problems,omitempty"`
	Fees       money.Decimal  `json:"fees"`
	Credit     money.Decimal  `json:"credit"`
	Currency   money.Currency `json:"currency"`
	NoticeBy   time.Time      `json:"notice_before,omitzero"`
	ClaimBy    time.Time      `json:"claim_before,omitzero"`
	Arithmetic []schemas.Step `json:"arithmetic"`
}

// AppendClaimJSON appends a claim of ours, by the name of who claims, as a line of JSON.
func AppendClaimJSON(dst []byte, us string, r *service.SLARow) ([]byte, error) {
	line, err := json.Marshal(claim{
		Result: r.ID, Peer: r.Peer, Customer: us, Month: r.Period, Service: r.Service, Region: r.Region, Resource: r.Resource, SLA: r.SLA, Version: r.Version,
		Verified: r.Verified, URL: r.URL, Read: r.Read.String(), From: r.From.UTC(), To: r.To.UTC(), Target: r.Target, Uptime: r.Least.UptimePercent, Lost: r.Least.Lost,
		Whole: r.Least.Whole, Unit: r.Unit, Incidents: r.Incidents, Problems: r.Problems, Fees: r.Base, Credit: r.Least.Credit, Currency: r.Currency,
		NoticeBy: r.NoticeBy.UTC(), ClaimBy: r.ClaimBy.UTC(), Arithmetic: r.Least.Steps,
	})
	if err != nil {
		return dst, err
	}
	return append(append(dst, line...), '\n'), nil
}

// SLAGrid is a grid under the columns of service.SLAResults, but for the arithmetic, without rows.
func SLAGrid() Grid {
	g := gridOf(&service.SLAResults, "SLA results", map[int]GridKind{
		service.SLATarget: GridPercent, service.SLAUptimePercent: GridPercent, service.SLACreditPercent: GridPercent, service.SLAMostUptimePercent: GridPercent,
		service.SLACoveragePercent: GridPercent,
	}, -1)
	g.Columns = g.Columns[:service.SLASteps]
	return g
}

// SLACells is a row of such a grid.
func SLACells(r *service.SLARow) []Cell {
	return []Cell{
		textCell(r.ID), textCell(r.Period), textCell(r.Promise), textCell(r.SLA), textCell(r.Version), yesNo(r.Verified), textCell(r.URL), textCell(r.Read.String()),
		textCell(r.Peer), textCell(r.Account), textCell(r.Offering), textCell(r.PassedOn), textCell(r.Service), textCell(r.Region), textCell(r.Resource),
		textCell(r.Method), timeCell(r.From), timeCell(r.To), textCell(r.Unit), optionalCell(r.Target), textCell(r.Status), textCell(strings.Join(r.Reviews, "; ")),
		numberCell(r.Least.Reported), numberCell(r.Least.Excluded), numberCell(r.Least.Lost), numberCell(r.Least.Whole), numberCell(r.Least.UptimePercent),
		numberCell(r.Least.CreditPercent), countCell(r.Least.Events), numberCell(r.Least.Credit), numberCell(r.Most.Lost), numberCell(r.Most.Whole),
		numberCell(r.Most.UptimePercent), numberCell(r.Most.Credit), numberCell(r.Coverage.Num), numberCell(r.Base), textCell(r.Currency),
		textCell(strings.Join(r.Incidents, " ")), timeCell(r.NoticeBy), timeCell(r.ClaimBy), textCell(r.State), textCell(r.Claimed.String()), textCell(r.Reference), textCell(strings.Join(r.Problems, " ")),
		yesNo(r.FuturePayments), textCell(r.Resale),
	}
}
