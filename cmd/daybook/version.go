package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"daybook/pipeline"
	"daybook/pipeline/run"
)

// versionText says which program this is: the version or commit that it was built of, and the versions of the steps of a
// run, of which code is a digest. Two programs whose steps have the same versions write the same bytes of the same inputs.
func versionText() string {
	build := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		build = info.Main.Version
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				build += ", commit " + s.Value[:min(len(s.Value), 12)]
			case s.Key == "vcs.modified" && s.Value == "true":
				build += ", modified"
			}
		}
		build += ", " + info.GoVersion
	}
	code := run.CodeOf(pipeline.Stages())
	steps := make([]string, len(code))
	for i, step := range code {
		steps[i] = step.Part + " " + step.Digest
	}
	return fmt.Sprintf("daybook %s\ncode: %s\nsteps: %s\n", build, run.CodeDigest(code), strings.Join(steps, ", "))
}
