package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestExamplesOfHelp runs every example that the verbs' help gives, on the book that init writes: each does what it says, and
// nothing of ours is shown as a character that a terminal must not see.
func TestExamplesOfHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	first := aSmallCloud(t)
	charge := shownBy(t, "invoice", "mycloud", "birch-prod", "--period", "2024-09", "--json")
	id := regexp.MustCompile(`"charge":"([0-9a-f]{12})`).FindStringSubmatch(charge)
	if id == nil {
		t.Fatalf("no charge in %s", charge)
	}
	names := strings.NewReplacer("518c2e3764a8fd23", first[0], "518c2e37", first[0][:8], "9a1b", first[1], "3f9c1a", id[1])
	comment, left := regexp.MustCompile(`   .*| [|>] .*`), 0
	for _, command := range newRoot().Commands() {
		for line := range strings.Lines(command.Example) {
			line = strings.TrimSpace(line)
			words := strings.Fields(names.Replace(comment.ReplaceAllString(line, "")))
			if command.Name() == "init" || command.Name() == "schedule" || words[0] != "daybook" || strings.Contains(line, "s3://") {
				left++ // the one has been done, the other goes on to today, and the rest wants a shell or a bucket
				continue
			}
			var out, complaint bytes.Buffer
			code := execute(t.Context(), words[1:], &out, &complaint)
			if code == exitBroke || code == exitWrong || out.Len() == 0 && command.Name() != "check" {
				t.Errorf("%s: exit code %d, %d bytes, %s", strings.Join(words, " "), code, out.Len(), complaint.String())
			}
			if bytes.ContainsRune(out.Bytes(), '\ufffd') {
				t.Errorf("%s shows a text that it made invisible:\n%s", line, out.String())
			}
		}
	}
	if left > 5 {
		t.Errorf("%d examples were left out", left)
	}
}

// aSmallCloud makes what init writes, a draft beside it, two runs of its month, whose identifiers it returns, and closes it.
func aSmallCloud(t *testing.T) (ids [2]string) {
	t.Helper()
	shownBy(t, "init", "mycloud")
	shownBy(t, "init", "draft")
	if err := os.WriteFile("more-seats.csv", []byte("subscription,on,kind,quantity\nsub-1,2024-09-25,quantity,7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	events := "mycloud/landing/own/compute/2024-09/"
	for i := range ids {
		var ran struct{ Manifest struct{ Run string } }
		if err := json.Unmarshal([]byte(shownBy(t, "run", "mycloud", "--period", "2024-09", "--json", "-q")), &ran); err != nil || ran.Manifest.Run == "" {
			t.Fatal(err, ran)
		}
		ids[i] = ran.Manifest.Run
		whole, err := os.ReadFile(events + "events.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		one, _, _ := bytes.Cut(whole, []byte("\n"))
		more := regexp.MustCompile(`"id":"[^"]*"`).ReplaceAll(one, []byte(`"id":"one more"`))
		if err := os.WriteFile(events+"more.jsonl", append(more, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("mycloud/closings.csv", []byte("period,issued,by\n2024-09,2024-10-03,Ada\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shownBy(t, "close", "mycloud", "--period", "2024-09")
	sending := "since: 2024-10-01\nrecipients:\n  - {id: archive, by: folder, place: ../sent}\n"
	if err := os.WriteFile("mycloud/sending.yaml", []byte(sending), 0o600); err != nil {
		t.Fatal(err)
	}
	dispute := "disputes:\n  - {id: D-17, account: birch-prod, period: 2024-09, amount: 50, reason: It was slow, raised: 2024-10-08, by: Jo}\n"
	request := "requests:\n  - {id: R-17, account: birch-prod, kind: report, received: 2024-10-07, text: It was slow}\n"
	if err := errors.Join(os.Mkdir("mycloud/requests", 0o700), os.WriteFile("mycloud/requests/r.yaml", []byte(request), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir("mycloud/disputes", 0o700), os.WriteFile("mycloud/disputes/d.yaml", []byte(dispute), 0o600)); err != nil {
		t.Fatal(err)
	}
	return ids
}

// shownBy is what a command prints that must go well.
func shownBy(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if code := execute(t.Context(), args, &out, io.Discard); code != exitDone {
		t.Fatalf("%q: exit code %d\n%s", args, code, out.String())
	}
	return out.String()
}
