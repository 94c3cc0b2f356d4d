package schemas

import (
	"maps"
	"strings"
	"time"

	"daybook/schemas/intake"
	"daybook/schemas/money"
)

// Format is the format of a source's objects. What the book declares is never second-guessed.
type Format string

// The formats. FOCUS comes as CSV, JSON or Parquet, told apart by the first bytes; CloudEvents as JSON, on lines, one behind the
// other, as arrays (application/cloudevents-batch+json) or as a sequence of RFC 7464. Each may be plain, gzip or zstd.
const (
	FOCUS10       Format = "focus-1.0"
	FOCUS11       Format = "focus-1.1"
	FOCUS12       Format = "focus-1.2"
	FOCUS13       Format = "focus-1.3"
	FOCUS14       Format = "focus-1.4"
	CloudEvents10 Format = "cloudevents-1.0"
	// Peers' own formats: see package native.
	GCPBilling      Format = "gcp-billing"
	AzureCost       Format = "azure-cost"
	AWSCUR          Format = "aws-cur"
	AWSCUR20        Format = "aws-cur-2.0"
	DatabricksUsage Format = "databricks-usage"
	OCICost         Format = "oci-cost"
	// OpenStackSamples are the samples of OpenStack Telemetry.
	OpenStackSamples Format = "openstack-samples"
	// OpenShiftMetering are the reports of pods and volumes of OpenShift.
	OpenShiftMetering Format = "openshift-metering"
	// Mapped is CSV or JSON of any columns, of which the book says what they mean.
	Mapped Format = "mapped"
)

// The formats of evidence: facts that are no usage, about services, by which promises are judged, or about peers' bills. Each comes
// as CSV with a header or as JSON lines, told apart by the first byte, plain, gzip or zstd; package evidence has the columns.
const (
	Incidents10 Format = "incidents-1.0"
	Probes10    Format = "probes-1.0"
	Counters10  Format = "counters-1.0"
	Requests10  Format = "requests-1.0"
	Samples10   Format = "samples-1.0"
	Notices10   Format = "notices-1.0"
	// Invoices of peers: the dataset Invoice Detail of FOCUS, or a line for each invoice.
	FOCUSInvoice14  Format = "focus-invoice-1.4"
	InvoiceTotals10 Format = "invoice-totals-1.0"
	// DisputeAnswers10 is what a peer says of disputes.
	DisputeAnswers10 Format = "dispute-answers-1.0"
	// CustomerRequests10 is what customers ask, report or have suffered.
	CustomerRequests10 Format = "customer-requests-1.0"
)

// Credentials10 is the list of the credentials that a peer has issued, in the same ways as evidence. It is a snapshot: the newest
// complete list of a month is what the month's use is held against.
const Credentials10 Format = "credentials-1.0"

// The formats of payments: what banks and card processors say was paid. Package bank says what of them is read.
const (
	// Camt are camt.052, camt.053 and camt.054 of ISO 20022, told apart by their namespaces.
	Camt Format = "camt"
	// MT940 are statements of SWIFT.
	MT940 Format = "mt940"
	// Payments10 is CSV of which the book says by mapping, columns and constants what its columns mean.
	Payments10 Format = "payments-1.0"
)

// IsPayments reports whether what comes in the format is what was paid.
func (f Format) IsPayments() bool { return f == Camt || f == MT940 || f == Payments10 }

// Formats lists every format.
var Formats = []Format{
	FOCUS10, FOCUS11, FOCUS12, FOCUS13, FOCUS14, CloudEvents10, GCPBilling, AzureCost, AWSCUR, AWSCUR20, DatabricksUsage, OCICost, OpenStackSamples, OpenShiftMetering, Mapped,
	Incidents10, Probes10, Counters10, Requests10, Samples10, Notices10, FOCUSInvoice14, InvoiceTotals10, DisputeAnswers10, CustomerRequests10, Credentials10,
	Camt, MT940, Payments10,
}

// IsEvidence reports whether what comes in the format are facts, about services, credentials, bills or payments, and not usage.
func (f Format) IsEvidence() bool {
	return f == Incidents10 || f == Probes10 || f == Counters10 || f == Requests10 || f == Samples10 || f == Notices10 || f == CustomerRequests10 || f == Credentials10 || f.IsAboutBills() || f.IsPayments()
}

// IsFOCUS reports whether the format is a version of FOCUS.
func (f Format) IsFOCUS() bool { return strings.HasPrefix(string(f), "focus-1.") }

// IsAboutBills reports whether what comes in the format is about the bills of a peer.
func (f Format) IsAboutBills() bool {
	return f == FOCUSInvoice14 || f == InvoiceTotals10 || f == DisputeAnswers10
}

// Semantics says what a new delivery does to those before it. The book declares it; nothing infers it.
type Semantics string

const (
	// Snapshot: the newest complete version replaces all older ones of its period.
	Snapshot Semantics = "snapshot"
	// Append: every object adds rows.
	Append Semantics = "append"
)

// View is the view of a bill: as it is invoiced, or with commitments spread over their use.
type View string

// The views.
const (
	Actual    View = "actual"
	Amortised View = "amortised"
)

// VersionOrder says which of two versions of a snapshot is the newer.
type VersionOrder string

const (
	// ByText orders versions as text, with runs of digits compared as numbers: v9 before v10. The default.
	ByText VersionOrder = "text"
	// ByArrival orders versions by when they arrived, for versions whose names mean nothing, such as UUIDs.
	ByArrival VersionOrder = "arrival"
	// ByManifest orders versions by when their manifests say that they were created.
	ByManifest VersionOrder = "manifest"
)

// Source is a place where deliveries appear: one peer's exports, or one kind of own meter.
type Source struct {
	ID SourceID `yaml:"id"`
	// Peer is who bills us with it; empty for an own meter.
	Peer PeerID `yaml:"peer,omitempty"`
	// Format is that of its objects. Where it is left out, it is found from what an object holds: but not that of events, nor of
	// evidence, which the book says more of.
	Format    Format    `yaml:"format,omitempty"`
	Semantics Semantics `yaml:"semantics"`
	// View is for azure-cost, which delivers one bill in two views: actual, the default, fills BilledCost and quantities, and
	// amortised EffectiveCost alone.
	View View `yaml:"view,omitempty"`
	// Prefix is the folder below the landing place. Nothing outside it is read.
	Prefix string `yaml:"prefix"`
	// Pattern tells which keys below Prefix are objects, and of which period and version. It is a path in which
	//
	//	{period}   is the billing period, 2024-09          {first}  its first day, 20240901
	//	{year}     is 2024, {month} is 09                  {last}   its last day, 20240930
	//	{day}      is a day of the period, 2024-09-17      {next}   the first day after it, 20241001
	//	{version}  is the version of a snapshot            *        any text without a slash
	//	{sequence} is a number that goes up by one         **       any text (whole segments)
	//
	// Of a source that adds to what was there the month says when an object was delivered, not what it is about: a row goes to
	// the run of the month that it belongs to, whichever object it came in. Such a pattern may do without the month.
	Pattern string `yaml:"pattern"`
	// Manifest is the manifest's name, in the folder that Pattern names, or a path with the same place holders where it
	// has a slash. Empty: there is none, and a settled listing is the delivery.
	Manifest string `yaml:"manifest,omitempty"`
	// VersionOrder is for {version} in Pattern; empty is text. A version that cannot be used, because it is refused or because
	// more of it is rejected than Bearable says, does not take the place of an older one that can.
	VersionOrder VersionOrder `yaml:"version_order,omitempty"`
	// Bearable says how much of a version of a snapshot may be rejected, all of its objects together, before an older version
	// is better. By default that is no row.
	Bearable Bearable `yaml:"bearable,omitempty"`
	// SettleMinutes is how old an object without a manifest must be at the run's as-of, or where it has none when it begins,
	// before it counts as whole.
	SettleMinutes int `yaml:"settle_minutes,omitempty"`

	// Key names the columns of the source that identify a record together; their values become x_RecordId, joined by |
	// where there are several. FOCUS has none of its own, and without one no row is a duplicate. CloudEvents always has
	// source and id, which is the default there.
	Key []string `yaml:"key,omitempty"`
	// Columns says where a column of the usage table comes from: usage column to the source's column. FOCUS columns come
	// from the column of their own name unless renamed here; our own x_ columns are filled only from here, because peers
	// use some of the names in another sense. For CloudEvents the right side is an attribute (subject) or a path into the
	// data (data.labels.region), and nothing is filled that is not named here, except that a charge period without an end
	// is the instant of its start. A quantity or a cost that is named here must be in every event, or tolerated as null.
	Columns map[string]string `yaml:"columns,omitempty"`
	// Mapping is for the format mapped, and says of usage columns where they come from and how they are read; Columns and Constants
	// serve where nothing else is to be said. A charge period without an end is the instant of its start.
	Mapping map[string]intake.Reading `yaml:"mapping,omitempty"`
	// Take is for the format mapped: a row is taken that all of its entries take. Others are counted as out of scope, and a note
	// says how many there were.
	Take []intake.Taking `yaml:"take,omitempty"`
	// Types maps the events of a stream that holds several types, each by its own. Columns and Constants are then for all of
	// them, but for what a type says otherwise; events of a type that is not listed are findings. A path is a plain value or
	// an object in all types.
	Types []EventType `yaml:"types,omitempty"`
	// Constants fills a usage column with one value in every row.
	Constants map[string]string `yaml:"constants,omitempty"`
	// Ignore names the source's columns, or CloudEvents paths, that are dropped on purpose. What is neither mapped nor ignored is kept in x_Extra.
	Ignore []string `yaml:"ignore,omitempty"`
	// Zone is the time zone of times that carry no offset; empty is UTC. Of evidence, whose times all have one, it is that by whose
	// months the evidence is divided; empty is the provider's.
	Zone     string   `yaml:"zone,omitempty"`
	Expect   Expect   `yaml:"expect,omitempty"`
	Tolerate Tolerate `yaml:"tolerate,omitempty"`
	Limits   Limits   `yaml:"limits,omitempty"`
}

// EventType is how the events of one type of a source are mapped.
type EventType struct {
	// Type is the attribute type of the events, such as com.example.machine.hour.
	Type string `yaml:"type"`
	// Columns and Constants are as those of the source.
	Columns   map[string]string `yaml:"columns,omitempty"`
	Constants map[string]string `yaml:"constants,omitempty"`
}

// Of returns the source as it is for events of a type that it lists: what the type says of a usage column comes instead of what the source says.
func (s *Source) Of(t *EventType) *Source {
	of := *s
	of.Types, of.Columns, of.Constants = nil, maps.Clone(s.Columns), maps.Clone(s.Constants)
	for name, path := range t.Columns {
		if of.Columns == nil {
			of.Columns = map[string]string{}
		}
		of.Columns[name] = path
		delete(of.Constants, name)
	}
	for name, value := range t.Constants {
		if of.Constants == nil {
			of.Constants = map[string]string{}
		}
		of.Constants[name] = value
		delete(of.Columns, name)
	}
	return &of
}

// Bearable bounds what may be rejected of a version.
type Bearable struct {
	// Rows is how many rows may be rejected.
	Rows int64 `yaml:"rows,omitempty"`
	// Cost is what they may cost in each currency, without sign; empty sets no limit where rows may be rejected at all.
	Cost *money.Decimal `yaml:"cost,omitempty"`
}

// Cadence is how often deliveries are expected.
type Cadence string

// The cadences. An empty one expects nothing, and a period without deliveries is then complete.
const (
	EveryMonth Cadence = "month"
	EveryDay   Cadence = "day"
)

// Expect says which deliveries must be there for the period to be complete.
type Expect struct {
	// Every is month, or day for a Pattern with {day}.
	Every Cadence `yaml:"every,omitempty"`
	// DueHours counts from the end of the month or day. A delivery that arrives later is a finding; 0 sets no limit. One that is
	// not there is none while the month or day goes on, a warning until it is due, and blocks the period from then on.
	DueHours int `yaml:"due_hours,omitempty"`
	// Objects is how many objects each must have at least; 0 means 1.
	Objects int `yaml:"objects,omitempty"`
}

// Tolerate declares the ways in which a source may depart from its format. Each use of a tolerance is a note in the
// findings, counted per object and column; what is not declared here is a finding that rejects the row.
type Tolerate struct {
	// Nulls are texts that mean null where they stand alone in a field, such as NULL. Empty text is always null in CSV.
	Nulls []string `yaml:"nulls,omitempty"`
	// Times are further time formats in Go's reference notation, such as 2006-01-02 15:04:05 or 1/2/06, tried in order.
	Times []string `yaml:"times,omitempty"`
	// Case accepts allowed values in another casing (Usage-based) and writes them as the format does (Usage-Based).
	Case bool `yaml:"case,omitempty"`
	// NullColumns are usage columns that may be null although the format forbids it; * is all of them. The charge period never is.
	NullColumns []string `yaml:"null_columns,omitempty"`
	// AbsentColumns are usage columns that may be absent although the format demands them; * is all of them. The charge
	// period is never optional.
	AbsentColumns []string `yaml:"absent_columns,omitempty"`
	// OtherValues are usage columns whose values may lie outside the format's closed list, BillingCurrency outside
	// ISO 4217 included.
	OtherValues []string `yaml:"other_values,omitempty"`
	// BinaryFractions accepts Parquet columns of binary floating point for decimals; the shortest decimal that names the
	// same number is read, which is what its writer meant.
	BinaryFractions bool `yaml:"binary_fractions,omitempty"`
	// Rounding rounds decimals of more than 18 fraction digits to these, by the mode that it names: half_even, half_up,
	// half_down, up, down, ceiling or floor. Without it such a decimal rejects its row, unless it comes from a column of
	// binary floating point or no money hangs on it: then halves go to the even digit. What rounding leaves out is summed
	// and shown for each object.
	Rounding *money.Mode `yaml:"rounding,omitempty"`
}

// Limits bounds what one object may cost. A zero is the default.
type Limits struct {
	// RowBytes is the longest row; 1 MiB by default, and 256 MiB at most.
	RowBytes int64 `yaml:"row_bytes,omitempty"`
	// ObjectBytes is the largest object after decompression; 64 GiB by default.
	ObjectBytes int64 `yaml:"object_bytes,omitempty"`
	// Ratio is the largest ratio of decompressed to compressed bytes, looked at beyond 16 MiB; 250 by default.
	Ratio int64 `yaml:"ratio,omitempty"`
	// Depth is how deep JSON may nest; 32 by default.
	Depth int `yaml:"depth,omitempty"`
	// RejectedRows is how many rows of an object may be rejected; 1,000,000 by default. An object with more is refused whole.
	RejectedRows int64 `yaml:"rejected_rows,omitempty"`
}

// The defaults of Limits, and the bound that is none to choose.
const (
	DefaultRowBytes     = 1 << 20
	MostRowBytes        = 256 << 20
	DefaultObjectBytes  = 64 << 30
	DefaultRatio        = 250
	DefaultDepth        = 32
	DefaultRejectedRows = 1_000_000
)

// WithDefaults returns l with every zero replaced by its default, and no row longer than can be.
func (l Limits) WithDefaults() Limits {
	if l.RowBytes <= 0 {
		l.RowBytes = DefaultRowBytes
	}
	l.RowBytes = min(l.RowBytes, MostRowBytes)
	if l.ObjectBytes <= 0 {
		l.ObjectBytes = DefaultObjectBytes
	}
	if l.Ratio <= 0 {
		l.Ratio = DefaultRatio
	}
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	if l.RejectedRows <= 0 {
		l.RejectedRows = DefaultRejectedRows
	}
	return l
}

// Settle is SettleMinutes as a duration.
func (s *Source) Settle() time.Duration { return time.Duration(s.SettleMinutes) * time.Minute }
