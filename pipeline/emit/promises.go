package emit

import (
	"bufio"
	"errors"
	"io"
	"slices"

	"daybook/pipeline/document"
	"daybook/pipeline/rows"
	"daybook/pipeline/run"
	"daybook/schemas"
	"daybook/schemas/service"
)

// promises writes what became of promises as CSV, row by row, and for each peer the claims that are ready to be sent: for people
// as CSV, and for programs as JSON lines with the arithmetic. A book without promises has none of it.
func (e *reportEmitter) promises() error {
	results, err := e.in.Results(e.ctx, "reconcile/promises")
	if err != nil || !slices.ContainsFunc(results, func(r *run.Result) bool { return len(r.Outputs) > 0 }) {
		return err
	}
	out, err := e.in.WriteObject(e.ctx, "reports", e.key("sla_results.csv"), 0, func(w io.Writer) error {
		grid := document.SLAGrid()
		to := bufio.NewWriter(w)
		line := document.AppendCSVHead(nil, &grid)
		_, err := to.Write(line)
		if err == nil {
			err = run.EachOutput(results, service.SLAResults.Name, func(o run.Output) error {
				return rows.ReadSLARows(e.ctx, e.in.Store(), o.Key, &service.SLAResults, func(r *service.SLARow) error {
					line = document.AppendCSVRow(line[:0], document.SLACells(r))
					_, err := to.Write(line)
					return err
				})
			})
		}
		return errors.Join(err, to.Flush())
	})
	if err != nil {
		return err
	}
	e.res.Outputs = append(e.res.Outputs, out)
	claims := map[schemas.PeerID][]service.SLARow{}
	var peers []schemas.PeerID
	err = run.EachOutput(results, service.SLAClaims.Name, func(o run.Output) error {
		return rows.ReadSLARows(e.ctx, e.in.Store(), o.Key, &service.SLAClaims, func(r *service.SLARow) error {
			if len(claims[r.Peer]) == 0 {
				peers = append(peers, r.Peer)
			}
			claims[r.Peer] = append(claims[r.Peer], *r)
			return nil
		})
	})
	if err != nil {
		return err
	}
	slices.Sort(peers)
	e.claimed = peers
	for _, peer := range peers {
		grid := document.ClaimGrid(claims[peer])
		e.write("claims/"+string(peer)+".csv", document.AppendCSV(nil, &grid))
		var lines []byte
		for i := range claims[peer] {
			if lines, err = document.AppendClaimJSON(lines, e.in.Book().Provider().LegalName, &claims[peer][i]); err != nil {
				return err
			}
		}
		e.write("claims/"+string(peer)+".jsonl", lines)
	}
	return e.err
}
