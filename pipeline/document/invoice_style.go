package document

// invoiceStyle is the whole style of invoices, light and dark on a screen. On paper, which is light, each begins a page, a table that breaks repeats its head, and no
// line or total is torn apart.
const invoiceStyle = `
:root{color-scheme:light dark;--ink:#1a1d21;--soft:#5b6470;--line:#d5d9de;--faint:#f4f5f7;--mark:#0b6e75;--warn:#a8480a;--page:#e9ebee;--sheet:#fff}
@media screen and (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#9aa4b0;--line:#343a41;--faint:#262b31;--mark:#6cc6cb;--warn:#f08a4b;--page:#14171a;--sheet:#1c2024}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:10pt/1.45 "Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.i{background:var(--sheet);max-width:210mm;margin:8mm auto;padding:16mm 16mm 14mm;box-shadow:0 1px 6px #0003}
.i h1{font-size:19pt;line-height:1.15;font-weight:600;margin:0;letter-spacing:-.01em}
.i h1+table{margin-top:6mm}
.top{display:flex;justify-content:space-between;gap:10mm;border-bottom:2px solid var(--ink);padding-bottom:5mm}
.top address{text-align:right}
address{font-style:normal;color:var(--soft)}
address b{color:var(--ink);font-weight:600}
.tag{display:inline-block;margin:2mm 2mm 0 0;padding:.3mm 2.4mm;border:1px solid var(--mark);border-radius:3mm;color:var(--mark);font-size:8.5pt;font-weight:600}
.tag.p{border-color:var(--warn);color:var(--warn)}
.who{display:flex;justify-content:space-between;gap:10mm;margin:6mm 0}
dl{display:grid;grid-template-columns:auto auto;gap:.6mm 5mm;margin:0;align-content:start}
dt{color:var(--soft)}dd{margin:0;text-align:right}
.due{background:var(--faint);padding:3mm 4mm;border-radius:1.5mm;display:flex;justify-content:space-between;align-items:baseline;margin-bottom:6mm}
.due b{font-size:15pt}
.i table{width:100%;border-collapse:collapse}
.i th{text-align:left;font-size:8pt;font-weight:600;color:var(--soft);border-bottom:1px solid var(--ink);padding:1.2mm 2mm 1.2mm 0;vertical-align:bottom}
.i td{border-bottom:1px solid var(--line);padding:1.5mm 2mm 1.5mm 0;vertical-align:top;overflow-wrap:anywhere}
.i .n{text-align:right;white-space:nowrap;padding-right:0;padding-left:3mm;overflow-wrap:normal}
.i small{display:block;color:var(--soft);font-size:8pt}
.p td{border:0;color:var(--soft);padding:0 2mm .8mm 4mm;font-size:9pt}.p .n{padding-left:3mm}.p small{display:inline;margin-left:1mm}
tr:has(+.p) td{border-bottom:0}.p:not(:has(+.p)) td{border-bottom:1px solid var(--line);padding-bottom:1.6mm}
.i code{font:7pt ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;color:var(--soft)}
thead{display:table-header-group}
tr{break-inside:avoid}
.sum{margin:4mm 0 0 auto;width:auto!important;min-width:75mm;break-inside:avoid}
.sum th{font-size:10pt;font-weight:400;border:0;color:var(--ink);padding-right:8mm}.sum td{border:0}
.sum .t th,.sum .t td{border-top:2px solid var(--ink);font-weight:700;font-size:12pt;padding-top:2mm}
.foot{margin-top:8mm;color:var(--soft);font-size:8.5pt;break-inside:avoid}
.foot p{margin:0 0 1.5mm}
nav{max-width:210mm;margin:8mm auto 0;padding:0 4mm}
nav ol{columns:3;font-size:9pt;padding-left:6mm}
nav a,.i a{color:var(--mark)}
@page{margin:14mm 14mm 16mm;@bottom-right{content:counter(page);font:8pt sans-serif;color:#5b6470}}
@media print{body{background:#fff}.i{margin:0;padding:0;max-width:none;box-shadow:none}.i+.i{break-before:page}nav{display:none}}
@media screen and (max-width:640px){.lines,.lines thead,.lines tbody{display:block}.lines tr{display:grid;grid-template-columns:1fr auto minmax(22vw,auto)}.lines td,.lines th{border:0;padding-bottom:.6mm}.lines tr>:first-child{grid-column:1/-1}.lines tr{border-bottom:1px solid var(--line);padding-bottom:1mm}.lines tr:has(+.p){border:0}.lines .p:has(+.p){border:0}.lines tr>.n:nth-child(2){padding-left:0;text-align:left}.lines .p td{border:0}.lines .p>.n:nth-child(2){padding-left:4mm}.i{padding:6mm}.top,.who{flex-direction:column}.top address{text-align:left}nav ol{columns:1}}
`
