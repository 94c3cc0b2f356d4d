package run

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"daybook/pipeline/dataset"
	"daybook/pipeline/store"
	"daybook/schemas"
	"daybook/schemas/money"
)

// Result is what a task leaves: references to its outputs, what it counted, and small partial sums for later steps. It is
// committed last, so that a result that can be read has outputs that can be read.
type Result struct {
	Key     string   `json:"key"`
	Task    string   `json:"task"`
	Outputs []Output `json:"outputs"`
	// Control says where every row went.
	Control Control `json:"control"`
	// Codes counts findings by code.
	Codes []CodeCount `json:"codes"`
	// Partial is what a later step of the flow needs of this one beyond its outputs.
	Partial json.RawMessage `json:"partial,omitempty"`
	// Sums are what a later step adds up of many tasks, in bytes: as JSON they would cost more than what they are sums of.
	Sums []byte `json:"sums,omitempty"`
	// Refusals say of what the task read that it cannot be trusted, so that the deliveries that it is of count as not delivered.
	Refusals []Refusal `json:"refusals,omitempty"`
	// Incomplete says that an expected delivery is missing or was refused before it was read.
	Incomplete bool `json:"incomplete,omitempty"`
	// Digest seals the result as it lies in the store.
	Digest string `json:"digest"`

	// opened is the partial, decoded.
	opened sync.Once
	left   any
	leftBy error
}

// Left returns what a task left for later steps, decoded from its partial. That is done once: every shard may ask for it.
// It is not to be changed.
func Left[T any](res *Result) (*T, error) {
	res.opened.Do(func() {
		left := new(T)
		if res.leftBy = json.Unmarshal(res.Partial, left); res.leftBy == nil {
			res.left = left
		}
	})
	left, ok := res.left.(*T)
	if !ok {
		return nil, fmt.Errorf("%s: read what it left for later steps: %w", res.Task, cmp.Or(res.leftBy, fmt.Errorf("it is no %T", left)))
	}
	return left, nil
}

// Leave encodes what later steps need of a task.
func (res *Result) Leave(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode what later steps need: %w", err)
	}
	res.Partial = b
	return nil
}

// Refusal is why what a task read cannot be trusted.
type Refusal struct {
	Delivery string               `json:"delivery"`
	Cause    schemas.RefusedError `json:"cause"`
	// Why says it in a sentence.
	Why string `json:"why"`
	// Waived says that the book lets the period be complete without it.
	Waived bool `json:"waived,omitempty"`
}

// Output is one object that a task wrote.
type Output struct {
	// Dataset is the table's name, or "shuffle", "invoices" or "report".
	Dataset string `json:"dataset"`
	Key     string `json:"key"`
	Rows    int64  `json:"rows"`
	// Size is in bytes; it and the digest are left out of temporary outputs, whose bytes depend on the memory budget.
	Size int64 `json:"size"`
	// Digest is the SHA-256 of the object in hex.
	Digest string `json:"digest,omitempty"`
}

// CodeCount is how many findings of a code there are, the rows that they stand for, and the money.
type CodeCount struct {
	Code     schemas.Code     `json:"code"`
	Severity schemas.Severity `json:"severity"`
	Findings int64            `json:"findings"`
	Rows     int64            `json:"rows"`
	// Amounts are the sizes of what the findings are about, whichever way they go, by currency.
	Amounts map[money.Currency]money.Decimal `json:"amounts,omitempty"`
}

// Control says where rows went, as exact totals of rows, quantities by unit and costs by currency. A step fills what it
// decides: the sums over all tasks balance, or the run fails.
type Control struct {
	// Delivered is what the decoders saw.
	Delivered dataset.Totals `json:"delivered"`
	// Evidence rows are facts about services, by which promises are judged, and no usage; Judged are those that the judging read.
	Evidence dataset.Totals `json:"evidence,omitzero"`
	Judged   dataset.Totals `json:"judged,omitzero"`
	// Listed rows are of peers' lists of credentials, and Looked those that the register was held against.
	Listed dataset.Totals `json:"listed,omitzero"`
	Looked dataset.Totals `json:"looked,omitzero"`
	// Banked rows are of what banks and card processors say was paid.
	Banked dataset.Totals `json:"banked,omitzero"`
	// CreditsOwed are the service credits that accounts are due, CreditsGiven what the charges give of them, and CreditsLeft what rating left
	// for later, in rows where it left all of a credit.
	CreditsOwed  dataset.Totals `json:"credits_owed,omitzero"`
	CreditsGiven dataset.Totals `json:"credits_given,omitzero"`
	CreditsLeft  dataset.Totals `json:"credits_left,omitzero"`
	// OutOfScope rows belong to another period; Rejected ones are findings and nothing else.
	OutOfScope dataset.Totals `json:"out_of_scope"`
	Rejected   dataset.Totals `json:"rejected"`
	// Shuffled rows went to a shard; of these Duplicates were dropped and Usage kept, and Restated those of bills of closed months.
	Shuffled   dataset.Totals `json:"shuffled"`
	Duplicates dataset.Totals `json:"duplicates"`
	Restated   dataset.Totals `json:"restated,omitzero"`
	Usage      dataset.Totals `json:"usage"`
	// Read is the usage that rating read. Of its rows, those Rated are behind charges of every meter that takes them, those
	// Partly rated behind those of some meters while others wait for the book, those Suspended wait for the book, and those
	// Unpriced are a peer's that are nobody's; what is left are those Repeated.
	Read          dataset.Totals `json:"read"`
	RatedRows     int64          `json:"rated_rows"`
	PartlyRows    int64          `json:"partly_rated_rows"`
	SuspendedRows int64          `json:"suspended_rows"`
	UnpricedRows  int64          `json:"unpriced_rows"`
	// Rounding is what declared rounding did to delivered values.
	Rounding Roundings `json:"rounding,omitempty"`
	// RestatedRows are those that periods which were rated again have more of, by bills that were delivered anew, than they had by those before.
	RestatedRows int64 `json:"restated_rows,omitempty"`
	// LateRows of the usage came after the period of their use had been run. RepeatedRows of these are the same records as
	// rows of earlier runs, so that nothing is made of them.
	LateRows     int64 `json:"late_rows,omitempty"`
	RepeatedRows int64 `json:"repeated_rows,omitempty"`
	// VoidedRows of Read count for nothing by decisions about disputes.
	VoidedRows int64 `json:"voided_rows,omitempty"`
	// Made are the charges as they came from rating, as rows, with what they bill as costs, and Charged those that were written.
	// Those that are Taxes, or paid before, are compared with nothing. Of the others, which are Earning, quantities are what peers
	// bill for them, by currency: there are Margins of these, and the sums that are Compared with the plan. All are Invoiced.
	Made     dataset.Totals `json:"made,omitzero"`
	Charged  dataset.Totals `json:"charged"`
	Taxes    dataset.Totals `json:"taxes,omitzero"`
	Earning  dataset.Totals `json:"earning,omitzero"`
	Margins  dataset.Totals `json:"margins,omitzero"`
	Compared dataset.Totals `json:"compared"`
	Invoiced dataset.Totals `json:"invoiced"`
	// Valued is what the earning charges come to in the provider's currency as far as there is a rate, by measure as quantities: so
	// much do Variances show or leave Unshown. Its revenue is Spread over days, and so much of it as variances show is that of Days.
	// All of it is what customers.csv and accounts.csv sum to, ByCustomer and ByAccount, with the charges behind them as rows.
	Valued     dataset.Totals `json:"valued,omitzero"`
	Variances  dataset.Totals `json:"variances,omitzero"`
	Unshown    dataset.Totals `json:"unshown,omitzero"`
	Spread     dataset.Totals `json:"spread,omitzero"`
	Days       dataset.Totals `json:"days,omitzero"`
	ByCustomer dataset.Totals `json:"by_customer,omitzero"`
	ByAccount  dataset.Totals `json:"by_account,omitzero"`
	// Billed are the rows of usage that peers bill, with what they bill as costs, and Matched those behind peer matches.
	Billed  dataset.Totals `json:"billed,omitzero"`
	Matched dataset.Totals `json:"matched,omitzero"`
	// Used are the same rows as Billed, where the book asks who uses what peers bill, and ByUser those behind peer_use.
	Used   dataset.Totals `json:"used,omitzero"`
	ByUser dataset.Totals `json:"by_user,omitzero"`
	// Watched are those rows of Billed whose peers have anomalies in the book, and ByDay those behind peer_days.
	Watched dataset.Totals `json:"watched,omitzero"`
	ByDay   dataset.Totals `json:"by_day,omitzero"`
	// Shared are those rows of Billed that shared costs of the book take, and Shares those behind shared_costs. BorneBy is what
	// customers bear of them in the provider's currency, and Bearing what the customers dataset has of it.
	Shared  dataset.Totals `json:"shared,omitzero"`
	Shares  dataset.Totals `json:"shares,omitzero"`
	BorneBy dataset.Totals `json:"borne_by,omitzero"`
	Bearing dataset.Totals `json:"bearing,omitzero"`
	// Accessed are those rows of Billed whose peers have identities or entitlements in the book, and ByAccess those behind peer_access.
	Accessed dataset.Totals `json:"accessed,omitzero"`
	ByAccess dataset.Totals `json:"by_access,omitzero"`
	// Detailed are the rows of usage of the bills that are compared in detail, with what they bill as costs, and PeerBilled those
	// behind peer_bills. Discrepant is what discrepancies come to by currency, as costs, and PeerOff what peer_bills have of them.
	Detailed   dataset.Totals `json:"detailed,omitzero"`
	PeerBilled dataset.Totals `json:"peer_billed,omitzero"`
	Discrepant dataset.Totals `json:"discrepant,omitzero"`
	PeerOff    dataset.Totals `json:"peer_off,omitzero"`
	// Chained are the charges of offerings of agreements, with what peers bill for them as quantities by currency, and Chains those
	// behind cost chains. Owed are the rows of bills and the charges that are settled under agreements, and Debts those behind
	// settlements. ToNet is what of settlements is netted, and Payable that in net statements, of which so much is Netted, and so much
	// Paid and Received.
	Chained  dataset.Totals `json:"chained,omitzero"`
	Chains   dataset.Totals `json:"chains,omitzero"`
	Owed     dataset.Totals `json:"owed,omitzero"`
	Debts    dataset.Totals `json:"debts,omitzero"`
	ToNet    dataset.Totals `json:"to_net,omitzero"`
	Payable  dataset.Totals `json:"payable,omitzero"`
	Netted   dataset.Totals `json:"netted,omitzero"`
	Paid     dataset.Totals `json:"paid,omitzero"`
	Receives dataset.Totals `json:"receives,omitzero"`
	// Claimed is what the book's disputes with peers come to, by currency, and Standing what peer_disputes have accepted, rejected or
	// open of it.
	Claimed  dataset.Totals `json:"claimed,omitzero"`
	Standing dataset.Totals `json:"standing,omitzero"`
	// Challenged is what customers' disputes of the book come to, by currency, and Answered what the dataset disputes has accepted,
	// rejected or open of it.
	Challenged dataset.Totals `json:"challenged,omitzero"`
	Answered   dataset.Totals `json:"answered,omitzero"`
	// Rerated is what lines of earlier periods that are corrected are rated as now, ChargedBefore what was charged for them and corrected
	// since, and Corrections the charges that correct them. Differences are what is left to correct by line, and Causes the same by cause.
	Rerated       dataset.Totals `json:"rerated,omitzero"`
	ChargedBefore dataset.Totals `json:"charged_before,omitzero"`
	Corrections   dataset.Totals `json:"corrections,omitzero"`
	Differences   dataset.Totals `json:"differences,omitzero"`
	Causes        dataset.Totals `json:"causes,omitzero"`
}

// Do does a task unless its result is already there, in which case it returns that. Doing a task twice, or in two places
// at once, is harmless: both write the same bytes under the same keys. A task that asked for what its row of the table does
// not declare has an error wrapping ErrUndeclared, and no result.
func Do(ctx context.Context, r *Run, t Task) (res *Result, reused bool, err error) {
	if res, err = committed(ctx, r, &t, true); err != nil || res != nil {
		return res, res != nil, err
	}
	in, err := r.inputs(t)
	if err != nil {
		return nil, false, err
	}
	res, err = in.step.Do(ctx, in)
	if undeclared := in.undeclared(); undeclared != nil {
		return nil, false, undeclared
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", t.Name(), err)
	}
	res.Key, res.Task = t.Key, t.Stage+"/"+t.Step
	body, err := json.Marshal(res)
	if err != nil {
		return nil, false, fmt.Errorf("%s: write its result: %w", t.Name(), err)
	}
	sealed := Seal(body)
	_, err = r.create(ctx, resultKey(r, &t), func(w io.Writer) error {
		_, err := w.Write(sealed)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("%s: commit its result: %w", t.Name(), err)
	}
	return res, false, nil
}

// committed returns the task's result if it is there, undamaged, with all that readers need of it, and with what later steps of its
// stage need if scratch is wanted; else nil.
func committed(ctx context.Context, r *Run, t *Task, scratch bool) (*Result, error) {
	res, err := ReadResult(ctx, r, t)
	if err = r.memory.spoil(err); err != nil || res == nil {
		return nil, err
	}
	if all, err := r.allThere(ctx, res.Outputs, 1, (*Output).present); err != nil || !all {
		return nil, err
	}
	if !t.Temporary || !scratch {
		return res, nil
	}
	for _, o := range res.Outputs {
		if o.Dataset != Shuffled {
			continue
		}
		if _, err := store.Stat(ctx, r.Scratch, o.Key); errors.Is(err, store.ErrNotFound) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	return res, nil
}

// ReadResult returns the task's committed result, or nil if there is none. One that is damaged is a *DamagedError.
func ReadResult(ctx context.Context, r *Run, t *Task) (res *Result, err error) {
	err = readSealed(ctx, r.Store, r.Spec.Period, resultKey(r, t), func(body []byte) error {
		res = new(Result)
		if err := json.Unmarshal(body, res); err != nil {
			return err
		}
		if res.Key != t.Key {
			return fmt.Errorf("it is of task %q", res.Key)
		}
		if _, sound := Unseal(body); !sound {
			return errAltered
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("result of %s: %w", t.Name(), err)
	}
	return res, nil
}

// resultKey is where a task's result lies: keyed by content, so runs with the same work share it.
func resultKey(r *Run, t *Task) string {
	return fmt.Sprintf("runs/%s/tasks/%s-%s/%s.json", r.Spec.Period, t.Stage, t.Step, t.Key)
}
