package einvoice

import "strings"

// One is the unit code of what is counted in no unit.
const One = "C62"

// unitCodes are codes of UN/ECE recommendation 20 for units as books usually name them, in small letters.
var unitCodes = map[string]string{
	"second": "SEC", "seconds": "SEC", "s": "SEC", "minute": "MIN", "minutes": "MIN", "min": "MIN", "hour": "HUR", "hours": "HUR", "h": "HUR",
	"day": "DAY", "days": "DAY", "week": "WEE", "weeks": "WEE", "month": "MON", "months": "MON", "year": "ANN", "years": "ANN",
	"byte": "AD", "bytes": "AD", "kb": "2P", "mb": "4L", "gb": "E34", "tb": "E35", "pb": "E36", "kwh": "KWH",
	"unit": One, "units": One, "one": One, "piece": "H87", "pieces": "H87",
}

// UnitCodeOf is the code of a unit: the book's, or the usual one, or that of no unit.
func UnitCodeOf(unit string, book []UnitCode) string {
	for i := range book {
		if book[i].Unit == unit {
			return book[i].Code
		}
	}
	if code, is := unitCodes[strings.ToLower(unit)]; is {
		return code
	}
	return One
}
