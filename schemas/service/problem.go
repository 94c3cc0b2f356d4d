package service

import (
	"slices"

	"daybook/schemas"
)

// ProblemID is the number under which a problem is raised.
type ProblemID string

// Problem is what was raised with a peer about a service of its.
type Problem struct {
	// ID is our number of it.
	ID   ProblemID      `yaml:"id"`
	Peer schemas.PeerID `yaml:"peer"`
	// Reference is what the peer calls it.
	Reference string `yaml:"reference,omitempty"`
	Service   string `yaml:"service,omitempty"`
	// Text says in a few words what is wrong.
	Text string `yaml:"text,omitempty"`
	// By is who raised it.
	By string `yaml:"by"`
	// Opened, Answered and Resolved are the days on which it was; what lies behind the as-of of a run, that run does not know.
	Opened   schemas.Date `yaml:"opened"`
	Answered schemas.Date `yaml:"answered,omitempty"`
	Resolved schemas.Date `yaml:"resolved,omitempty"`
	// Incidents are those of the peer's evidence that it is about, by their identifiers: it is shown with the results that they
	// broke.
	Incidents []string `yaml:"incidents,omitempty"`
}

// ProblemState says how far a problem is.
type ProblemState string

// The states of a problem.
const (
	ProblemOpen     ProblemState = "open"
	ProblemAnswered ProblemState = "answered"
	ProblemResolved ProblemState = "resolved"
)

// Known is the problem as it is known on a day, no day for all, and false where it is not yet.
func (p Problem) Known(asOf schemas.Date) (Problem, bool) {
	later := func(d schemas.Date) bool { return !asOf.IsZero() && asOf.Before(d) }
	if later(p.Answered) {
		p.Answered = schemas.Date{}
	}
	if later(p.Resolved) {
		p.Resolved = schemas.Date{}
	}
	return p, !later(p.Opened)
}

// State is how far it is.
func (p *Problem) State() ProblemState {
	switch {
	case !p.Resolved.IsZero():
		return ProblemResolved
	case !p.Answered.IsZero():
		return ProblemAnswered
	}
	return ProblemOpen
}

// About reports whether a problem is about a result: about one of the incidents that broke it, or the claim of its credit names it.
func (p *Problem) About(r *SLARow) bool {
	if p.Peer != r.Peer || r.PassedOn != "" {
		return false
	}
	return r.ClaimProblem == p.ID || slices.ContainsFunc(p.Incidents, func(id string) bool { return slices.Contains(r.Incidents, id) })
}

// ProblemRow is how a problem stands in a month.
type ProblemRow struct {
	Problem
	Period schemas.Period
	// Results are those of promises that it is about, of the month and of earlier ones, and Claims the references of their claims.
	Results, Claims []string
}

// Positions of the columns of Problems.
const (
	ProblemBillingPeriod = iota
	ProblemProblemId
	ProblemPeerId
	ProblemReference
	ProblemServiceName
	ProblemDescription
	ProblemRaisedBy
	ProblemOpenedOn
	ProblemAnsweredOn
	ProblemResolvedOn
	ProblemStateColumn
	ProblemIncidents
	ProblemResults
	ProblemClaims
	ProblemColumns
)

// Problems is the dataset of what was raised with peers: those of a month are opened by its last day, and not resolved before its first.
// It is sorted by identifier.
var Problems = schemas.Table{Name: "problems", Version: "1", Columns: []schemas.Column{
	ProblemBillingPeriod: {Name: "BillingPeriod", Type: schemas.Label, Required: true},
	ProblemProblemId:     {Name: "ProblemId", Type: schemas.Text, Required: true},
	ProblemPeerId:        {Name: "PeerId", Type: schemas.Label, Required: true},
	ProblemReference:     {Name: "Reference", Type: schemas.Text},
	ProblemServiceName:   {Name: "ServiceName", Type: schemas.Label},
	ProblemDescription:   {Name: "Description", Type: schemas.Text},
	ProblemRaisedBy:      {Name: "RaisedBy", Type: schemas.Label, Required: true},
	ProblemOpenedOn:      {Name: "OpenedOn", Type: schemas.Label, Required: true},
	ProblemAnsweredOn:    {Name: "AnsweredOn", Type: schemas.Label},
	ProblemResolvedOn:    {Name: "ResolvedOn", Type: schemas.Label},
	// State is open, answered or resolved.
	ProblemStateColumn: {Name: "State", Type: schemas.Label, Required: true},
	// Incidents, Results (of sla_results) and Claims (their references) are on a line each.
	ProblemIncidents: {Name: "Incidents", Type: schemas.Text},
	ProblemResults:   {Name: "Results", Type: schemas.Text},
	ProblemClaims:    {Name: "Claims", Type: schemas.Text},
}}
