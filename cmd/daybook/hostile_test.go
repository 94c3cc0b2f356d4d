package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"daybook/pipeline/book"
)

// hostile is a name that sets the title of a terminal, turns text around, and has a line of its own.
const hostile = "Q\x1b]0;owned\x07\u202e\u009b31m\nINJECTED: all is well\r\x7f"

// hostileBook writes the starter with hostile names in the book and in what is delivered.
func hostileBook(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "book")
	if err := book.Init(dir); err != nil {
		t.Fatal(err)
	}
	change := func(name, old, with string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), old) {
			t.Fatalf("%s does not hold %q", name, old)
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, with)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	yaml := fmt.Sprintf("%q", hostile)
	change("customers.csv", "Birch Analytics GmbH", `"`+hostile+`"`)
	change("accounts.csv", "Birch production", `"`+hostile+`"`)
	change("catalogue/compute.yaml", "name: Base fee", "name: "+yaml)
	change("catalogue/policy.yaml", "name: VAT", "name: "+yaml)
	change("plan.csv", "object-storage,,", `object-storage,"`+hostile+`",`)
	const bill, use = "landing/peers/atlas/2024-09/v1/part-1.csv", "landing/own/compute/2024-09/events.jsonl"
	change(bill, "OBJ-STD", `"`+hostile+`"`)
	change(bill, "eu-central", `"`+hostile+`"`)
	change(use, "fra1", strings.Trim(yaml, `"`))
	change(use, `"birch-test"`, yaml)
	stray := filepath.Join(dir, filepath.FromSlash("landing/own/compute/2024-09"), "a\x1b[2J\nINJECTED.jsonl")
	if err := os.WriteFile(stray, []byte("{\n"), 0o644); err != nil {
		t.Logf("no such file name here: %v", err)
	}
	return dir
}

// dearer changes a price of a book with a hostile name, so that tonight's run differs from last night's.
func dearer(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "catalogue", "compute.yaml")
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "unit_price: 25.00") {
		t.Fatalf("%s has another price (%v)", path, err)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), "unit_price: 25.00", "unit_price: 26.00")), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestEveryVerb: each verb has examples that begin with it, and says what its exit codes are.
func TestEveryVerb(t *testing.T) {
	var names []string
	for _, c := range newRoot().Commands() {
		names = append(names, c.Name())
		if c.Name() == "help" || c.Name() == "completion" { // cobra's own
			continue
		}
		for line := range strings.Lines(c.Example) {
			if !strings.Contains(line, "daybook "+c.Name()+" ") {
				t.Errorf("%s has an example of something else: %s", c.Name(), line)
			}
		}
		if c.Example == "" || !strings.Contains(strings.ToLower(c.Long), "exit code") {
			t.Errorf("%s has no example, or does not say what its exit codes are", c.Name())
		}
	}
	slices.Sort(names)
	if known := verbNames(); !slices.Equal(names, known) {
		t.Errorf("the verbs are %q, and those that a mistyped one may mean %q", names, known)
	}
}

// TestHostileNames calls every verb on books and deliveries with hostile names: nothing that a terminal obeys is printed, and
// no name has a line of its own.
func TestHostileNames(t *testing.T) {
	dir := hostileBook(t)
	broken := filepath.Join(t.TempDir(), "broken")
	if err := book.Init(broken); err != nil {
		t.Fatal(err)
	}
	wrongBook := fmt.Sprintf("id: %q\nname: x\n%q: 1\ntime_zone: %q\nlanding: %q\n", hostile, hostile, hostile, hostile+"://x")
	if err := os.WriteFile(filepath.Join(broken, "provider.yaml"), []byte(wrongBook), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "a\x1b[2J\nINJECTED.yaml"), nil, 0o644); err != nil {
		t.Logf("no such file name here: %v", err)
	}
	var charges []string
	printed, inJSON := map[string]string{}, map[string]bool{}
	call := func(args ...string) {
		var out, errs strings.Builder
		execute(t.Context(), args, &out, &errs)
		text := out.String() + errs.String()
		printed[args[0]] += text
		if slices.Contains(args, "--json") {
			inJSON[args[0]] = true
			for dec := json.NewDecoder(strings.NewReader(out.String())); ; {
				var v any
				if err := dec.Decode(&v); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("%q prints what is no JSON: %v", args, err)
				}
			}
		}
		if args[0] == "invoice" && charges == nil {
			charges = regexp.MustCompile(`(?m)^  ([0-9a-f]{12})  `).FindStringSubmatch(text)
		}
		html := slices.Contains(args, "--html")
		for i, r := range text {
			if isObeyed(r) {
				t.Fatalf("%q prints %U in %q", args, r, text[max(0, i-80):min(len(text), i+20)])
			}
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimLeft(line, " "), "INJECTED") && !html { // a browser knows no lines
				t.Fatalf("%q lets a name have a line of its own:\n%s", args, text)
			}
		}
	}
	place := []string{"--period", "2024-09"}
	call("check", dir)
	call("check", broken)
	call("check", broken, "--json")
	call("run", broken, "--period", "2024-09")
	call("init", dir)
	call(append([]string{"run", dir}, place...)...)
	call(append([]string{"run", dir, "--json"}, place...)...)
	call("status", dir)
	call("status", dir, "--json")
	call("status", dir, "--runs")
	call("status", dir, "--runs", "--json")
	for _, form := range []string{"", "--json", "--html"} {
		call(slices.DeleteFunc(append([]string{"invoice", dir, "birch-prod", form}, place...), func(s string) bool { return s == "" })...)
	}
	if len(charges) < 2 {
		t.Fatal("the invoice names no charge")
	}
	for _, id := range []string{charges[1], "birch-prod", "birch-test", hostile, "object-storage"} {
		call(append([]string{"explain", dir, id, "--check"}, place...)...)
		call(append([]string{"explain", dir, id, "--json"}, place...)...)
	}
	call("explain", dir, "findings", "--period", "2024-09")
	draft := filepath.Join(t.TempDir(), "draft")
	if err := os.CopyFS(draft, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	dearer(t, draft)
	for _, form := range []string{"", "--json", "--html", "--csv"} {
		call(slices.DeleteFunc(append([]string{"diff", dir, "--book", draft, form}, place...), func(s string) bool { return s == "" })...)
	}
	call(append([]string{"diff", dir, "--book", hostile}, place...)...)
	dearer(t, dir)
	call(append([]string{"run", dir}, place...)...)
	call("diff", dir)
	call("diff", dir, "--all", "--json")
	call("diff", dir, hostile)
	call("diff", dir, "--account", hostile)
	call("diff", dir, "--parquet", hostile+"/x")
	call("quote", dir, "--account", "birch-prod", "--date", "2024-09-20", "--meter", "vcpu-hours", "--quantity", "25", "--json")
	call("quote", dir, "--account", "birch-prod", "--date", "2024-09-20", "--meter", "vcpu-hours", "--quantity", "25")
	asked := filepath.Join(t.TempDir(), "asked.csv")
	if err := os.WriteFile(asked, []byte("subscription,on,kind,quantity\nsub-1,2024-09-05,quantity,7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	call("quote", dir, "--change", asked)
	call("quote", dir, "--change", asked, "--json")
	call("quote", dir, "--change", hostile)
	call("quote", dir, "--account", hostile, "--date", "2024-09-20", "--meter", hostile, "--quantity", "25")
	call("digest", dir, "--period", "2024-09", "--files")
	call("digest", dir, "--period", "2024-09", "--json")
	call("plan", dir, "--draft", "--period", "2024-09", "--version", hostile)
	call("plan", dir, "--draft", "--period", "2024-09", "--json")
	for _, form := range []string{"--json", "--csv", "--html"} {
		call("catalogue", dir, "--on", "2024-09-15", form)
	}
	call("catalogue", dir, "--on", "2024-09-15")
	call("catalogue", dir, "--on", hostile)
	call("schedule", dir, "--once")
	call("dispute", dir)
	call("dispute", dir, "nobody", "--json")
	call("dispute", "--verify", dir)
	asks := filepath.Join(dir, "requests")
	text := fmt.Sprintf("requests:\n  - {id: R-1, account: birch-prod, kind: report, received: 2024-09-10, by: %[1]q, text: %[1]q, answer: {on: 2024-09-11, by: %[1]q, text: %[1]q}}\n", hostile)
	if err := errors.Join(os.Mkdir(asks, 0o700), os.WriteFile(filepath.Join(asks, "r.yaml"), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	call("requests", dir)
	call("requests", dir, "--json")
	call("requests", dir, "R-1")
	call("requests", dir, "R-1", "--html")
	call("requests", dir, hostile)
	if err := os.RemoveAll(asks); err != nil {
		t.Fatal(err)
	}
	call("close", dir, "--period", "2024-10")
	call("close", dir, "--period", "2024-10", "--json")
	rows := fmt.Sprintf("period,issued,by,reason\n2024-09,2024-10-02,%q,%q\n", hostile, hostile)
	if err := os.WriteFile(filepath.Join(dir, "closings.csv"), []byte(rows), 0o644); err != nil {
		t.Fatal(err)
	}
	call("close", dir, "--period", "2024-09")
	call("close", dir, "--period", "2024-09", "--json")
	call("register", dir)
	call("register", dir, "--json")
	call("register", dir, "--period", "2024-09")
	call("register", dir, "2024-000001")
	call("register", dir, hostile)
	call("register", dir, "--verify", "--json")
	for _, as := range []string{"html", "json", "peppol", hostile} {
		call("documents", dir, "--period", "2024-09", "--as", as, "--out", filepath.Join(t.TempDir(), "out"))
	}
	call("documents", dir, hostile, "--out", t.TempDir())
	call("send", dir)
	recipients := fmt.Sprintf("since: 2024-10-01\nmail: {server: \"127.0.0.1:1\", from: a@b.example, text: [%q]}\nrecipients:\n  - {id: archive, by: folder, place: %q, attach: [json, usage-csv]}\n  - {id: all, by: mail, to: [c@d.example]}\n", hostile, t.TempDir())
	if err := os.WriteFile(filepath.Join(dir, "sending.yaml"), []byte(recipients), 0o600); err != nil {
		t.Fatal(err)
	}
	call("send", dir, hostile)
	call("send", dir)
	call("send", dir, "--list", "--json")
	call(hostile)
	call("run", dir, "--"+hostile)
	for _, verb := range newRoot().Commands() {
		if verb.Flags().Lookup("json") != nil && !inJSON[verb.Name()] {
			t.Errorf("%s --json was not tried", verb.Name())
		}
	}
	for _, verb := range verbNames() {
		if printed[verb] == "" && verb != "help" && verb != "completion" {
			t.Errorf("%s was not tried, or says nothing", verb)
		}
	}
	if !strings.Contains(printed["invoice"]+printed["explain"], "INJECTED") {
		t.Error("no hostile name was shown at all")
	}
}
