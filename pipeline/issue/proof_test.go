package issue_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"daybook/fixtures/effort"
	"daybook/fixtures/random"
	"daybook/pipeline/disputed"
	"daybook/pipeline/disputed/proof"
	"daybook/schemas"
)

// proven are the proofs of three disputes about August: records of one are void or another quantity, another agrees on a price, and the last
// gives goodwill; the book has learned a price since, too.
func proven(t *testing.T) map[string][]proof.File {
	t.Helper()
	s := newSite(t, bothMonths)
	s.bill("2024-08")
	s.close("2024-08")
	s.write("disputes/august.yaml", decidedIn("08", 0))
	s.edit("catalogue/all.yaml", "unit_price: 0.0415", "unit_price: 0.0405")
	out := map[string][]proof.File{}
	for _, id := range []string{"use-08-0", "fee-08-0", "gift-08-0"} {
		v, err := disputed.Open(t.Context(), s.book(), s.Store, id, schemas.Date{})
		if err != nil {
			t.Fatal(err)
		}
		files, err := proof.Make(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		if v.Total.By[1].IsZero() || v.Total.By[2].IsZero() || !v.Reproduced {
			t.Errorf("%s differs by %+v, reproduced %t", id, v.Total, v.Reproduced)
		}
		out[id] = files
	}
	return out
}

// lying is a directory of files.
func lying(files []proof.File) fstest.MapFS {
	dir := fstest.MapFS{}
	for _, f := range files {
		dir[f.Name] = &fstest.MapFile{Data: slices.Clone(f.Data)}
	}
	return dir
}

// differing are the verdicts of a proof that something does not hold.
func differing(t *testing.T, dir fstest.MapFS) (out []string) {
	t.Helper()
	list, err := proof.Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		if !v.OK {
			out = append(out, v.What+": "+v.Detail)
		}
	}
	return out
}

// sealed is a directory whose digests are made anew, as who tampers with a proof would.
func sealed(dir fstest.MapFS) fstest.MapFS {
	var sums strings.Builder
	for line := range strings.Lines(string(dir["SHA256SUMS"].Data)) {
		name := strings.TrimSpace(line[66:])
		sum := sha256.Sum256(dir[name].Data)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), name)
	}
	dir["SHA256SUMS"].Data = []byte(sums.String())
	return dir
}

// TestProof makes proofs of disputes, which hold by themselves; each byte that is another in any file is found and the file named, and so is
// what is made anew around another figure: of a record, of what is taken of it, of a price, a step, an amount, a line, a decision.
func TestProof(t *testing.T) {
	t.Parallel()
	proofs := proven(t)
	t.Run("elsewhere", func(t *testing.T) { t.Parallel(); elsewhere(t, proofs) })
	tries := effort.Count(t, 2, 1000)
	for id, files := range proofs {
		if wrong := differing(t, lying(files)); len(wrong) > 0 {
			t.Errorf("%s does not hold: %v", id, wrong)
		}
		chance := random.Of(51, uint64(len(id)))
		for _, f := range files {
			for range tries {
				dir := lying(files)
				at := chance.Below(uint64(len(f.Data)))
				dir[f.Name].Data[at] ^= byte(1 + chance.Below(255))
				if wrong := differing(t, dir); !slices.ContainsFunc(wrong, func(text string) bool { return strings.Contains(text, f.Name) }) {
					t.Errorf("%s: byte %d of %s is another, and what differs is %q", id, at, f.Name, wrong)
				}
			}
			dir := lying(files)
			if delete(dir, f.Name); len(differing(t, dir)) == 0 {
				t.Errorf("%s is missing, and that is not found", f.Name)
			}
		}
		dir := lying(files)
		if dir["more.csv"] = (&fstest.MapFile{}); len(differing(t, dir)) == 0 {
			t.Error("a file more is not found")
		}
	}
	for _, x := range forged {
		dir := lying(proofs["use-08-0"])
		text := string(dir[x.file].Data)
		if !strings.Contains(text, x.old) {
			t.Errorf("%s does not hold %q", x.file, x.old)
			continue
		}
		dir[x.file].Data = []byte(strings.Replace(text, x.old, x.changed, 1))
		if wrong := differing(t, sealed(dir)); !slices.ContainsFunc(wrong, func(text string) bool { return strings.HasPrefix(text, x.found) }) {
			t.Errorf("%s has %q for %q, and what differs is %q", x.file, x.changed, x.old, wrong)
		}
	}
}

// forged are figures of the proof about usage that are others, and what is found then.
var forged = []struct{ file, old, changed, found string }{
	{"dispute.json", `"quantity": "7.5"`, `"quantity": "7.4"`, "decided records"},
	{"dispute.json", `"accepted": "100"`, `"accepted": "90"`, "claim"},
	{"dispute.json", `"amount": "100"`, `"amount": "101"`, "claim"},
	{"dispute.json", `"now": "`, `"now": "1`, "total"},
	{"usage.csv", ",void,void", ",,", "decided records"},
	{"usage.csv", ",7.5,", ",7.6,", "decided records"},
	{"takes.csv", "decision,", "again,", "usage"},
	{"charges.csv", "again,", "book,", "line"},
	{"prices.json", `"unit_price": "0.0415"`, `"unit_price": "0.0416"`, "prices"},
	{"steps.jsonl", `"op":"tier"`, `"op":"tier_percent"`, "arithmetic"},
	{"lines.csv", "\r\n1,", "\r\n2,", "line"},
}

// elsewhere has a program that shares no code recompute the proofs, and find what is another in them.
func elsewhere(t *testing.T, proofs map[string][]proof.File) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	check := func(dir fstest.MapFS) (string, error) {
		at := t.TempDir()
		for name, f := range dir {
			if err := os.WriteFile(filepath.Join(at, name), f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.CommandContext(t.Context(), python, "../../fixtures/check/proof.py", at).CombinedOutput()
		return string(out), err
	}
	for id, files := range proofs {
		if out, err := check(lying(files)); err != nil {
			t.Errorf("%s: %s", id, out)
		} else if !strings.Contains(out, "all as calculated anew") || strings.Contains(out, "0 charges from their prices") || strings.Contains(out, " 0 quantities") {
			t.Errorf("%s: little is recomputed: %s", id, out)
		}
	}
	for _, x := range forged[:effort.Count(t, 4, len(forged))] {
		dir := lying(proofs["use-08-0"])
		dir[x.file].Data = []byte(strings.Replace(string(dir[x.file].Data), x.old, x.changed, 1))
		if out, err := check(sealed(dir)); err == nil {
			t.Errorf("%s has %q for %q, and that is not found: %s", x.file, x.changed, x.old, out)
		}
	}
}
