//go:build unix

package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReadOnlyStore: where nothing may be written a run that has been committed is told as it is anywhere, and one that has
// not been says so in a sentence.
func TestReadOnlyStore(t *testing.T) {
	s := bulky(t)
	s.run(t, 0, "--period", "2024-09", "-q")
	everything(t, s.store, 0o555)
	t.Cleanup(func() { everything(t, s.store, 0o755) })

	code, stdout, stderr := s.unprivileged(t, "--period", "2024-09")
	if code != 0 || !strings.Contains(stdout, "\nNothing has changed since this run was committed, so nothing was done.\n") || stderr != "" {
		t.Errorf("a committed run: exit code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, stderr = s.unprivileged(t, "--period", "2024-09", "--shards", "2")
	want := "of 2024-09 has not been committed, and the scratch directory " + s.store + "/.scratch may not be written; look at its permissions, or name another with --scratch: "
	if code != exitBroke || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("a run that is not committed: exit code %d\n%s%s", code, stdout, stderr)
	}
	code, _, stderr = s.unprivileged(t, "--period", "2024-09", "--until", "rate")
	if code != exitBroke || !strings.Contains(stderr, "may not be written") {
		t.Errorf("a run that ends early is never committed: exit code %d\n%s", code, stderr)
	}
}

// everything gives all directories below one the permissions.
func everything(t *testing.T, dir string, mode fs.FileMode) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unprivileged runs the command as a user to whom permissions apply: they do not to the superuser.
func (s site) unprivileged(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command("daybook", append([]string{"run", s.book, "--landing", s.landing, "--store", s.store}, args...)...)
	if os.Getuid() == 0 {
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		openWay(t, cmd.Path)
		openWay(t, s.store)
		openWay(t, s.book)
	}
	cmd.Env = append(os.Environ(), "TMPDIR="+s.temp)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// openWay lets everybody through the temporary directories that lead to a file of this test.
func openWay(t *testing.T, path string) {
	t.Helper()
	for dir := filepath.Dir(path); len(dir) > len(os.TempDir()) && strings.HasPrefix(dir, os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
