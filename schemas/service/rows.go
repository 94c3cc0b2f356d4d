package service

import (
	"cmp"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
)

// EvidenceRow is one fact about a service as it was delivered, with the place that it came from. Format says which of the fields
// it has: an incident has ID, Known and Share, a probe Up, a reading of a counter Series, Total and Errors and no End, a count of
// requests Total and Errors, a sample of the metric Series its Value, a notice ID, Kind and Known. A credential has no place: it has ID and Holder, Start is when it was
// issued, End when it expires and Known when it was revoked.
type EvidenceRow struct {
	Format schemas.Format
	// Peer is whose service it is; empty for our own.
	Peer   schemas.PeerID
	Source schemas.SourceID
	Object string
	Row    int64
	Place
	ID, Series string
	// Holder is whom a credential was issued to.
	Holder string
	// Start is within, End is not. Of a reading Start is when it was read; an incident or a notice may lack an End.
	Start, End time.Time
	// Known is when we became aware of an incident, or when a notice was announced; no time where nobody says.
	Known time.Time
	Kind  NoticeKind
	Up    bool
	Total int64
	// Errors are those among Total.
	Errors int64
	Share  *money.Decimal
	// Value is that of a metric.
	Value *money.Decimal
	// Amount is what an invoice has, of one line or in all, in Currency. Invoice is its number, ID that of the line, Start to End
	// the billing period, Known when it was issued and Due when it is to be paid; no time where it does not say.
	Amount   *money.Decimal
	Currency money.Currency
	Invoice  string
	Due      time.Time
	// Of an answer ID is the dispute, Start its day, Answer what it says, and Reason why.
	Answer, Reason string
	// A request has ID, Account, By, Kind, Lines, About and, as Reason, its text; Known is when it was received, Start since when Answer is its
	// state.
	Account, By, Lines string
	About              schemas.Period
}

// AddTo puts the row where evidence of its kind belongs.
func (r *EvidenceRow) AddTo(e *Evidence) {
	switch r.Format {
	case schemas.Incidents10:
		e.Incidents = append(e.Incidents, Incident{ID: r.ID, Place: r.Place, Start: r.Start, End: r.End, Known: r.Known, Share: r.Share})
	case schemas.Probes10:
		e.Probes = append(e.Probes, Probe{Place: r.Place, At: r.Start, Seconds: int64(r.End.Sub(r.Start) / time.Second), Up: r.Up})
	case schemas.Counters10:
		e.Counters = append(e.Counters, CounterReading{Place: r.Place, Series: r.Series, At: r.Start, Total: r.Total, Errors: r.Errors})
	case schemas.Requests10:
		e.Requests = append(e.Requests, RequestCount{Place: r.Place, Start: r.Start, End: r.End, Total: r.Total, Errors: r.Errors})
	case schemas.Samples10:
		e.Samples = append(e.Samples, Sample{Place: r.Place, Metric: r.Series, At: r.Start, Seconds: int64(r.End.Sub(r.Start) / time.Second), Value: *r.Value})
	case schemas.Notices10:
		e.Notices = append(e.Notices, MaintenanceNotice{ID: r.ID, Place: r.Place, Kind: r.Kind, Start: r.Start, End: r.End, Announced: r.Known})
	default: // is usage, or about bills
	}
}

// Compare orders rows by their objects' names, and within one as they stand there.
func (r EvidenceRow) Compare(o EvidenceRow) int {
	return cmp.Or(cmp.Compare(r.Object, o.Object), cmp.Compare(r.Row, o.Row))
}

// Positions of the columns of EvidenceTable.
const (
	EvidenceFormat = iota
	EvidencePeerId
	EvidenceSourceId
	EvidenceObjectKey
	EvidenceObjectRow
	EvidenceServiceName
	EvidenceRegionId
	EvidenceResourceId
	EvidenceId
	EvidenceSeries
	EvidenceStart
	EvidenceEnd
	EvidenceKnown
	EvidenceKind
	EvidenceState
	EvidenceTotal
	EvidenceErrors
	EvidenceShare
	EvidenceValue
	EvidenceAmount
	EvidenceCurrency
	EvidenceInvoiceId
	EvidenceDue
	EvidenceAnswer
	EvidenceReason
	EvidenceAccountId
	EvidenceBy
	EvidenceLines
	EvidenceAbout
	EvidenceColumns
)

// EvidenceTable is the dataset of evidence, about services, peers' bills or what customers ask, in the order in which it was delivered.
var EvidenceTable = schemas.Table{Name: "evidence", Version: "5", Columns: []schemas.Column{
	// Format is that of the source, such as incidents-1.0, and says what the row is.
	EvidenceFormat:      {Name: "Format", Type: schemas.Label, Required: true},
	EvidencePeerId:      {Name: "PeerId", Type: schemas.Label},
	EvidenceSourceId:    {Name: "SourceId", Type: schemas.Label, Required: true},
	EvidenceObjectKey:   {Name: "ObjectKey", Type: schemas.Label, Required: true},
	EvidenceObjectRow:   {Name: "ObjectRow", Type: schemas.Integer, Required: true},
	EvidenceServiceName: {Name: "ServiceName", Type: schemas.Label},
	EvidenceRegionId:    {Name: "RegionId", Type: schemas.Label},
	EvidenceResourceId:  {Name: "ResourceId", Type: schemas.Label},
	EvidenceId:          {Name: "EvidenceId", Type: schemas.Text},
	EvidenceSeries:      {Name: "Series", Type: schemas.Label},
	EvidenceStart:       {Name: "Start", Type: schemas.Time, Required: true},
	EvidenceEnd:         {Name: "End", Type: schemas.Time},
	// Known is when an incident was known of, or a notice announced.
	EvidenceKnown: {Name: "Known", Type: schemas.Time},
	EvidenceKind:  {Name: "Kind", Type: schemas.Label},
	// State is up or down, of a probe.
	EvidenceState:  {Name: "State", Type: schemas.Label},
	EvidenceTotal:  {Name: "Total", Type: schemas.Integer},
	EvidenceErrors: {Name: "Errors", Type: schemas.Integer},
	EvidenceShare:  {Name: "AffectedShare", Type: schemas.Decimal},
	// Value is that of a sample of the metric Series.
	EvidenceValue: {Name: "Value", Type: schemas.Decimal},
	// Amount and what follows are of invoices.
	EvidenceAmount:    {Name: "Amount", Type: schemas.Decimal},
	EvidenceCurrency:  {Name: "Currency", Type: schemas.Label},
	EvidenceInvoiceId: {Name: "InvoiceId", Type: schemas.Label},
	EvidenceDue:       {Name: "Due", Type: schemas.Time},
	// Answer and Reason are of what a peer says of a dispute.
	EvidenceAnswer: {Name: "Answer", Type: schemas.Label},
	EvidenceReason: {Name: "Reason", Type: schemas.Text},
	// AccountId and what follows are of requests, of which Reason is the text, and Answer the state.
	EvidenceAccountId: {Name: "AccountId", Type: schemas.Label},
	EvidenceBy:        {Name: "RequestedBy", Type: schemas.Text},
	EvidenceLines:     {Name: "Lines", Type: schemas.Text},
	EvidenceAbout:     {Name: "AboutPeriod", Type: schemas.Label},
}}
