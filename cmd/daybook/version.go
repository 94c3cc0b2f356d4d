package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"daybook/pipeline"
)

// versionText says which program this is: the version or commit that it was built of, and the versions of the steps of a
// run. Two programs whose steps have the same versions write the same bytes of the same inputs.
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
	var steps []string
	for _, stage := range pipeline.Stages() {
		for _, step := range stage.Steps {
			steps = append(steps, fmt.Sprintf("%s/%s %s", stage.Name, step.Name, step.Version))
		}
	}
	return fmt.Sprintf("daybook %s\nsteps: %s\n", build, strings.Join(steps, ", "))
}
