package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"daybook/fixtures/deliver"
)

// exits CODE ARGS... runs the command, which must end with that exit code. Wrong usage writes nothing to be read by
// programs.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARGS...")
	}
	err := ts.Exec("daybook", args[1:]...)
	got := 0
	if exit, failed := errors.AsType[*exec.ExitError](err); failed {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, not %s:\n%s%s", got, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// says TEXT wants the last command to have said this and nothing else on the standard error, after the name of the command.
func says(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: says TEXT")
	}
	got := ts.ReadFile("stderr")
	if want := "daybook: " + args[0] + "\n"; got != want {
		ts.Fatalf("it says\n%snot\n%s", got, want)
	}
}

// replace OLD NEW FILE replaces a text that is there.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace OLD NEW FILE")
	}
	text := ts.ReadFile(args[2])
	if !strings.Contains(text, args[0]) {
		ts.Fatalf("%s does not hold %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.ReplaceAll(text, args[0], args[1])), 0o644))
}

// append FILE FROM appends the text of another file.
func appendFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: append FILE FROM")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+ts.ReadFile(args[1])), 0o644))
}

// garble FILE HOW writes an object that nobody should deliver: gzip that is cut short, or packed blanks that are thousands
// of times as many when they are unpacked.
func garble(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: garble FILE gzip|gzip-bomb|zstd-bomb")
	}
	blanks := func() []byte { return bytes.Repeat([]byte("\n"), 96<<20) }
	var data []byte
	switch args[1] {
	case "gzip":
		data = deliver.Gzip(bytes.Repeat([]byte("{}\n"), 1000))
		data = data[:len(data)-9]
	case "gzip-bomb":
		data = deliver.Gzip(blanks())
	case "zstd-bomb":
		data = deliver.Zstd(blanks())
	default:
		ts.Fatalf("how to garble by %q?", args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}
