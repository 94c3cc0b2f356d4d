package model

import (
	"fmt"
	"strconv"
	"strings"

	"daybook/schemas"
)

// Check recomputes a charge from the steps it carries. It verifies that every step gives what it says from what it
// shows, that every operand taken from an earlier step is that step's result, that the last step but one makes the
// amount, and that the last makes the residue from the exact amount. A charge without steps is an error.
func Check(c *schemas.Charge) error {
	n := len(c.Steps)
	if n < 2 {
		return fmt.Errorf("check charge %s: it carries %d steps, too few to explain it: rate it again with steps", c.ID, n)
	}
	for i := range c.Steps {
		if err := checkStep(c.Steps, i); err != nil {
			return fmt.Errorf("check charge %s: step %d: %w", c.ID, i+1, err)
		}
	}
	last := c.Steps[n-1]
	for _, x := range [...]struct{ what, want, got string }{
		{"amount", c.Amount.String(), c.Steps[n-2].Out},
		{"residue", c.Residue.String(), last.Out},
		{"exact amount", c.Exact.String(), last.In[0].Value},
		{"amount of the residue", c.Amount.String(), last.In[1].Value},
		{"sum of amount and residue", c.Exact.String(), c.Amount.Add(c.Residue).String()},
	} {
		if x.want != x.got {
			return fmt.Errorf("check charge %s: its %s is %s but its steps end in %s", c.ID, x.what, x.want, x.got)
		}
	}
	return nil
}

// checkStep recomputes one step and the links to earlier ones.
func checkStep(steps []schemas.Step, i int) error {
	if i == len(steps)-1 && len(steps[i].In) != 2 {
		return fmt.Errorf("the last step must take the amount from the exact amount")
	}
	for _, o := range steps[i].In {
		_, link, ok := strings.Cut(o.Name, "@")
		if !ok {
			continue
		}
		n, err := strconv.Atoi(link)
		if err != nil || n < 1 || n > i {
			return fmt.Errorf("operand %s does not come from an earlier step", o.Name)
		}
		if steps[n-1].Out != o.Value {
			return fmt.Errorf("operand %s is %s but that step made %s", o.Name, o.Value, steps[n-1].Out)
		}
	}
	out, err := Recompute(steps[i])
	if err != nil {
		return err
	}
	if out != steps[i].Out {
		return fmt.Errorf("%s gives %s, not %s", steps[i].Op, out, steps[i].Out)
	}
	return nil
}
