package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"daybook/pipeline/run"
)

// progress shows how far a run is: one line that moves on a terminal, and a plain line per step elsewhere. It also keeps
// the time and the processor time that each stage took.
type progress struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	quiet    bool
	rows     int64
	drawn    time.Time
	begun    time.Time
	beganCPU time.Duration
	reused   int
	last     run.Event
	stages   []stageTime
}

// stageTime is what a stage cost this process.
type stageTime struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"wall_seconds"`
	CPU     float64 `json:"cpu_seconds"`
	Rows    int64   `json:"rows"`
}

func newProgress(w io.Writer, quiet bool) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, quiet: quiet, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// hear takes an event of the run.
func (p *progress) hear(e run.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Kind {
	case run.StepBegins:
		p.begun, p.beganCPU, p.rows, p.reused = time.Now(), cpuTime(), 0, 0
	case run.RowsDone:
		p.rows += e.Rows
		e.Done, e.Total = p.last.Done, p.last.Total
		e.Stage, e.Step = p.last.Stage, p.last.Step
	case run.TaskReused:
		p.reused++
	case run.StepEnds:
		p.end(e)
		return
	case run.ScratchSpent:
		return
	case run.TaskDone:
	}
	p.last = e
	if p.terminal && !p.quiet && time.Since(p.drawn) > 80*time.Millisecond {
		p.drawn = time.Now()
		say(p.w, "\r\x1b[K%s", p.line(e))
	}
}

func (p *progress) line(e run.Event) string {
	const width = 24
	full := width
	if e.Total > 0 {
		full = width * e.Done / e.Total
	}
	line := fmt.Sprintf("%-10s %-9s %s%s %d/%d", e.Stage, e.Step, strings.Repeat("█", full), strings.Repeat("░", width-full), e.Done, e.Total)
	if p.rows > 0 {
		line += "  " + count(p.rows) + " row" + plural(p.rows)
	}
	return line
}

func (p *progress) end(e run.Event) {
	took := time.Since(p.begun)
	t := stageTime{e.Stage, took.Seconds(), (cpuTime() - p.beganCPU).Seconds(), p.rows}
	if n := len(p.stages); n > 0 && p.stages[n-1].Stage == e.Stage {
		p.stages[n-1].Seconds += t.Seconds
		p.stages[n-1].CPU += t.CPU
		p.stages[n-1].Rows += t.Rows
	} else {
		p.stages = append(p.stages, t)
	}
	if p.quiet || e.Total == 0 {
		return
	}
	line := fmt.Sprintf("%-10s %-9s %d of %d", e.Stage, e.Step, e.Done, e.Total)
	if p.reused > 0 {
		line += fmt.Sprintf(", %d already there", p.reused)
	}
	if p.rows > 0 {
		line += "  " + count(p.rows) + " row" + plural(p.rows)
	}
	line += fmt.Sprintf("  %.1f s", took.Seconds())
	format := "%s\n"
	if p.terminal {
		format = "\r\x1b[K" + format
	}
	say(p.w, format, line)
}

// count writes a number with thousands apart, as people read it.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
