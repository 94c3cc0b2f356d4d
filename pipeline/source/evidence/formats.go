package evidence

import (
	"strings"
	"time"

	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// formats is the table of formats of evidence. Every one begins with where it was: service, region and resource, of which
// the last two may be left out, and then mean all there are.
//
//	incidents-1.0   id, start, end, known, share: an interruption that somebody states. Without end it goes on. Known is when we
//	                became aware of it, and share the part of it all that was affected, from 0 to 1. Of rows with one id
//	                the last counts, in the order of the objects' names.
//	probes-1.0      at, seconds, up: one measurement, which stands for so many seconds from at on; up is true or false, or 1 or 0
//	                as probe_success of Prometheus.
//	counters-1.0    series, at, total, errors: two counters of one process, as they stood at a moment. They only grow, but for
//	                restarts, after which they begin at 0; whole numbers, also written as 1.027e+03.
//	requests-1.0    start, end, total, errors: how many requests, or objects, there were, and how many of them failed.
//	samples-1.0     metric, at, seconds, value: the value of a metric, such as a time of answer, which stands for so many seconds from at on;
//	                metric may be left out where there is but one.
//	notices-1.0     id, kind, start, end, announced: that a service may be down; kind is one of service.NoticeKind. Of rows
//	                with one id the last counts.
//
// and of what peers have issued to those who use their services, without service, region and resource:
//
//	credentials-1.0  id, holder, issued, expires, revoked: a credential by its name or ARN, never the secret itself, whom it was
//	                issued to, and when; expires and revoked are empty of one that does not end so. Of rows with one id the last
//	                counts.
//
// and of peers' invoices and answers to disputes, which have columns of their own:
//
//	focus-invoice-1.4   a line of a peer's invoice, by the columns of the dataset Invoice Detail of FOCUS 1.4. Of rows with one
//	                    InvoiceId and InvoiceDetailId the last counts, in the order of the objects' names.
//	invoice-totals-1.0  invoice, start, end, currency, total, issued, due: what a peer's invoice comes to, taxes included, for the
//	                    billing period from start to end. Of rows with one invoice the last counts.
//	dispute-answers-1.0 dispute, at, answer, amount, currency, reason: what a peer says of a dispute that we raised; answer is one of
//	                    dispute.AnswerKind, and without an amount it is about all that is open.
//
// and of what customers write to us, from a ticket system or a mailbox:
//
//	customer-requests-1.0  number, account, received, text, kind, state, changed, by, period, lines: kind is one of request.Kind, and
//	                    request where it is empty, state one of request.State, and open where it is, since changed, or else received;
//	                    lines are subscription/offering/price, of which some may be missing, separated by semicolons, of the month
//	                    period. Of rows with one number the last changed counts.
//
// Times are as RFC 3339 has them. A column that a format does not know is left out, and noted.
var formats = []format{
	{schemas.Incidents10, place(required("id", setID), required("start", setStart), optional("end", setEnd), optional("known", setKnown), optional("share", setShare))},
	{schemas.Probes10, place(required("at", setStart), required("seconds", setSeconds), required("up", setUp))},
	{schemas.Counters10, place(optional("series", setSeries), required("at", setStart), required("total", setTotal), required("errors", setErrors))},
	{schemas.Requests10, place(required("start", setStart), required("end", setEnd), required("total", setTotal), required("errors", setErrors))},
	{schemas.Samples10, place(optional("metric", setSeries), required("at", setStart), required("seconds", setSeconds), required("value", setValue))},
	{schemas.Credentials10, []column{required("id", setID), required("holder", setHolder), required("issued", setStart), optional("expires", setEnd), optional("revoked", setKnown)}},
	{schemas.FOCUSInvoice14, focusInvoice},
	{schemas.InvoiceTotals10, []column{
		required("invoice", setInvoice), required("start", setStart), required("end", setEnd), required("currency", setCurrency),
		required("total", setAmount), optional("issued", setKnown), optional("due", setDue),
	}},
	{schemas.DisputeAnswers10, []column{
		required("dispute", setID), required("at", setStart), required("answer", setAnswer), optional("amount", setAmount), optional("currency", setCurrency),
		optional("reason", setReason),
	}},
	{schemas.CustomerRequests10, []column{
		required("number", setID), required("account", setAccount), required("received", setReceived), required("text", setReason), optional("kind", setRequestKind),
		optional("state", setState), optional("changed", setStart), optional("by", setBy), optional("period", setAbout), optional("lines", setLines),
	}},
	{schemas.Notices10, place(required("id", setID), required("kind", setKind), required("start", setStart), optional("end", setEnd), optional("announced", setKnown))},
}

// format is all that decoding knows of a format of evidence.
type format struct {
	name    schemas.Format
	columns []column
}

// column is one column: set puts what it says into the row, or says what is wrong with it; nil where the column is not read.
type column struct {
	name     string
	required bool
	set      func(d *decoder, r *service.EvidenceRow, text string) *amiss
}

// amiss is what is wrong with a value.
type amiss struct {
	code schemas.Code
	what string
}

func required(name string, set func(*decoder, *service.EvidenceRow, string) *amiss) column {
	return column{name, true, set}
}

func optional(name string, set func(*decoder, *service.EvidenceRow, string) *amiss) column {
	return column{name, false, set}
}

// place are the columns that all formats have, before others.
func place(more ...column) []column {
	text := func(to func(*service.EvidenceRow) *string) func(*decoder, *service.EvidenceRow, string) *amiss {
		return func(_ *decoder, r *service.EvidenceRow, text string) *amiss {
			*to(r) = text
			return nil
		}
	}
	return append([]column{
		required("service", text(func(r *service.EvidenceRow) *string { return &r.Service })),
		optional("region", text(func(r *service.EvidenceRow) *string { return &r.Region })),
		optional("resource", text(func(r *service.EvidenceRow) *string { return &r.Resource })),
	}, more...)
}

func setID(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.ID = text
	return nil
}

func setHolder(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Holder = text
	return nil
}

func setSeries(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Series = text
	return nil
}

func (d *decoder) time(to *time.Time, text string) *amiss {
	// The package time lets more through than RFC 3339 does: a comma before the fraction, and hours of one digit.
	t, err := time.Parse(time.RFC3339Nano, text)
	if err == nil && len(text) >= len("2006-01-02T15:04:05Z") && !strings.Contains(text, ",") {
		*to = t.UTC().Truncate(time.Microsecond)
		return nil
	}
	return &amiss{schemas.CodeBadTime, "it is no time as RFC 3339 has it, such as 2024-09-01T00:00:00Z"}
}

func setStart(d *decoder, r *service.EvidenceRow, text string) *amiss {
	return d.time(&r.Start, text)
}

func setEnd(d *decoder, r *service.EvidenceRow, text string) *amiss {
	return d.time(&r.End, text)
}

func setKnown(d *decoder, r *service.EvidenceRow, text string) *amiss {
	return d.time(&r.Known, text)
}

// mostSeconds is the longest that one probe or sample may stand for.
const mostSeconds = 366 * 24 * 60 * 60

// setSeconds comes after the time of the probe or sample, in the order of columns.
func setSeconds(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	n, wrong := whole(text)
	if wrong == nil && (n == 0 || n > mostSeconds) {
		wrong = &amiss{schemas.CodeBadValue, "it stands for at least a second, and at most a year"}
	}
	r.End = r.Start.Add(time.Duration(n) * time.Second)
	return wrong
}

func setUp(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	switch text {
	case "true", "1":
		r.Up = true
	case "false", "0":
	default:
		return &amiss{schemas.CodeBadValue, "it is neither true nor false"}
	}
	return nil
}

func setTotal(_ *decoder, r *service.EvidenceRow, text string) (wrong *amiss) {
	r.Total, wrong = whole(text)
	return wrong
}

func setErrors(_ *decoder, r *service.EvidenceRow, text string) (wrong *amiss) {
	r.Errors, wrong = whole(text)
	return wrong
}

func setKind(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Kind = service.NoticeKind(text)
	return oneOf(r.Kind.Values(), text)
}

func setValue(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	value, err := money.ParseDecimal(text)
	if err != nil {
		return &amiss{schemas.CodeBadDecimal, "it is not a decimal number"}
	}
	if _, err := money.FixedFromDecimal(value); err != nil {
		return &amiss{schemas.CodeTooPrecise, "it has more than 18 fraction digits, or 20 before the point"}
	}
	r.Value = &value
	return nil
}

func setShare(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	share, err := money.ParseDecimal(text)
	if err != nil {
		return &amiss{schemas.CodeBadDecimal, "it is not a decimal number"}
	}
	if _, err := money.FixedFromDecimal(share); err != nil {
		return &amiss{schemas.CodeTooPrecise, "it has more than 18 fraction digits"}
	}
	if share.IsNegative() || share.GreaterThan(money.One) {
		return &amiss{schemas.CodeBadValue, "a share lies between 0 and 1"}
	}
	r.Share = &share
	return nil
}

// whole reads a whole number of 0 or more, however it is written.
func whole(text string) (int64, *amiss) {
	d, err := money.ParseDecimal(text)
	if err != nil {
		return 0, &amiss{schemas.CodeBadDecimal, "it is not a decimal number"}
	}
	most := money.NewDecimal(1, 18)
	if d.IsNegative() || !d.LessThan(most) || !money.RoundTo(d, 0, money.HalfEven).Equal(d) {
		return 0, &amiss{schemas.CodeBadValue, "it is no whole number from 0 to 10^18"}
	}
	return d.Rat().Num().Int64(), nil
}
