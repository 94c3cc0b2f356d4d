// Package problems gathers what a proof finds wrong, of which it tells the first few.
package problems

import (
	"errors"
	"fmt"
	"strings"

	"daybook/schemas"
)

// List is errors of which the first few are told.
type List struct {
	told []string
	all  int
}

// Add takes an error; nil is none.
func (p *List) Add(err error) {
	if err == nil {
		return
	}
	if p.all++; p.all <= schemas.MostCandidates {
		p.told = append(p.told, err.Error())
	}
}

// Err is nil where there was none.
func (p *List) Err() error {
	if p.all == 0 {
		return nil
	}
	text := strings.Join(p.told, "; ")
	if more := p.all - len(p.told); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return errors.New(text)
}
