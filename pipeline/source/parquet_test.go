package source

import (
	"strings"
	"testing"

	"daybook/fixtures/batches"
	"daybook/schemas"
)

// TestPeersParquet: identifiers keep their digits whatever type they were given, a clock's times are those of the source's
// zone, and a codec of the format is read.
func TestPeersParquet(t *testing.T) {
	for codec := range batches.PeerCodecs {
		body := batches.PeerFile(t, []batches.PeerRow{{
			Account: 100200300401, Sku: 7_000_000_000_000, Start: 1_725_150_600_000, End: 1_725_154_200_000, Region: "eu",
		}}, codec)
		src := &schemas.Source{
			ID: "s", Format: schemas.FOCUS12, Zone: "Europe/Berlin",
			Tolerate: schemas.Tolerate{AbsentColumns: []string{"*"}},
		}
		got := decodeBytes(t, src, body)
		if len(got.rows) != 1 || !strings.Contains(got.rows[0], "SubAccountId=100200300401 ") ||
			!strings.Contains(got.rows[0], "SkuId=7000000000000 ") || !strings.Contains(got.rows[0], "ChargePeriodStart=2024-08-31T22:30:00Z ") {
			t.Errorf("%q, %v", got.rows, summary(got.findings))
		}
	}
}
