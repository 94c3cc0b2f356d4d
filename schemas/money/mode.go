package money

import (
	"fmt"
	"strings"
)

// Mode says what happens to the digits that rounding takes away. Its zero value is HalfUp.
type Mode uint8

// The modes. The first three round to the nearest and differ on halves; the others look only at the direction.
const (
	HalfUp   Mode = iota // halves away from zero: 2.5 → 3, -2.5 → -3
	HalfEven             // halves to the even neighbour: 2.5 → 2, 3.5 → 4
	HalfDown             // halves toward zero: 2.5 → 2, -2.5 → -2
	Up                   // away from zero: 2.1 → 3, -2.1 → -3
	Down                 // toward zero: 2.9 → 2, -2.9 → -2
	Ceiling              // toward plus infinity: 2.1 → 3, -2.9 → -2
	Floor                // toward minus infinity: 2.9 → 2, -2.1 → -3
)

// modeNames are the names in books and reports, in the order of the constants.
var modeNames = [...]string{"half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"}

// Modes returns all modes, for those who list or test them.
func Modes() []Mode { return []Mode{HalfUp, HalfEven, HalfDown, Up, Down, Ceiling, Floor} }

// String returns the name that ParseMode reads.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// ParseMode reads a mode's name, such as half_even.
func ParseMode(s string) (Mode, error) {
	for i, name := range modeNames {
		if s == name {
			return Mode(i), nil
		}
	}
	return 0, fmt.Errorf("unknown rounding mode %q: choose one of %s", clip(s), strings.Join(modeNames[:], ", "))
}

// MarshalText returns the mode's name.
func (m Mode) MarshalText() ([]byte, error) {
	if int(m) >= len(modeNames) {
		return nil, fmt.Errorf("unknown rounding mode %d", uint8(m))
	}
	return []byte(m.String()), nil
}

// UnmarshalText is ParseMode.
func (m *Mode) UnmarshalText(b []byte) error {
	v, err := ParseMode(string(b))
	if err != nil {
		return err
	}
	*m = v
	return nil
}

// away decides an inexact quotient that was cut toward zero: whether to step one further from zero. odd tells of the
// cut quotient, half compares the part cut off with one half (-1, 0, +1), neg is the sign of the exact quotient.
func (m Mode) away(neg, odd bool, half int) bool {
	switch m {
	case HalfUp:
		return half >= 0
	case HalfEven:
		return half > 0 || half == 0 && odd
	case HalfDown:
		return half > 0
	case Up:
		return true
	case Down:
		return false
	case Ceiling:
		return !neg
	case Floor:
		return neg
	}
	return half >= 0 // an unknown mode rounds as the zero value does
}
