package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"daybook/pipeline/disputed"
	"daybook/pipeline/disputed/proof"
)

// prove writes a proof of a dispute into a directory that holds nothing else.
func (o *disputeOptions) prove(cmd *cobra.Command, v *disputed.View) error {
	files, err := proof.Make(cmd.Context(), v)
	if errors.Is(err, proof.ErrNoRun) {
		return &exitError{exitIncomplete, err}
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.proof, 0o755); err != nil {
		return wrong("make the directory of the proof: %w", err)
	}
	if there, err := os.ReadDir(o.proof); err != nil || len(there) > 0 {
		return wrong("%s is not empty; name a new directory for the proof", o.proof)
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(o.proof, f.Name), f.Data, 0o644); err != nil {
			return fmt.Errorf("write the proof: %w", err)
		}
	}
	say(cmd.OutOrStdout(), "%s\n%d files in %s\ndigest of the proof: %s\nrecompute it: daybook dispute --verify %s\n", v.Summary(), len(files), o.proof, proof.Digest(files), quoted(o.proof))
	return nil
}

// recompute recomputes the proof in a directory.
func (o *disputeOptions) recompute(cmd *cobra.Command) error {
	if o.proof != "" || o.note || o.html {
		return wrong("--verify recomputes a proof, and does nothing else")
	}
	checks, err := proof.Verify(os.DirFS(o.verify))
	if errors.Is(err, proof.ErrNoProof) || errors.Is(err, fs.ErrNotExist) {
		return wrong("%s: %w", o.verify, err)
	}
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if o.json {
		if err := sayJSON(out, checks, "  "); err != nil {
			return err
		}
	}
	for i := range checks {
		if c := &checks[i]; !o.json {
			say(out, "%s  %s: %s\n", map[bool]string{true: "holds  ", false: "DIFFERS"}[c.OK], c.What, c.Detail)
		}
	}
	if !proof.Holds(checks) {
		return &exitError{exitBroke, errors.New("something of the proof does not hold; see the lines that differ")}
	}
	return nil
}
