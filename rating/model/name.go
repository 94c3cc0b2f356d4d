package model

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"daybook/schemas"
	"daybook/schemas/money"
)

// ChargeID identifies a charge of a bill run for a period by all that it says: by what was sold to whom, by what was used of
// it, and by what that comes to, before and after rounding. It leaves out the arithmetic, which follows, and the value in the
// provider's currency, which is looked up later. nth counts, from 0, those of the account in the run that say the same, such as
// what one grant pays of two slices of a price. Account and period are in it, so identifiers of different ones differ, too. The
// text goes into a room.
func ChargeID(c *schemas.Charge, in schemas.Period, nth int, r *Room) schemas.ChargeID {
	text := appendNumbers(appendTexts(r.name[:0], c, in), c, r)
	text = binary.BigEndian.AppendUint64(text, uint64(c.Start.UnixMicro()))
	text = binary.BigEndian.AppendUint64(text, uint64(c.End.UnixMicro()))
	text = binary.BigEndian.AppendUint64(text, uint64(c.UsageRows))
	text = binary.AppendUvarint(text, uint64(nth))
	if c.TaxCategory != "" && c.TaxCategory != standardTax { // what most have was not told before there were others to be told
		text = append(text, c.TaxCategory...)
	}
	r.name = text
	sum := sha256.Sum256(text)
	var digits [32]byte
	hex.Encode(digits[:], sum[:len(digits)/2])
	return schemas.ChargeID(r.Text(digits[:]))
}

// appendTexts appends the texts of a charge. Each has its length before it, so that different charges are never written alike.
func appendTexts(text []byte, c *schemas.Charge, in schemas.Period) []byte {
	text = appendText(text, string(in))
	text = appendText(text, string(c.Account))
	text = appendText(text, string(c.Subscription))
	text = appendText(text, string(c.Offering))
	text = appendText(text, string(c.Price))
	text = appendText(text, c.Version)
	text = appendText(text, string(c.Meter))
	text = appendText(text, c.Model)
	text = appendText(text, string(c.Category))
	text = appendText(text, string(c.Class))
	text = appendText(text, string(c.Corrects))
	text = appendText(text, string(c.Frequency))
	text = appendText(text, c.Description)
	text = appendText(text, c.Service)
	text = appendText(text, c.ServiceCategory)
	text = appendText(text, string(c.SKU))
	text = appendText(text, c.SkuMeter)
	text = appendText(text, c.Region)
	text = appendText(text, string(c.Peer))
	text = appendText(text, c.Group)
	text = appendText(text, string(c.PricingKind))
	text = appendText(text, c.ConsumedUnit)
	text = appendText(text, c.PricingUnit)
	return appendText(text, string(c.Currency))
}

// appendText appends a text with its length before it.
func appendText(text []byte, s string) []byte {
	if len(s) < 1<<7 { // one byte of binary.AppendUvarint
		return append(append(text, byte(len(s))), s...)
	}
	return append(binary.AppendUvarint(text, uint64(len(s))), s...)
}

// standardTax is the tax category of what names none.
const standardTax = "standard"

// appendNumbers appends the numbers of a charge, each ended by a zero; one that is the same as the one before it is left empty, and
// one that is not there is a letter. A list price mostly is the exact amount, and stands there already.
func appendNumbers(text []byte, c *schemas.Charge, r *Room) []byte {
	last, from := &c.Exact, len(text)
	text = append(last.AppendText(text), 0)
	exact := text[from:]
	number := func(d *money.Decimal, there bool) {
		switch {
		case !there:
			text = append(text, 'n', 0)
		case d.Equal(*last):
			text = append(text, 0)
		case *d == c.Exact:
			text, last = append(text, exact...), d
		default:
			text, last = append(d.AppendText(text), 0), d
		}
	}
	number(&c.Amount, true)
	number(&c.List, true)
	number(&c.Residue, true)
	number(&c.PeerCost, c.HasCost)
	number(&c.Consumed, c.HasQuantity)
	number(&c.Priced, c.HasQuantity)
	if p := c.UnitPrice; p != nil && r.constants != nil && !p.Equal(*last) { // other charges of its price have it, too
		return append(append(text, r.constant(*p)...), 0)
	}
	number(c.UnitPrice, c.UnitPrice != nil)
	return text
}
