package source

import (
	"strings"
	"testing"

	"daybook/schemas"
)

// TestLongLabels has names of as many bytes as they may have, and of one more: that is a finding with its row and column, or a
// remark where no money hangs on the column, and the name is not kept.
func TestLongLabels(t *testing.T) {
	for _, column := range []string{"SkuId", "RegionId", "ServiceName", "SubAccountName"} {
		for _, more := range []int{0, 1, 500_000} {
			src := peer(schemas.Tolerate{})
			src.Limits = schemas.Limits{}
			text := strings.Repeat("k", mostLabelText-2+more) // and its quotes
			got, err := decodeText(t, src, "2024-09", edited(column, text), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			kept := strings.Contains(strings.Join(got.rows, ""), text)
			if more == 0 {
				if !kept || len(got.findings) > 0 {
					t.Errorf("%s of %d bytes: kept %t, %+v", column, len(text), kept, got.findings)
				}
				continue
			}
			if kept || len(got.findings) != 1 {
				t.Fatalf("%s of %d bytes: kept %t, %+v", column, len(text), kept, got.findings)
			}
			f := got.findings[0]
			side := f.Severity == schemas.Warning
			if f.Code != schemas.CodeBadValue || f.Row != 1 || f.Column != column || !strings.Contains(f.Message, "longer than the 4096 bytes") || side != (len(got.rows) == 2) {
				t.Errorf("%s of %d bytes: %d rows, %+v", column, len(text), len(got.rows), f)
			}
		}
	}
	_, err := decodeText(t, peer(schemas.Tolerate{}), "2024-09", strings.Replace(edited("Tags", "{}"), "Tags", strings.Repeat("T", mostLabelText+1), 1), 1<<20)
	if err == nil || !strings.Contains(err.Error(), "bytes, more than the 4096 allowed") {
		t.Errorf("a column's name that is too long: %v", err)
	}
}
