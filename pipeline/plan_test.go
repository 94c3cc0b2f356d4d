package pipeline

import (
	"testing"

	"daybook/pipeline/run"
)

// TestPlanOfEarlierCode: a run's tasks have the keys that the versions in its spec make, whatever those of today are: what
// a program before this one left is found by them.
func TestPlanOfEarlierCode(t *testing.T) {
	keys := func(change func(part, version string) string) map[string]string {
		s := &run.Spec{
			Provider: "p", Period: "2024-09", Shards: 2,
			Sources: []run.Pinned{{Source: "meter", Objects: []run.Object{{Key: "a", Size: 1, Digest: "d"}}}},
		}
		for _, stage := range Stages() {
			for _, step := range stage.Steps {
				part := stage.Name + "/" + step.Name
				if version := change(part, step.Version); version != "" {
					s.Code = append(s.Code, run.PartDigest{Part: part, Digest: version})
				}
			}
		}
		plan, err := run.NewPlan(Stages(), s)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, w := range plan {
			all[w.Stage+"/"+w.Step] = w.Tasks[0].Key
		}
		return all
	}
	today := keys(func(_, version string) string { return version })
	unsaid := keys(func(_, _ string) string { return "" })
	earlier := keys(func(part, version string) string {
		if part == "normalise/object" {
			return "0"
		}
		return version
	})
	if today["ingest/delivery"] != earlier["ingest/delivery"] {
		t.Error("a step before the one that was of another version has another key")
	}
	for _, part := range []string{"normalise/object", "normalise/shard", "rate/shard", "emit/reports"} {
		if today[part] == earlier[part] {
			t.Errorf("%s has one key for two versions of what it reads", part)
		}
	}
	// Steps that are named by their run differ with the spec's digest.
	for _, part := range []string{"ingest/delivery", "normalise/object", "normalise/shard", "rate/shard"} {
		if today[part] != unsaid[part] {
			t.Errorf("%s has another key where the spec names no version", part)
		}
	}
}
