package disputed

import (
	"slices"

	"daybook/pipeline/book"
	"daybook/pipeline/explain"
	"daybook/schemas"
)

// The stages of a dispute's lines: what was issued, and what the same usage comes to by the book of then, by today's without the
// decisions about the dispute, and with them.
const (
	StageIssued = iota
	StageAgain
	StageBook
	StageDecision
	stageCount
)

// beforeAndAfter are the stages that people compare.
var beforeAndAfter = [2]int{StageIssued, StageDecision}

// Stages names them, in their order.
func Stages() []string { return []string{"issued", "again", "book", "decision"} }

// Family are the accounts whose lines the dispute may change: the disputing one, and those that are priced with it.
func (v *View) Family() []schemas.AccountID { return v.family }

// RatedBy is the book by which a stage after the first was rated.
func (v *View) RatedBy(stage int) *book.Book { return v.books[stage-StageAgain] }

// Look is the run that is disputed; nil where the month has none.
func (v *View) Look() *explain.Look { return v.look }

// Charges are those of a line in a stage, with their steps.
func (v *View) Charges(l *Line, stage int) []schemas.Charge {
	out := slices.Clone(l.charges[stage])
	if stage == StageIssued {
		for i := range out {
			out[i].Steps = v.stepsBefore(&out[i])
		}
	}
	return out
}

// Verdict is how the dispute stands, in a sentence.
func (v *View) Verdict() string { return v.verdict() }
