package xlsx

import (
	"strconv"
	"strings"
)

// Chart draws columns of a sheet.
type Chart struct {
	Title string
	// Lines draws lines over the categories; else there are bars, the first on top.
	Lines  bool
	Series []Series
	// Column and Row are where it begins, counted from 1.
	Column, Row int
}

// Series is one column of numbers with its categories: a sheet, columns counted from 1, the row of its name and those of its values.
type Series struct {
	Sheet              string
	Category, Value    int
	Name, First, After int
	// Colour is RRGGBB.
	Colour string
}

// drawing places the charts of a sheet.
func (s *Sheet) drawing() string {
	var out strings.Builder
	out.WriteString(head + `<xdr:wsDr xmlns:xdr="` + drawNS + `spreadsheetDrawing" xmlns:a="` + drawNS + `main">`)
	const wide, high = 720 * 9525, 420 * 9525 // pixels in the unit of drawings
	for i := range s.Charts {
		c := &s.Charts[i]
		n := strconv.Itoa(i + 1)
		out.WriteString(`<xdr:oneCellAnchor><xdr:from><xdr:col>` + strconv.Itoa(c.Column-1) + `</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>` + strconv.Itoa(c.Row-1) +
			`</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="` + strconv.Itoa(wide) + `" cy="` + strconv.Itoa(high) + `"/>` +
			`<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="` + strconv.Itoa(i+2) + `" name="` + escaped(c.Title) + `"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>` +
			`<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="` + drawNS + `chart">` +
			`<c:chart xmlns:c="` + drawNS + `chart" xmlns:r="` + officeNS + `" r:id="rId` + n + `"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:oneCellAnchor>`)
	}
	return out.String() + "</xdr:wsDr>"
}

// write returns the chart.
func (c *Chart) write() string {
	var out strings.Builder
	out.WriteString(head + `<c:chartSpace xmlns:c="` + drawNS + `chart" xmlns:a="` + drawNS + `main" xmlns:r="` + officeNS + `"><c:roundedCorners val="0"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:rPr lang="en-GB" sz="1300"/><a:t>` +
		escaped(c.Title) + `</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>`)
	if c.Lines {
		out.WriteString(`<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>`)
	} else {
		out.WriteString(`<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>`)
	}
	for i := range c.Series {
		c.Series[i].write(&out, i, c.Lines)
	}
	if c.Lines {
		out.WriteString(`<c:marker val="1"/><c:axId val="1"/><c:axId val="2"/></c:lineChart>`)
	} else {
		out.WriteString(`<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>`)
	}
	order, place, values, crosses := "maxMin", "l", "b", "max"
	if c.Lines {
		order, place, values, crosses = "minMax", "b", "l", "autoZero"
	}
	out.WriteString(`<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="` + order + `"/></c:scaling><c:delete val="0"/><c:axPos val="` + place +
		`"/><c:numFmt formatCode="General" sourceLinked="1"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/><c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx>` +
		`<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="` + values +
		`"/><c:majorGridlines/><c:numFmt formatCode="#,##0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/><c:crosses val="` + crosses + `"/></c:valAx></c:plotArea>`)
	if len(c.Series) > 1 {
		out.WriteString(`<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>`)
	}
	out.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>`)
	return out.String()
}

func (s *Series) write(out *strings.Builder, at int, line bool) {
	n := strconv.Itoa(at)
	sheet := quotedName(s.Sheet)
	cells := func(column int) string {
		return escaped(sheet + "!" + absolute(column, s.First) + ":" + absolute(column, s.After-1))
	}
	out.WriteString(`<c:ser><c:idx val="` + n + `"/><c:order val="` + n + `"/><c:tx><c:strRef><c:f>` + escaped(sheet+"!"+absolute(s.Value, s.Name)) + `</c:f></c:strRef></c:tx>`)
	fill := `<a:solidFill><a:srgbClr val="` + s.Colour + `"/></a:solidFill>`
	if line {
		out.WriteString(`<c:spPr><a:ln w="25400">` + fill + `</a:ln></c:spPr><c:marker><c:symbol val="none"/></c:marker>`)
	} else {
		out.WriteString(`<c:spPr>` + fill + `</c:spPr><c:invertIfNegative val="0"/>`)
	}
	out.WriteString(`<c:cat><c:strRef><c:f>` + cells(s.Category) + `</c:f></c:strRef></c:cat><c:val><c:numRef><c:f>` + cells(s.Value) + `</c:f></c:numRef></c:val>`)
	if line {
		out.WriteString(`<c:smooth val="0"/>`)
	}
	out.WriteString("</c:ser>")
}
