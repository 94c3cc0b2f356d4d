package rows

import (
	"daybook/pipeline/dataset"
	"daybook/schemas/dispute"
)

// AppendChallenges writes how customers' disputes stand in batches.
func AppendChallenges(rows []dispute.Standing, write func(*dataset.Batch) error) error {
	return AppendRows(len(rows), &dispute.Challenges, write, func(w *RowWriter, i int) {
		s := &rows[i]
		w.Text(dispute.ChalDisputeId, s.ID)
		w.Text(dispute.ChalBillingPeriod, string(s.Period))
		w.Text(dispute.ChalDisputedPeriod, string(s.Bill))
		w.Text(dispute.ChalAccountId, string(s.Account))
		w.Text(dispute.ChalInvoiceId, s.Invoice)
		w.Text(dispute.ChalCaseId, s.Case)
		w.Text(dispute.ChalState, string(s.State))
		w.Text(dispute.ChalCurrency, string(s.Currency))
		w.decimal(dispute.ChalClaimed, s.Claimed)
		w.decimal(dispute.ChalAccepted, s.Accepted)
		w.decimal(dispute.ChalRejected, s.Rejected)
		w.decimal(dispute.ChalOpen, s.Open)
		w.decimal(dispute.ChalHeld, s.Open)
		w.Text(dispute.ChalRaisedOn, dayText(s.RaisedOn))
		w.Text(dispute.ChalBy, s.By)
		w.Text(dispute.ChalReason, s.Reason)
		w.Text(dispute.ChalLines, s.Lines)
		w.Text(dispute.ChalAnswerBy, dayText(s.AnswerBy))
		w.Text(dispute.ChalDecidedOn, dayText(s.Answered))
		w.Text(dispute.ChalDecidedBy, s.DecidedBy)
		w.Text(dispute.ChalAnswer, s.Answer)
		w.Text(dispute.ChalEffects, s.Effects)
	})
}
