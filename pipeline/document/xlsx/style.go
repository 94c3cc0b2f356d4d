package xlsx

// The styles of cells, one for each kind in its order. Formats from 164 on are the file's own, others are built in.
const styles = head + `<styleSheet xmlns="` + mainNS + `"><numFmts count="4">` +
	`<numFmt numFmtId="164" formatCode="#,##0.00##;[Red]\-#,##0.00##"/>` +
	`<numFmt numFmtId="165" formatCode="#,##0.######"/>` +
	`<numFmt numFmtId="166" formatCode="0.0##%;[Red]\-0.0##%"/>` +
	`<numFmt numFmtId="167" formatCode="yyyy\-mm\-dd"/></numFmts>` +
	`<fonts count="5"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>` +
	`<font><u/><sz val="11"/><color rgb="FF0B6E75"/><name val="Calibri"/><family val="2"/></font>` +
	`<font><b/><sz val="16"/><name val="Calibri"/><family val="2"/></font>` +
	`<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>` +
	`<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font></fonts>` +
	`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FF0B6E75"/><bgColor indexed="64"/></patternFill></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="12">` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` + // the workbook's own; kinds follow
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	number164 + number165 + number166 + number3 +
	`<xf numFmtId="167" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left" vertical="top"/></xf>` +
	`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment vertical="top"/></xf>` +
	`<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
	`<xf numFmtId="49" fontId="3" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
	`<xf numFmtId="49" fontId="4" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>` +
	`<xf numFmtId="49" fontId="4" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment horizontal="right" vertical="center" wrapText="1"/></xf>` +
	`</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

const (
	number164 = `<xf numFmtId="164"` + numberRest
	number165 = `<xf numFmtId="165"` + numberRest
	number166 = `<xf numFmtId="166"` + numberRest
	number3   = `<xf numFmtId="3"` + numberRest

	numberRest = ` fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="right" vertical="top"/></xf>`
)
