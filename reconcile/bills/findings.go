package bills

import (
	"fmt"

	"daybook/schemas"
)

// matchFinding is the finding of a match; false where bill and expectation agree well enough.
func matchFinding(r *schemas.PeerMatch) (schemas.Finding, bool) {
	place := string(r.Peer) + " " + r.Service
	if r.SKU != "" {
		place += " " + string(r.SKU)
	}
	if r.Region != "" {
		place += " in " + r.Region
	}
	if r.Service == Others {
		place += fmt.Sprintf(", %d %s,", r.BillRows, schemas.OneOrMany(r.BillRows, "row", "rows"))
	}
	var code schemas.Code
	var message string
	switch r.Status {
	case schemas.Overbilled:
		code = schemas.CodePeerOverbilled
		message = fmt.Sprintf("%s bills %s %s where %s is expected; dispute the difference of %s", place, r.Actual, r.Currency, r.Expected, r.Difference)
	case schemas.Underbilled:
		code = schemas.CodePeerUnderbilled
		message = fmt.Sprintf("%s bills %s %s where %s is expected; expect the difference of %s later, or correct the meter", place, r.Actual, r.Currency, r.Expected, r.Difference.Neg())
	case schemas.Unmatched:
		code = schemas.CodePeerUnmatched
		message = fmt.Sprintf("%s bills %s %s that no contract line covers; add a rate, or dispute it", place, r.Actual, r.Currency)
	case schemas.Unbilled:
		code = schemas.CodePeerUnbilled
		message = fmt.Sprintf("%s: what the %s of the contract adds, %s %s, is not billed; expect it on a later bill", place, r.Basis, r.Expected, r.Currency)
		if r.Basis == schemas.BasisMinimum || r.Basis == schemas.BasisCommitment {
			break
		}
		message = fmt.Sprintf("%s: our meter saw %s %s, worth %s %s, that the peer does not bill; expect it on a later bill", place, r.Metered, r.Unit, r.Expected, r.Currency)
	case schemas.Matched, schemas.WithinTolerance, schemas.Accepted:
		return schemas.Finding{}, false
	}
	return schemas.Remark(code, r.ID, message, r.Difference, r.Currency), true
}
