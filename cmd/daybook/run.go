package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"daybook/cmd/daybook/scratch"
	"daybook/pipeline"
	"daybook/pipeline/book"
	"daybook/pipeline/overview"
	"daybook/pipeline/run"
	"daybook/pipeline/store"
	"daybook/schemas"
)

// runOptions are those of the verb run.
type runOptions struct {
	places
	period  string
	again   string
	asOf    string
	scratch string
	until   string
	workers int
	shards  int
	memory  int
	json    bool
	quiet   bool
	profile string
}

// defaultMemory is in MiB.
const defaultMemory = run.DefaultBudget >> 20

func defaultWorkers() int { return max(1, runtime.GOMAXPROCS(0)) }

func newRun() *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run BOOK --period YYYY-MM",
		Short: "Do the bill run of a period: deliveries in, Parquet, draft invoices and reports out",
		Long: `run takes what has been delivered for a period through ingest, normalise, rate, reconcile and emit.

A run is a function of its inputs: the book, the period, the deliveries and --as-of. Run it twice and the second
does nothing; kill it and the same command goes on; run two at once and one commits while the other says so.

--again does a past run anew, from the book that the store keeps of it and the objects that it pinned, and says whether it comes
out with the same bytes, with the same rows, or in what it differs and why. It writes nothing to the store.

Exit codes: 0 done; 1 broke; 2 wrong usage or wrong book; 3 done with findings above the book's threshold, or --again differs;
4 done, but the period is incomplete, or another run of newer deliveries became current meanwhile and stays so.`,
		Example: `  daybook run mycloud --period 2024-09
  daybook run mycloud --period 2024-09 --as-of 2024-10-03     with what was known at the end of that day
  daybook run mycloud --period 2024-09 --landing s3://landing/prod --store s3://billing?region=eu-central-1
  daybook run mycloud --again 518c2e37                        the proof that a past run can be repeated
  daybook run mycloud --period 2024-09 --json | jq .manifest.control`,
		Args: exactly("book (a directory)"),
		RunE: func(cmd *cobra.Command, args []string) error { return runRun(cmd, args[0], o) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.period, "period", "", "the billing period, YYYY-MM")
	f.StringVar(&o.again, "again", "", "do this past run anew, and compare: its identifier, or a beginning of it")
	f.StringVar(&o.asOf, "as-of", "", "what was known then: a day (its end) or an RFC 3339 instant")
	f.StringVar(&o.scratch, "scratch", "", "directory for files between tasks (default: in a directory store, else the system's temporary directory)")
	f.StringVar(&o.until, "until", "", "stop after this stage and commit nothing: "+run.StageNames(pipeline.Stages()))
	f.IntVar(&o.workers, "workers", defaultWorkers(), "tasks at a time")
	f.IntVar(&o.shards, "shards", 0, "ways to divide the accounts (default: by the size of the deliveries)")
	f.IntVar(&o.memory, "memory", defaultMemory, "memory for rows per worker, in MiB")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	f.StringVar(&o.profile, "profile", "", "write a processor profile to this file, for go tool pprof")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress")
	completeStages(cmd, "until")
	return cmd
}

// check complains of flags out of their range.
func (o *runOptions) check() error {
	if o.workers < 1 || o.shards < 0 || o.shards > pipeline.MaxShards || o.memory < 16 {
		return wrong("--workers must be 1 or more, --shards 0 to %d, and --memory 16 or more", pipeline.MaxShards)
	}
	known := func(s run.Stage) bool { return s.Name == o.until }
	if o.until != "" && !slices.ContainsFunc(pipeline.Stages(), known) {
		return wrong("--until %q is no stage; the stages are %s", o.until, run.StageNames(pipeline.Stages()))
	}
	return nil
}

func runRun(cmd *cobra.Command, dir string, o runOptions) error {
	ctx := cmd.Context()
	if o.period == "" && o.again == "" {
		return wrong("say which period: --period YYYY-MM")
	}
	q := pipeline.Request{Now: time.Now(), Shards: o.shards, Workers: o.workers}
	var err error
	if o.period != "" {
		if q.Period, err = parsePeriod(o.period); err != nil {
			return err
		}
	}
	if err := o.check(); err != nil {
		return err
	}
	collect(collectSeldom) // a book that is being read is nearly all that there is, and stays
	b, err := openBook(cmd, dir)
	if err != nil {
		return err
	}
	collect(collectUsually) // what is found of very many objects is much, and most of what is made of it garbage
	if o.again == "" {
		if q.AsOf, err = asOfOf(b, q.Period, o.asOf); err != nil {
			return err
		}
	}
	r := &run.Run{Book: b, Budget: int64(o.memory) << 20}
	storeURL, err := openPlaces(ctx, r, dir, o)
	if err != nil {
		return err
	}
	show := newProgress(cmd.ErrOrStderr(), o.quiet)
	r.Progress = func(e run.Event) {
		collectFor(e)
		show.hear(e)
	}
	if o.again != "" {
		return runAgain(cmd, r, dir, o)
	}
	prepared, err := pipeline.Prepare(ctx, r, q)
	if err != nil {
		return err
	}
	sum, err := executeRun(ctx, prepared, o, storeURL)
	if err == nil && o.until == "" {
		err = renewViews(ctx, r.Store, b.Provider.Name, sum)
	}
	if err != nil {
		return err
	}
	later := followers(cmd, r.Store, sum.Manifest, dir, o)
	if o.json {
		if err := printJSON(cmd, sum, later, show); err != nil {
			return err
		}
	} else {
		printSummary(cmd.OutOrStdout(), sum, later, storeURL, o.until)
	}
	return verdict(b, sum)
}

// asOfOf reads the as-of of a run of a period, and complains of a period that cannot be run.
func asOfOf(b *book.Book, period schemas.Period, text string) (*time.Time, error) {
	if first := b.Provider.FirstPeriod; period < first {
		return nil, wrong("%s is before %s, the first_period of the book's provider.yaml", period, first)
	}
	asOf, err := parseAsOf(text, b.Zone)
	if err != nil {
		return nil, err
	}
	if start, _ := period.Bounds(b.Zone); asOf == nil && time.Now().Before(start) {
		return nil, wrong("%s has not begun, so nothing of it can have been delivered; --as-of %s-01 runs it all the same", period, period)
	}
	return asOf, nil
}

// openPlaces opens where a run reads deliveries and writes results, which are not to lie in each other, and returns the URL of the
// store.
func openPlaces(ctx context.Context, r *run.Run, dir string, o runOptions) (storeURL string, err error) {
	var landingURL string
	if r.Landing, landingURL, err = o.openLanding(ctx, r.Book.Provider.Landing, dir); err != nil {
		return "", err
	}
	if r.Store, storeURL, err = openPlace(ctx, "store", o.store, r.Book.Provider.Store, dir); err != nil {
		return "", err
	}
	if err := storeApart(dir, r.Book.Provider.Store, landingURL, storeURL); err != nil {
		return "", err
	}
	if o.scratch != "" {
		return storeURL, scratchApart(dir, r.Book.Provider.Store, landingURL, o.scratch)
	}
	return storeURL, nil
}

// followers are the commands that run the later periods again which were computed without a committed run. That they cannot
// be told is said, and changes nothing of the run.
func followers(cmd *cobra.Command, s store.Store, m *run.Manifest, dir string, o runOptions) (commands []string) {
	if o.until != "" {
		return nil
	}
	standing, err := pipeline.ReadStanding(cmd.Context(), s, m.Spec.Provider)
	var periods []schemas.Period
	if err == nil && !standing.Closed(m.Spec.Period) { // of one that is closed, what was issued stands
		periods, err = run.OutdatedBy(cmd.Context(), s, m)
	}
	if err != nil {
		sayError(cmd.ErrOrStderr(), "daybook: ", err)
	}
	for _, p := range periods {
		commands = append(commands, o.rerun(dir, p))
	}
	return commands
}

// executeRun does the run with the scratch directory, the memory and the profile that the options ask for. The scratch
// directory of a run that broke stays for the next try to go on from, unless what it holds may be what is wrong.
func executeRun(ctx context.Context, r *pipeline.Prepared, o runOptions, storeURL string) (sum *run.Summary, err error) {
	place, err := useScratch(r.Run, o.scratch, storeURL)
	if err != nil {
		return withoutScratch(ctx, r, o, err)
	}
	var removing sync.WaitGroup
	var removed error
	hear := r.Progress
	r.Progress = func(e run.Event) {
		if e.Kind == run.ScratchSpent {
			removing.Go(func() { removed = removeFolders(place.Path) })
		}
		hear(e)
	}
	defer func() {
		removing.Wait()
		err = errors.Join(err, removed)
		leave := place.Release
		if err == nil || errors.Is(err, run.ErrUnbalanced) || errors.Is(err, run.ErrScratch) {
			leave = place.Remove
		}
		err = errors.Join(err, leave())
	}()
	limitMemory(r.Budget * int64(o.workers))
	stop, err := profile(o.profile)
	if err != nil {
		return nil, err
	}
	sum, err = pipeline.Execute(ctx, r, o.workers, o.until)
	return sum, errors.Join(err, stop())
}

// withoutScratch is how a run ends that has no scratch directory because of an error. Where that may not be written, perhaps
// nothing has to be.
func withoutScratch(ctx context.Context, r *pipeline.Prepared, o runOptions, denied error) (*run.Summary, error) {
	if o.until != "" || !errors.Is(denied, fs.ErrPermission) && !errors.Is(denied, syscall.EROFS) {
		return nil, denied
	}
	sum, err := pipeline.Committed(ctx, r, o.workers)
	if sum == nil && err == nil {
		err = fmt.Errorf("run %s of %s has not been committed, and %w", r.ID, r.Spec.Period, denied)
	}
	return sum, err
}

// removeFolders empties a scratch directory of what lay between tasks, while later stages work: gigabytes take a while to go.
// The directory itself stays, for the files within tasks.
func removeFolders(dir string) error {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// useScratch gives the run a place for the files between its tasks and within them: the same for every process that works
// on the same run, so that a run that was killed goes on, and a private one if such a process is at work.
func useScratch(r *run.Run, dir, storeURL string) (*scratch.Directory, error) {
	local, isLocal := directoryOf(storeURL)
	switch {
	case dir != "":
	case isLocal:
		dir = filepath.Join(local, ".scratch")
	default:
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("daybook-scratch-%d", os.Getuid()))
		if err := scratch.MakeOwn(dir); err != nil {
			return nil, fmt.Errorf("make a scratch directory: %w", err)
		}
	}
	s, err := scratch.Claim(dir, string(r.Spec.Period), string(r.ID))
	if errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrExist) {
		return nil, wrong("the scratch directory %s is no directory; name another with --scratch", dir)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil, fmt.Errorf("the scratch directory %s may not be written; look at its permissions, or name another with --scratch: %w", dir, err)
	}
	if err != nil {
		return nil, fmt.Errorf("use scratch directory %s: %w", dir, err)
	}
	r.SpillDir = s.Path
	if r.Scratch, err = store.OpenScratch(s.Path); err != nil {
		return nil, errors.Join(err, s.Release())
	}
	return s, nil
}

// verdict turns how a run ended into the exit code that it calls for.
func verdict(b *book.Book, sum *run.Summary) error {
	m := sum.Manifest
	if overtaken := sum.Instead != nil && m.Spec.AsOf == nil; m.Provisional || overtaken {
		return &exitError{code: exitIncomplete}
	}
	bySeverity := map[schemas.Severity]int64{}
	for _, c := range m.Codes {
		bySeverity[c.Severity] += c.Findings
	}
	for severity, n := range bySeverity {
		if b.Provider.ExceedsLimit(severity, n) {
			return &exitError{code: exitFindings}
		}
	}
	return nil
}

func printJSON(cmd *cobra.Command, sum *run.Summary, later []string, show *progress) error {
	return sayJSON(cmd.OutOrStdout(), struct {
		Reused   bool          `json:"reused"`
		Raced    bool          `json:"raced"`
		Instead  *run.Current  `json:"current_instead,omitempty"`
		Why      string        `json:"not_current,omitempty"`
		Did      int           `json:"tasks_done"`
		Skipped  int           `json:"tasks_skipped"`
		Stages   []stageTime   `json:"stages"`
		Rerun    []string      `json:"rerun,omitempty"`
		Manifest *run.Manifest `json:"manifest"`
	}{sum.Reused, sum.Raced, sum.Instead, insteadText(sum), sum.Did, sum.Skipped, show.stages, later, sum.Manifest}, "  ")
}

// renewViews writes the index and the page of what a run changed; of a run that was done before, if they are missing.
func renewViews(ctx context.Context, s store.Store, provider string, sum *run.Summary) error {
	if sum.Reused {
		if shown, err := overview.Shown(ctx, s, sum.Manifest); shown || err != nil {
			return err
		}
	}
	return overview.Since(ctx, s, provider, sum.Manifest)
}
