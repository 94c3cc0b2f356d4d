package money

import (
	"math/bits"

	"github.com/shopspring/decimal"
)

// String returns the shortest decimal text of d: no exponent, no zeros after the last other decimal place.
func (d Decimal) String() string {
	var buf [48]byte
	return string(d.AppendText(buf[:0]))
}

// AppendText appends what String returns.
func (d Decimal) AppendText(dst []byte) []byte {
	if d.exp() > 0 && d.long == nil {
		if hi, lo, ok := times10(d.hi, d.lo, d.exp()); ok {
			d.hi, d.lo, d.form = hi, lo, d.form&1
		}
	}
	if d.long != nil || d.exp() > 0 {
		return append(dst, d.big().String()...)
	}
	if d.neg() {
		dst = append(dst, '-')
	}
	if d.exp() <= -8 && d.lo&(1<<8-1) == 0 {
		d = d.shorter()
	}
	var digits [39]byte
	n := d.digits(&digits)
	places, end := -int(d.exp()), len(digits)
	for places > 0 && n < end && digits[end-1] == '0' { // no zeros at the end
		end, places = end-1, places-1
	}
	text := digits[n:end]
	if len(text) == 0 {
		return append(dst, '0')
	}
	if whole := len(text) - places; whole > 0 {
		dst = append(dst, text[:whole]...)
		text = text[whole:]
		if len(text) == 0 {
			return dst
		}
		return append(append(dst, '.'), text...)
	}
	dst = append(dst, '0', '.')
	for range places - len(text) {
		dst = append(dst, '0')
	}
	return append(dst, text...)
}

// pairs are the numbers from 0 to 99 in two digits each.
const pairs = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849" +
	"5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"

// shorter leaves out zeros at the end of a short number's places, eight at a time: what was computed at a fixed scale has many, and to
// write them down and take them off again takes longer.
func (d Decimal) shorter() Decimal {
	const zeros, pow10of8 = 8, 1e8
	for d.exp() <= -zeros && d.lo&(1<<zeros-1) == 0 && d.hi|d.lo != 0 { // a number with another last bit is no multiple of ten to the eighth
		if d.hi == 0 { // what most are, and quicker
			whole := d.lo / pow10of8
			if whole*pow10of8 != d.lo {
				break
			}
			d.lo, d.form = whole, d.form+2*zeros
			continue
		}
		hi := d.hi / pow10[zeros]
		lo, rest := bits.Div64(d.hi%pow10[zeros], d.lo, pow10[zeros])
		if rest != 0 {
			break
		}
		d.hi, d.lo, d.form = hi, lo, d.form+2*zeros
	}
	return d
}

// digits writes the digits of a short coefficient to the end of buf and returns where they begin; 0 has none.
func (d Decimal) digits(buf *[39]byte) int {
	n := len(buf)
	for d.hi|d.lo != 0 {
		var part uint64
		last := d.hi == 0
		if last {
			part = d.lo
		} else {
			top := d.hi / pow10[19]
			lo, rest := bits.Div64(d.hi%pow10[19], d.lo, pow10[19])
			d.hi, d.lo, part = top, lo, rest
		}
		stop := n - 19
		for ; part >= 100; part /= 100 {
			n -= 2
			copy(buf[n:n+2], pairs[part%100*2:])
		}
		for ; part != 0 || !last && n > stop; part /= 10 {
			n--
			buf[n] = byte('0' + part%10)
		}
		if last {
			break
		}
	}
	return n
}

// MarshalText returns what String returns.
func (d Decimal) MarshalText() ([]byte, error) { return d.AppendText(nil), nil }

// MarshalJSON returns the text in quotes, so that no reader makes a float of it.
func (d Decimal) MarshalJSON() ([]byte, error) {
	return append(d.AppendText([]byte{'"'}), '"'), nil
}

// UnmarshalText reads decimal text of any length, as Decimal writes it.
func (d *Decimal) UnmarshalText(text []byte) error {
	var v decimal.Decimal
	err := v.UnmarshalText(text)
	*d = fromBig(v)
	return err
}

// UnmarshalJSON reads a number with or without quotes.
func (d *Decimal) UnmarshalJSON(text []byte) error {
	v := d.big()
	err := v.UnmarshalJSON(text)
	*d = fromBig(v)
	return err
}
