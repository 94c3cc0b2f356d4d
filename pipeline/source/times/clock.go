package times

import (
	"encoding/binary"
	"slices"

	"daybook/pipeline/source/wire"
)

// Clock reads times of the plain form, most of which resemble one before.
type Clock struct {
	// days remembers days read, by their day of the month.
	days [128]dayRead
	// like is another form, which was learnt: what stands between day and hour, and behind the seconds.
	like struct {
		between byte
		behind  string
	}
}

// dayRead is the text of a day, 2006-01- and 02, and its number since 1970.
type dayRead struct {
	month uint64
	day   uint16
	days  int64
}

const (
	microsPerSecond = 1_000_000
	secondsPerDay   = 24 * 60 * 60
)

// Instant reads the plain form 2006-01-02T15:04:05Z, or with up to six digits of a fraction, into microseconds since 1970.
// It reports false on anything else, right or wrong. Eight bytes beyond start can be read.
func (k *Clock) Instant(text []byte, start, end uint32) (int64, bool) {
	size := end - start
	if size < 20 || size > 27 {
		return 0, false
	}
	b := text[start:]
	month, hour, second := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])
	day := &k.days[(hour&7<<4|hour>>8&15)&127]
	if month != day.month || uint16(hour) != day.day || month == 0 {
		days, ok := readDay(b)
		if !ok {
			return 0, false
		}
		*day = dayRead{month, uint16(hour), days}
	}
	// What remains of hour is Thh:mm, of second :ss and then Z or a point. Xor turns digits into their values and the
	// signs into 0.
	h := hour>>16 ^ ('T' | '0'<<8 | '0'<<16 | ':'<<24 | '0'<<32 | '0'<<40)
	s := second&0xffffff ^ (':' | '0'<<8 | '0'<<16)
	const signs = 0xff | 0xff<<24
	if h&signs != 0 || s&0xff != 0 || ((h+0x76*wire.Each|h)|(s+0x76*wire.Each|s))&wire.Upper != 0 {
		return 0, false
	}
	hours, minutes, seconds := h>>8&15*10+h>>16&15, h>>32&15*10+h>>40&15, s>>8&15*10+s>>16&15
	if hours > 23 || minutes > 59 || seconds > 59 || b[size-1] != 'Z' {
		return 0, false
	}
	micros := (day.days*secondsPerDay + int64(hours*3600+minutes*60+seconds)) * microsPerSecond
	if size == 20 {
		return micros, true
	}
	fraction, ok := microsOf(b[19 : size-1])
	return micros + fraction, ok
}

// The forms that are learnt: of times that say that they are of UTC, and, where all that do not say are, of those.
var utcBehind = []string{"Z", "+00:00", " UTC", " +0000 UTC", "+0000", "-00:00", ""}

// Learn is told what a text that Instant does not read came to, whether or not all times without a zone are of UTC. Later texts of the
// same form are read by Like.
func (k *Clock) Learn(text []byte, start, end uint32, micros int64, utc bool) {
	size := end - start
	if size < 19 || size > 40 {
		return
	}
	b := text[start:end]
	n := uint32(19)
	for n < size && (b[n] == '.' || b[n]-'0' <= 9) {
		n++
	}
	behind := string(b[n:])
	if !slices.Contains(utcBehind, behind) || behind == "" && !utc {
		return
	}
	before := k.like
	k.like.between, k.like.behind = b[10], behind
	if read, ok := k.Like(text, start, end); !ok || read != micros {
		k.like = before
	}
}

// Like reads a text of the form that was learnt.
func (k *Clock) Like(text []byte, start, end uint32) (int64, bool) {
	digits := int(end-start) - len(k.like.behind)
	if digits < 19 || digits > 26 || k.like.between == 0 || text[start+10] != k.like.between || string(text[end-uint32(len(k.like.behind)):end]) != k.like.behind {
		return 0, false
	}
	var plain [32]byte
	copy(plain[:], text[start:start+uint32(digits)])
	plain[10], plain[digits] = 'T', 'Z'
	return k.Instant(plain[:], 0, uint32(digits)+1)
}

// microsOf reads a point and one to six digits behind it.
func microsOf(b []byte) (int64, bool) {
	if b[0] != '.' || len(b) < 2 {
		return 0, false
	}
	v := int64(0)
	for i := range 6 {
		v *= 10
		if i+1 < len(b) {
			c := b[i+1] - '0'
			if c > 9 {
				return 0, false
			}
			v += int64(c)
		}
	}
	return v, true
}

// readDay reads the day that b begins with, 2006-01-02, into days since 1970. Years are from 1 to 9999.
func readDay(b []byte) (int64, bool) {
	if len(b) < 10 || b[4] != '-' || b[7] != '-' {
		return 0, false
	}
	century, ok1 := twoDigits(b)
	year, ok2 := twoDigits(b[2:])
	month, ok3 := twoDigits(b[5:])
	day, ok4 := twoDigits(b[8:])
	year += 100 * century
	if !ok1 || !ok2 || !ok3 || !ok4 || year == 0 || month < 1 || month > 12 || day < 1 {
		return 0, false
	}
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	if day > 28 && day > 30+int(0b1010110101010>>month&1) || month == 2 && (day > 29 || day == 29 && !leap) {
		return 0, false
	}
	// Count from 1 March of year 0, so that the day that may be missing is the last of a year; months then repeat in
	// lengths of 31, 30, 31, 30 and 31 days.
	if month -= 3; month < 0 {
		month += 12
		year--
	}
	return int64(365*year + year/4 - year/100 + year/400 + (153*month+2)/5 + day - 1 - epochDays), true
}

// epochDays is how many days 1970-01-01 is after 1 March of year 0.
const epochDays = 719468

// twoDigits reads the two digits that b begins with.
func twoDigits(b []byte) (int, bool) {
	x, y := b[0]-'0', b[1]-'0'
	return int(x)*10 + int(y), x <= 9 && y <= 9
}
