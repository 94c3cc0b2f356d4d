package native

import (
	"bytes"
	"time"

	"daybook/pipeline/source/wire"
	"daybook/schemas"
	"daybook/schemas/money"
)

// openShiftMetering is the row of the reports of pods and of volumes that OpenShift's metering and its cost management operator
// write, a CSV an hour or more: Report fields for collected metrics. A record is of an hour of a pod, or of a claim of a volume, and
// holds a quantity of each of its resources: it comes to a row of each. Seconds become hours, and bytes GiB, which no finite decimal
// always names: rounded once, half to even, to the places of a quantity.
//
// What limits a pod, and what its node has, is not used by anybody and stays in x_Extra.
var openShiftMetering = Format{
	Name: schemas.OpenShiftMetering,
	Columns: map[int]Column{
		schemas.UseSubAccountId:      field("namespace"),
		schemas.UseSkuId:             eachPart(partSku),
		schemas.UseResourceId:        field("persistentvolumeclaim", "pod"),
		schemas.UseChargePeriodStart: field("interval_start"),
		schemas.UseChargePeriodEnd:   madeOf(endOfInterval, "interval_end"),
		schemas.UseChargeCategory:    always(usage),
		schemas.UseConsumedQuantity:  eachPart(partQuantity),
		schemas.UseConsumedUnit:      eachPart(partUnit),
		schemas.UseTags:              madeOf(podLabels, "pod_labels|persistentvolumeclaim_labels", "persistentvolume_labels"),
		schemas.UseRecordId:          madeOf(partRecord, "interval_start", "namespace", "persistentvolumeclaim", "pod", "node"),
	},
	Demands:  []int{schemas.UseSubAccountId, schemas.UseResourceId, schemas.UseConsumedQuantity},
	Together: [][]string{partFields[:4], partFields[4:]},
	Known: names(
		"report_period_start", "report_period_end", "node", "resource_id", "node_role", "pod_limit_cpu_core_seconds", "pod_limit_memory_byte_seconds",
		"node_capacity_cpu_cores", "node_capacity_cpu_core_seconds", "node_capacity_memory_bytes", "node_capacity_memory_byte_seconds",
		"pod", "persistentvolume", "storageclass", "persistentvolumeclaim_capacity_bytes", "csi_driver", "csi_volume_handle",
	),
	Keeps: []string{"pod", "node"},
	Times: []string{"2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05-07:00"},
}

// openShiftPart is a quantity of a record: its field, what it is a quantity of, and in what.
type openShiftPart struct {
	field, sku, unit string
	per              money.Decimal
}

var (
	anHour    = money.NewDecimal(3600, 0)
	aGiBHour  = money.NewDecimal(3600<<30, 0)
	coreHours = "Core-Hours"
	gibHours  = "GiB-Hours"
)

var openShiftParts = []openShiftPart{
	{"pod_usage_cpu_core_seconds", "pod_usage_cpu", coreHours, anHour},
	{"pod_request_cpu_core_seconds", "pod_request_cpu", coreHours, anHour},
	{"pod_usage_memory_byte_seconds", "pod_usage_memory", gibHours, aGiBHour},
	{"pod_request_memory_byte_seconds", "pod_request_memory", gibHours, aGiBHour},
	{"persistentvolumeclaim_usage_byte_seconds", "persistentvolumeclaim_usage", gibHours, aGiBHour},
	{"volume_request_storage_byte_seconds", "persistentvolumeclaim_request", gibHours, aGiBHour},
	{"persistentvolumeclaim_capacity_byte_seconds", "persistentvolumeclaim_capacity", gibHours, aGiBHour},
}

// partFields are the fields of the parts: of pods, then of claims.
var partFields = func() (fields []string) {
	for i := range openShiftParts {
		fields = append(fields, openShiftParts[i].field)
	}
	return fields
}()

// eachPart is a column that is made of the quantity of each part.
func eachPart(write Writer) Column {
	c := Column{Write: write, Parts: true}
	for _, name := range partFields {
		c.Of = append(c.Of, []string{name})
	}
	return c
}

func partSku(c *Context, dst []byte, _ [][]byte) []byte {
	return append(dst, openShiftParts[c.Part].sku...)
}

func partUnit(c *Context, dst []byte, _ [][]byte) []byte {
	return append(dst, openShiftParts[c.Part].unit...)
}

// partQuantity writes the quantity of the part in its unit.
func partQuantity(c *Context, dst []byte, in [][]byte) []byte {
	v, err := decimal(in[c.Part])
	if err != nil {
		return append(dst, in[c.Part]...)
	}
	v, err = money.MulDivRound(v, money.NewDecimal(1, 0), openShiftParts[c.Part].per, money.Scale, money.HalfEven)
	if err != nil {
		return append(dst, in[c.Part]...)
	}
	return v.AppendText(dst)
}

// partRecord writes what names a part of a record: the fields that name the record, and what it is a quantity of.
func partRecord(c *Context, dst []byte, in [][]byte) []byte {
	for _, text := range in {
		dst = append(append(dst, text...), '|')
	}
	return append(dst, openShiftParts[c.Part].sku...)
}

// endOfInterval writes the end of an hour, of which some reports write the last second.
func endOfInterval(c *Context, dst []byte, in [][]byte) []byte {
	if text := in[0]; len(text) >= 19 && string(text[16:19]) == ":59" {
		if end, ok := c.Instant(string(text)); ok {
			return end.Add(time.Second).AppendFormat(dst, time.RFC3339)
		}
	}
	return append(dst, in[0]...)
}

// podLabels writes labels as one object, of a key that stands twice the first. They stand as key:value with bars between, or as an
// object; their keys begin with label_, which is no part of what they are called.
func podLabels(_ *Context, dst []byte, in [][]byte) []byte {
	from, open := len(dst), byte('{')
	seen := map[string]bool{}
	add := func(key, value []byte) {
		if key = bytes.TrimPrefix(key, []byte("label_")); !seen[string(key)] {
			seen[string(key)] = true
			dst = wire.AppendString(append(dst, open), key)
			dst = wire.AppendString(append(dst, ':'), value)
			open = ','
		}
	}
	for _, text := range in {
		if !eachLabel(text, add) {
			return append(dst[:from], text...)
		}
	}
	if open == '{' { // no labels
		return dst
	}
	return append(dst, '}')
}

// eachLabel calls add for each label of a text, and reports false if it holds anything else.
func eachLabel(text []byte, add func(key, value []byte)) bool {
	if len(text) > 0 && text[0] == '{' {
		l := literal{text: text}
		good := l.object(add)
		l.blanks()
		return good && l.at == len(text)
	}
	for len(text) > 0 {
		var label []byte
		label, text, _ = bytes.Cut(text, []byte("|"))
		key, value, found := bytes.Cut(label, []byte(":"))
		if !found || len(key) == 0 {
			return false
		}
		add(key, value)
	}
	return true
}
