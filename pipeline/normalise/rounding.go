package normalise

import (
	"slices"

	"daybook/pipeline/dataset"
	"daybook/pipeline/run"
	"daybook/pipeline/source"
	"daybook/schemas"
)

// countRounded counts the values of a batch that its decoder has rounded, by what stands in their place in the rows. A row
// that is not there is not counted, and then the control fails.
func countRounded(sums *run.Roundings, cells []source.RoundedCell, b *dataset.Batch) {
	numbers := b.Columns[schemas.UseObjectRow].Ints
	for i := range cells {
		c := &cells[i]
		row, there := slices.BinarySearch(numbers, c.Row)
		v, of := &b.Columns[c.Column], &b.Columns[source.OfColumn(c.Column)]
		if there && !v.IsNull(row) {
			sums.Of(schemas.Usage.Columns[c.Column].Name, string(of.TextAt(row))).Count(c.Exact, v.Decs[row])
		}
	}
}

// addResidues adds what the decoder says that rounding left out.
func addResidues(sums *run.Roundings, rounded []source.Rounded) {
	for i := range rounded {
		sum := sums.Of(rounded[i].Column, rounded[i].Of)
		sum.Values, sum.Residue = rounded[i].Values, rounded[i].Residue
	}
}
