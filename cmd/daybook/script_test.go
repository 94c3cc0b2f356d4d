package main

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the outputs that scripts compare with")

// made is a directory for what several tests read.
var made string

func TestMain(m *testing.M) {
	// The race detector has every process wait for a second at its end, and the tests start hundreds.
	os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
	testscript.Main(cleaned{m}, map[string]func(){
		"daybook": main,
	})
}

// cleaned are tests that leave nothing of what they share.
type cleaned struct{ *testing.M }

// Run implements [testscript.TestingM].
func (c cleaned) Run() int {
	var err error
	if made, err = os.MkdirTemp("", "daybook-made-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(made)
	return c.M.Run()
}

// TestScripts runs the command as a person would: each script is a session at a shell.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"append": appendFile, "capture": capture, "exits": exits, "garble": garble, "replace": replace, "says": says,
		},
	})
}

// capture NAME PATTERN sets a variable to what the first group of the pattern matches in the output of the last command.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME PATTERN")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("the output does not match %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}
