// Command daybook is the nightly billing run of a cloud service provider.
//
// There is one file per verb; each holds an options struct and one function that runs it. Printing, the clock, the
// environment and exit codes live here and nowhere below.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"daybook/pipeline/book"
	"daybook/pipeline/run"
)

// Exit codes: what a person or cron can tell from the number alone.
const (
	exitDone       = 0
	exitBroke      = 1
	exitWrong      = 2 // wrong usage or wrong book
	exitFindings   = 3 // done, with findings above the book's threshold
	exitIncomplete = 4 // done, but the period is provisional, must be run again, or has another run of newer deliveries
)

func main() {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	// The first signal asks for an orderly end; the second finds the system's handler and ends the process at once.
	context.AfterFunc(ctx, stop)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// exitError carries the exit code that an error calls for. A nil err means that all has been said already.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error {
	if e.err == nil {
		return errSaid
	}
	return e.err
}

// errSaid stands in an exitError for an error of which all has been said.
var errSaid = errors.New("said already")

// wrong marks an error as the caller's: wrong usage or a wrong book.
func wrong(format string, args ...any) error {
	return &exitError{exitWrong, fmt.Errorf(format, args...)}
}

// execute runs one command line and returns its exit code.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	out := &output{to: stdout}
	root.SetOut(out)
	root.SetErr(stderr)
	exit := exitOf(ctx, root.ExecuteContext(ctx))
	if out.err != nil && exit.code != exitBroke {
		exit = &exitError{exitBroke, fmt.Errorf("what was done is done, but not all of it could be printed: %w", out.err)}
	}
	if exit.err != nil {
		// An error may quote a name of a delivery, or of a store that somebody else wrote.
		sayError(stderr, "daybook: ", exit.err)
	}
	return exit.code
}

// output remembers that something could not be printed: an invoice on a full disk must not seem whole.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// exitOf turns how a verb ended into an exit code and what is left to be said.
func exitOf(ctx context.Context, err error) *exitError {
	var exit *exitError
	switch {
	case err == nil:
		return &exitError{code: exitDone}
	case errors.As(err, &exit):
		return exit
	case errors.Is(err, run.ErrOtherProvider):
		return &exitError{exitWrong, err}
	case ctx.Err() != nil:
		return &exitError{exitBroke, errors.New("interrupted: nothing half-done is visible, and the same command goes on from here")}
	}
	return &exitError{exitBroke, err}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "daybook",
		Short: "The nightly billing run of a cloud service provider",
		Long: `daybook takes usage from your own meters and from the exports of peer providers, turns it into Parquet,
prices it against the catalogue, checks it against the business plan and the peers' bills, and writes draft
invoices and a variance report.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book; 3 done with findings above the threshold;
4 done, but the period is incomplete.`,
		Example: `  daybook init mycloud                       write a commented book that runs
  daybook check mycloud                      every complaint about it at once
  daybook run mycloud --period 2024-09       the night run
  daybook status mycloud                     what has been run, and what is missing
  daybook explain mycloud CHARGE             from a figure down to its source rows
  daybook diff mycloud                       last night's run and tonight's: what has changed`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return noSuch(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return wrong("%ssee %s --help", flagFault(cmd, err), cmd.CommandPath())
	})
	root.AddCommand(newInit(), newCheck(), newRun(), newStatus(), newExplain(), newQuote(), newInvoice(), newDiff(), newPlan(), newDigest(), newSchedule(), newClose(), newRegister(), newDocuments(), newSend(), newCatalogue(), newDispute(), newRequests())
	root.Version = versionText()
	root.SetVersionTemplate("{{.Version}}")
	strictHelp(root)
	return root
}

// verbNames are the verbs that a mistyped one may mean.
func verbNames() []string {
	return strings.Fields("catalogue check close completion diff digest dispute documents explain help init invoice plan quote register requests run schedule send status")
}

// meant suggests the nearest of some names, or nothing.
func meant(word string, known []string) string {
	if near := book.Nearest(word, known); near != "" {
		return "did you mean " + near + "? "
	}
	return ""
}

var (
	notANumber  = regexp.MustCompile(`^invalid argument (".*") for "(?:-., )?(--[a-z-]+)" flag: strconv\.`)
	unknownFlag = regexp.MustCompile(`^unknown flag: (--\S+)$`)
)

// flagFault says what is wrong with a flag in the words of this command.
func flagFault(cmd *cobra.Command, err error) string {
	if m := notANumber.FindStringSubmatch(err.Error()); m != nil {
		return m[2] + " " + m[1] + " is not what it takes; write a whole number; "
	}
	if m := unknownFlag.FindStringSubmatch(err.Error()); m != nil {
		var known []string
		for line := range strings.Lines(cmd.Flags().FlagUsages()) {
			if _, name, ok := strings.Cut(line, "--"); ok {
				known = append(known, "--"+strings.Fields(name)[0])
			}
		}
		return err.Error() + "; " + meant(m[1], known)
	}
	return err.Error() + "; "
}

// exactly wants so many arguments and says how they are called.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if empty := slices.Index(args, ""); empty >= 0 && empty < len(names) {
			args = args[:empty]
		}
		if len(args) < len(names) {
			return wrong("%s: say which %s; see %s --help", cmd.Name(), names[len(args)], cmd.CommandPath())
		}
		if len(args) > len(names) {
			return wrong("%s takes no argument %q; see %s --help", cmd.Name(), args[len(names)], cmd.CommandPath())
		}
		return nil
	}
}
