package document

// reportStyle is the whole style of the report, light and dark, on screen and on paper.
const reportStyle = `
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1b1f24;--soft:#5d6672;--line:#dfe2e6;--good:#0b6e75;--bad:#b3470b;--total:#6b7685;--warn:#c9860a;--link:#0b6e75}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1c2024;--ink:#e8eaed;--soft:#9aa4b0;--line:#343a41;--good:#4fb9bf;--bad:#f08a4b;--total:#8b96a5;--warn:#e0b050;--link:#6cc6cb}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1240px;margin:0 auto;padding:36px 24px 64px}
header{margin-bottom:26px}
.over{margin:0;color:var(--soft);font-size:14px}
h1{font-size:34px;line-height:1.18;letter-spacing:-.018em;font-weight:650;margin:6px 0 8px;text-wrap:balance}
h2{break-after:avoid;font-size:17px;font-weight:620;margin:0 0 10px;letter-spacing:-.005em}
.lead{font-size:16px;color:var(--soft);margin:0;max-width:100ch}
.soft{color:var(--soft)}
.good{color:var(--good)}
.bad{color:var(--bad)}
.tag{display:inline-block;margin-left:6px;padding:0 9px;border:1px solid;border-radius:99px;font-size:12.5px;font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(225px,1fr));gap:14px;margin-bottom:30px}
.tile,figure{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px}
.tile h2{font-size:13px;color:var(--soft);font-weight:560;margin:0 0 2px}
.tile p{margin:0}
.tile .big{font-size:25px;line-height:1.3;font-weight:620;letter-spacing:-.015em;overflow-wrap:anywhere}
.big small{font-size:13px;font-weight:400;color:var(--soft);letter-spacing:0}
.tile .soft{font-size:13px;margin-top:4px}
section{margin-bottom:34px}
.items{list-style:none;margin:0;padding:0;border-top:1px solid var(--line);counter-reset:none}
.items li{display:grid;grid-template-columns:76px minmax(0,1fr) auto;gap:0 16px;padding:11px 0;border-bottom:1px solid var(--line);break-inside:avoid}
.what{overflow-wrap:anywhere}
.what p{margin:0}
.topic{font-size:12.5px;line-height:1.8;color:var(--soft)}
.money{text-align:right;white-space:nowrap;font-weight:620;font-size:16px}
.money small{font-weight:400;font-size:12px;color:var(--soft)}
code{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;color:var(--soft);overflow-wrap:anywhere}
.figures{columns:2 460px;column-gap:16px}
figure{margin:0 0 16px;min-width:0;break-inside:avoid}
.plot{display:block;width:100%;height:auto;font-size:13px}
.plot text{fill:var(--ink)}
.plot .lab{fill:var(--soft);font-size:12px}
.plot .note{fill:var(--soft);font-size:12px}
.plot .axis{stroke:var(--soft);stroke-width:1}
.plot .grid{stroke:var(--line);stroke-width:1}
.plot .thread{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 2}
.bar{fill:var(--total)}
.bar.up{fill:var(--good)}
.bar.down{fill:var(--bad)}
.bar.billed{fill:var(--good)}
.bar.s-note{fill:var(--line)}
.bar.s-warning,.bar.s-suspended{fill:var(--warn)}
.bar.s-rejected,.bar.s-blocking{fill:var(--bad)}
.course{fill:none;stroke:var(--total);stroke-width:2;stroke-linejoin:round}
.course.planned{stroke-dasharray:7 5}
.course.actual{stroke:var(--good);stroke-width:3}
.course.rate{stroke:var(--good);stroke-dasharray:2 5;stroke-linecap:round;stroke-width:2.5}
.dot{fill:var(--good);stroke:var(--card);stroke-width:2}
.plot .end{font-weight:600}
.plot .end.actual,.plot .end.rate{fill:var(--good)}
details{margin-top:8px}
details+.scroll{margin-top:18px}
a{color:var(--link)}
summary{cursor:pointer;color:var(--link);font-size:13px}
.scroll{overflow-x:auto;margin-bottom:14px}
table{border-collapse:collapse;width:100%;font-size:13px}
caption{text-align:left;color:var(--soft);padding-bottom:6px;font-size:13px}
th{text-align:left;font-weight:500}
tbody th{min-width:11em}
thead th{color:var(--soft);font-size:12px;font-weight:560;border-bottom:1px solid var(--soft);vertical-align:bottom}
th,td{padding:5px 10px 5px 0;vertical-align:top}
td,tbody th{border-bottom:1px solid var(--line)}
.n{text-align:right;white-space:nowrap;padding-right:0;padding-left:12px}
.n+:is(td,th):not(.n){padding-left:16px}
tr.total>*{border-top:1px solid var(--soft);border-bottom:0;font-weight:650}
thead{display:table-header-group}
tr{break-inside:avoid}
footer{border-top:1px solid var(--line);padding-top:20px;font-size:13px;color:var(--soft)}
footer h2{font-size:14px;color:var(--ink)}
footer ul{padding-left:18px;max-width:95ch}
@page{margin:14mm}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--soft:#4a5058;--line:#ccd0d5;--good:#0b6e75;--bad:#b3470b;--total:#6b7685}
body{font-size:10.5px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}h1{font-size:22px}.tile .big{font-size:17px}
.tiles{grid-template-columns:repeat(4,1fr);gap:8px}.tile,figure{padding:8px 10px}.figures{columns:2;column-gap:8px}figure{margin-bottom:8px}table,caption,thead th{font-size:8.5px}.n{padding-left:6px}.scroll{overflow:visible}summary{display:none}}
@media (max-width:600px){main{padding:20px 14px 40px}h1{font-size:25px}.items li{grid-template-columns:1fr}.money{text-align:left}tbody th{min-width:9em}tbody td:not(.n){min-width:7em}figure{overflow-x:auto}.plot{min-width:540px}}
`
