package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"daybook/schemas"
	"daybook/schemas/service"
)

// decoded is what an object comes to, a line each.
func decoded(t *testing.T, format schemas.Format, text string) (lines []string, err error) {
	t.Helper()
	src := &schemas.Source{ID: "s", Format: format}
	kept, rejected := int64(0), int64(0)
	rows, err := Decode(t.Context(), src, Input{Key: "k", Body: strings.NewReader(text)}, Sink{
		Row: func(r *service.EvidenceRow) error {
			kept++
			lines = append(lines, fmt.Sprintf("%d %s %s %s %d %d %t %s", r.Row, r.Service, r.Start.Format("02T15:04:05"), r.End.Format("02T15:04:05"), r.Total, r.Errors, r.Up, r.Kind))
			return nil
		},
		Finding: func(f schemas.Finding) error {
			rejected += f.Rows
			lines = append(lines, fmt.Sprintf("%d %s %s", f.Row, f.Code, f.Column))
			return nil
		},
	})
	if err == nil && rows != kept+rejected {
		t.Errorf("%d rows, %d kept and %d rejected", rows, kept, rejected)
	}
	return lines, err
}

// TestEveryFormatHasARow looks for the row of each format of evidence.
func TestEveryFormatHasARow(t *testing.T) {
	for _, name := range schemas.Formats {
		if there := slices.ContainsFunc(formats, func(f format) bool { return f.name == name }); there != (name.IsEvidence() && !name.IsPayments()) {
			t.Errorf("%s: a row is there: %t", name, there)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, x := range []struct {
		format schemas.Format
		text   string
		want   string
	}{
		{
			schemas.Probes10, "service,at,seconds,up\nWeb,2024-09-04T08:00:00Z,60,0\nWeb,2024-09-04T08:00:00Z,0,1\n\"a\"\"b\",2024-09-04T08:00:00+02:00,30,true\nWeb,2024-09-04T8:00:00Z,60,1\nWeb,1\n",
			`1 Web 04T08:00:00 04T08:01:00 0 0 false |2 bad_value seconds|3 a"b 04T06:00:00 04T06:00:30 0 0 true |4 bad_time at|5 ragged_row `,
		},
		{
			schemas.Counters10, "{\"service\":\"Api\",\"at\":\"2024-09-04T08:00:00Z\",\"total\":1.027e+03,\"errors\":\"27\",\"job\":\"x\"}\n\n{\"service\":\"Api\"}\n[]\n{\"service\":{}}\n{\"service\":\"Api\",\"total\":1,\"total\":2}\n",
			"1 Api 04T08:00:00 01T00:00:00 1027 27 false |2 missing_value at|3 bad_json |4 bad_value service|5 bad_json |1 unknown_column job",
		},
		{
			schemas.Requests10, "service,start,end,total,errors\nApi,2024-09-04T08:00:00Z,2024-09-04T09:00:00Z,10,11\nApi,2024-09-04T08:00:00Z,2024-09-04T07:00:00Z,10,1\nApi,2024-09-04T08:00:00Z,2024-09-04T09:00:00Z,10.5,1\n",
			"1 bad_value errors|2 bad_period end|3 bad_value total",
		},
		{schemas.Notices10, "id,service,kind,start\nN,Api,maintenance,2024-09-04T08:00:00Z\nN,Api,mood,2024-09-04T08:00:00Z\n", "1 Api 04T08:00:00 01T00:00:00 0 0 false maintenance|2 bad_value kind"},
		{
			schemas.CustomerRequests10,
			"number,account,received,text,kind,state,changed,period,lines\nR,a,2024-09-04T08:00:00Z,why,,,,,\nR,a,2024-09-04T08:00:00Z,why,report,closed,2024-09-05T08:00:00Z,2024-08,s/o/p; /o\n" +
				"R,a,2024-09-04T08:00:00Z,why,mood,,,,\nR,a,2024-09-04T08:00:00Z,why,,gone,,,\nR,a,2024-09-04T08:00:00Z,why,,,2024-09-03T08:00:00Z,,\nR,a,2024-09-04T08:00:00Z,why,,,,2024,\nR,a,2024-09-04T08:00:00Z,why,,,,,a/b/c/d\nR,,2024-09-04T08:00:00Z,why,,,,,\n",
			"1  04T08:00:00 01T00:00:00 0 0 false request|2  05T08:00:00 01T00:00:00 0 0 false report|3 bad_value kind|4 bad_value state|5 bad_period changed|6 bad_period period|7 bad_value lines|8 missing_value account",
		},
		{schemas.Incidents10, "id,service,start,share\nI,Api,2024-09-04T08:00:00Z,0.5\nI,Api,2024-09-04T08:00:00Z,1.5\nI,,2024-09-04T08:00:00Z,\n", "1 Api 04T08:00:00 01T00:00:00 0 0 false |2 bad_value share|3 missing_value service"},
	} {
		lines, err := decoded(t, x.format, x.text)
		if got := strings.Join(lines, "|"); err != nil || got != x.want {
			t.Errorf("%s: %v\n got %s\nwant %s", x.format, err, got, x.want)
		}
	}
	for text, want := range map[string]schemas.Code{
		"service,at\nWeb,2024-09-04T08:00:00Z\n": schemas.CodeMissingColumn, "": schemas.CodeUnreadableObject, "PAR1xxxx": schemas.CodeUnreadableObject,
		"service,at,seconds,up,at\n": schemas.CodeUnreadableObject,
	} {
		_, err := decoded(t, schemas.Probes10, text)
		var refused *schemas.RefusedError
		if !errors.As(err, &refused) || refused.Code != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
