package rows

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
	"daybook/schemas/service"
)

// AppendSLARows writes results of promises in batches of service.SLAResults or service.SLAClaims.
func AppendSLARows(table *schemas.Table, rows []service.SLARow, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), table, write, func(w *RowWriter, i int) { w.slaRow(&rows[i]) })
}

func (w *RowWriter) slaRow(r *service.SLARow) {
	w.Batch.AppendText(service.SLAResultId, r.ID)
	w.Text(service.SLABillingPeriod, string(r.Period))
	w.Text(service.SLAPromiseId, string(r.Promise))
	w.Text(service.SLASLAId, string(r.SLA))
	w.Batch.AppendText(service.SLAVersionColumn, r.Version)
	w.Text(service.SLAVerified, yes(r.Verified))
	w.Text(service.SLAEvidenceURL, r.URL)
	w.Text(service.SLADateRead, r.Read.String())
	w.Text(service.SLAPeerId, string(r.Peer))
	w.Text(service.SLAAccountId, string(r.Account))
	w.Text(service.SLAOfferingId, string(r.Offering))
	w.Text(service.SLAPassedOn, r.PassedOn)
	w.Text(service.SLAServiceName, r.Service)
	w.Text(service.SLARegionId, r.Region)
	w.Text(service.SLAResourceId, r.Resource)
	w.Text(service.SLAMethodColumn, string(r.Method))
	w.Batch.AppendTime(service.SLAFrom, r.From.UnixMicro())
	w.Batch.AppendTime(service.SLATo, r.To.UnixMicro())
	w.Text(service.SLAUnit, r.Unit)
	w.optional(service.SLATarget, r.Target)
	w.Text(service.SLAStatusColumn, string(r.Status))
	w.Text(service.SLAReviews, strings.Join(r.Reviews, "\n"))
	w.decimal(service.SLAReported, r.Least.Reported)
	w.decimal(service.SLAExcluded, r.Least.Excluded)
	w.decimal(service.SLALost, r.Least.Lost)
	w.decimal(service.SLAWhole, r.Least.Whole)
	w.decimal(service.SLAUptimePercent, r.Least.UptimePercent)
	w.decimal(service.SLACreditPercent, r.Least.CreditPercent)
	w.Batch.AppendInt(service.SLAEvents, r.Least.Events)
	w.decimal(service.SLACreditColumn, r.Least.Credit)
	w.decimal(service.SLAMostLost, r.Most.Lost)
	w.decimal(service.SLAMostWhole, r.Most.Whole)
	w.decimal(service.SLAMostUptimePercent, r.Most.UptimePercent)
	w.decimal(service.SLAMostCredit, r.Most.Credit)
	w.decimal(service.SLACoveragePercent, CoverageOf(&r.SLAResult))
	w.decimal(service.SLABaseColumn, r.Base)
	w.Text(service.SLACurrency, string(r.Currency))
	w.Text(service.SLAIncidents, strings.Join(r.Incidents, "\n"))
	w.moment(service.SLANoticeBy, r.NoticeBy)
	w.moment(service.SLAClaimBy, r.ClaimBy)
	w.Text(service.SLAClaimState, string(r.State))
	w.Text(service.SLAClaimedOn, r.Claimed.String())
	w.Text(service.SLAClaimReference, r.Reference)
	w.Text(service.SLAProblems, strings.Join(r.Problems, "\n"))
	w.Text(service.SLAFuturePayments, yes(r.FuturePayments))
	w.Text(service.SLAResale, string(r.Resale))
	w.steps(service.SLASteps, r.Least.Steps)
	w.steps(service.SLAMostSteps, r.Most.Steps)
}

func (w *RowWriter) moment(col int, t time.Time) {
	if !t.IsZero() {
		w.Batch.AppendTime(col, t.UnixMicro())
	}
}

// CoverageOf is the part of the time that was measured, in percent to six places; 0 of none.
func CoverageOf(r *service.SLAResult) money.Decimal {
	if r.Coverage.Den.IsZero() {
		return money.Zero
	}
	d, err := money.DivRound(r.Coverage.Num.Mul(money.NewDecimal(100, 0)), r.Coverage.Den, 6, money.HalfEven)
	if err != nil { // the denominator is not 0
		return money.Zero
	}
	return d
}

// ReadSLARows calls each for every row of a file of service.SLAResults or service.SLAClaims, in its order, with what a claim and a credit need of it:
// figures for both readings, but no exact ratios and no events beyond their number. What each gets is valid until it returns.
func ReadSLARows(ctx context.Context, s store.Store, key string, table *schemas.Table, each func(*service.SLARow) error) error {
	return readSLARows(ctx, s, key, table, nil, each)
}

func readSLARows(ctx context.Context, s store.Store, key string, table *schemas.Table, columns []int, each func(*service.SLARow) error) error {
	return ScanTable(ctx, s, key, table, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			r, err := SLARowAt(b, i)
			if err != nil {
				return err
			}
			if err := each(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// SLARowAt reads row i of a batch of service.SLAResults or service.SLAClaims, or of some of its columns. The error is a damaged one.
func SLARowAt(b *dataset.Batch, i int) (*service.SLARow, error) {
	text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
	decimal := func(col int) money.Decimal {
		if v := &b.Columns[col]; !v.IsNull(i) {
			return v.Decs[i].Decimal()
		}
		return money.Zero
	}
	moment := func(col int) (t time.Time) {
		if v := &b.Columns[col]; !v.IsNull(i) {
			t = TimeOf(v.Ints[i])
		}
		return t
	}
	lines := func(col int) []string {
		if t := text(col); t != "" {
			return strings.Split(t, "\n")
		}
		return nil
	}
	r := &service.SLARow{
		Promise: service.PromiseID(text(service.SLAPromiseId)), Account: schemas.AccountID(text(service.SLAAccountId)), PassedOn: text(service.SLAPassedOn),
		Offering: schemas.OfferingID(text(service.SLAOfferingId)), URL: text(service.SLAEvidenceURL), State: service.ClaimState(text(service.SLAClaimState)),
		Reference: text(service.SLAClaimReference), Problems: lines(service.SLAProblems),
	}
	r.SLAResult = service.SLAResult{
		ID: text(service.SLAResultId), Period: schemas.Period(text(service.SLABillingPeriod)), SLA: service.SLAID(text(service.SLASLAId)),
		Version: text(service.SLAVersionColumn), Verified: text(service.SLAVerified) == yes(true), Peer: schemas.PeerID(text(service.SLAPeerId)),
		Place:  service.Place{Service: text(service.SLAServiceName), Region: text(service.SLARegionId), Resource: text(service.SLAResourceId)},
		Method: service.SLAMethod(text(service.SLAMethodColumn)), From: moment(service.SLAFrom), To: moment(service.SLATo), Unit: text(service.SLAUnit),
		Status: service.SLAStatus(text(service.SLAStatusColumn)), Reviews: lines(service.SLAReviews), Base: decimal(service.SLABaseColumn),
		Currency: money.Currency(text(service.SLACurrency)), Incidents: lines(service.SLAIncidents), NoticeBy: moment(service.SLANoticeBy), ClaimBy: moment(service.SLAClaimBy),
		Coverage:       money.Ratio{Num: decimal(service.SLACoveragePercent), Den: money.NewDecimal(100, 0)},
		FuturePayments: text(service.SLAFuturePayments) == yes(true), Resale: service.Resale(text(service.SLAResale)), Automatic: r.State == service.ClaimAutomatic,
	}
	if v := &b.Columns[service.SLATarget]; !v.IsNull(i) {
		d := v.Decs[i].Decimal()
		r.Target = &d
	}
	r.Least = service.SLAReading{
		Reported: decimal(service.SLAReported), Excluded: decimal(service.SLAExcluded), Lost: decimal(service.SLALost), Whole: decimal(service.SLAWhole),
		UptimePercent: decimal(service.SLAUptimePercent), CreditPercent: decimal(service.SLACreditPercent), Credit: decimal(service.SLACreditColumn),
	}
	if v := &b.Columns[service.SLAEvents]; !v.IsNull(i) {
		r.Least.Events = v.Ints[i]
	}
	r.Most = service.SLAReading{
		Lost: decimal(service.SLAMostLost), Whole: decimal(service.SLAMostWhole), UptimePercent: decimal(service.SLAMostUptimePercent), Credit: decimal(service.SLAMostCredit),
	}
	return r, slaRestAt(b, i, r)
}

// slaRestAt reads the arithmetic and the days of a row.
func slaRestAt(b *dataset.Batch, i int, r *service.SLARow) error {
	for _, x := range []struct {
		col int
		to  *[]schemas.Step
	}{{service.SLASteps, &r.Least.Steps}, {service.SLAMostSteps, &r.Most.Steps}} {
		v := &b.Columns[x.col]
		if v.IsNull(i) {
			continue
		}
		if err := json.Unmarshal(v.TextAt(i), x.to); err != nil {
			return err
		}
	}
	for _, x := range []struct {
		col int
		to  *schemas.Date
	}{{service.SLADateRead, &r.Read}, {service.SLAClaimedOn, &r.Claimed}} {
		if t := string(b.Columns[x.col].TextAt(i)); t != "" {
			day, err := schemas.ParseDate(t)
			if err != nil {
				return err
			}
			*x.to = day
		}
	}
	return nil
}

// dueColumns are the columns of a result by which its credit is given.
var dueColumns = []int{
	service.SLAResultId, service.SLABillingPeriod, service.SLAPromiseId, service.SLAPeerId, service.SLAAccountId, service.SLAOfferingId, service.SLAPassedOn,
	service.SLAServiceName, service.SLARegionId, service.SLAResourceId, service.SLAStatusColumn, service.SLACreditColumn, service.SLACurrency,
	service.SLAClaimBy, service.SLAClaimState, service.SLAClaimedOn, service.SLAFuturePayments,
}

// ReadSLADue is ReadSLARows with no more of each row of service.SLAResults than its credit needs.
func ReadSLADue(ctx context.Context, s store.Store, key string, each func(*service.SLARow) error) error {
	return readSLARows(ctx, s, key, &service.SLAResults, dueColumns, each)
}

// AppendSLACredits writes how credits stand in batches.
func AppendSLACredits(rows []service.SLACreditRow, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &service.SLACredits, write, func(w *RowWriter, i int) {
		r := &rows[i]
		w.Text(service.SLACreditBillingPeriod, string(r.Period))
		w.Batch.AppendText(service.SLACreditResultId, r.Result)
		w.Text(service.SLACreditOf, string(r.Of))
		w.Text(service.SLACreditPeerId, string(r.Peer))
		w.Text(service.SLACreditAccountId, string(r.Account))
		w.Text(service.SLACreditOfferingId, string(r.Offering))
		w.Text(service.SLACreditServiceName, r.Service)
		w.Text(service.SLACreditRegionId, r.Region)
		w.Text(service.SLACreditCurrency, string(r.Currency))
		w.decimal(service.SLACreditExpected, r.Expected)
		w.decimal(service.SLACreditBefore, r.Before)
		w.decimal(service.SLACreditCredited, r.Credited)
		w.decimal(service.SLACreditMissing, r.Missing)
		w.Text(service.SLACreditStatusColumn, string(r.Status))
		w.Text(service.SLACreditClaimedOn, r.Since.String())
	})
}

// ReadSLACredits calls each for every row of a file of service.SLACredits: what a bill or draft gave of a credit, and of which. What each gets
// is valid until it returns.
func ReadSLACredits(ctx context.Context, s store.Store, key string, each func(*service.SLACreditRow)) error {
	columns := []int{
		service.SLACreditBillingPeriod, service.SLACreditResultId, service.SLACreditOf, service.SLACreditPeerId, service.SLACreditAccountId,
		service.SLACreditOfferingId, service.SLACreditServiceName, service.SLACreditRegionId, service.SLACreditCurrency, service.SLACreditCredited,
	}
	return ScanTable(ctx, s, key, &service.SLACredits, columns, func(b *dataset.Batch) error {
		for i := range b.Rows {
			text := func(col int) string { return string(b.Columns[col].TextAt(i)) }
			each(&service.SLACreditRow{
				Period: schemas.Period(text(service.SLACreditBillingPeriod)), Result: text(service.SLACreditResultId), Of: schemas.Period(text(service.SLACreditOf)),
				Peer: schemas.PeerID(text(service.SLACreditPeerId)), Account: schemas.AccountID(text(service.SLACreditAccountId)),
				Offering: schemas.OfferingID(text(service.SLACreditOfferingId)), Service: text(service.SLACreditServiceName), Region: text(service.SLACreditRegionId),
				Currency: money.Currency(text(service.SLACreditCurrency)), Credited: b.Columns[service.SLACreditCredited].Decs[i].Decimal(),
			})
		}
		return nil
	})
}

// AppendProblems writes how problems stand in batches.
func AppendProblems(rows []service.ProblemRow, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &service.Problems, write, func(w *RowWriter, i int) {
		r := &rows[i]
		w.Text(service.ProblemBillingPeriod, string(r.Period))
		w.Text(service.ProblemProblemId, string(r.ID))
		w.Text(service.ProblemPeerId, string(r.Peer))
		w.Text(service.ProblemReference, r.Reference)
		w.Text(service.ProblemServiceName, r.Service)
		w.Text(service.ProblemDescription, r.Text)
		w.Text(service.ProblemRaisedBy, r.By)
		w.Text(service.ProblemOpenedOn, r.Opened.String())
		w.Text(service.ProblemAnsweredOn, r.Answered.String())
		w.Text(service.ProblemResolvedOn, r.Resolved.String())
		w.Text(service.ProblemStateColumn, string(r.State()))
		w.Text(service.ProblemIncidents, strings.Join(r.Incidents, "\n"))
		w.Text(service.ProblemResults, strings.Join(r.Results, "\n"))
		w.Text(service.ProblemClaims, strings.Join(r.Claims, "\n"))
	})
}
