/**
 * The style sheet: light and dark, one column on narrow screens. Shape and word show a state; colour only adds to them.
 */
export const STYLE = String.raw`
:root {
  color-scheme: light dark;
  --bg: #f4f6f8; --surface: #fff; --sunken: #eef1f4; --line: #d5dae1; --wire: #9aa4b1; --text: #171c24; --muted: #545e6b;
  --accent: #1f55c4; --ok: #16704a; --warn: #855700; --bad: #b3261e; --ok-bg: #e2f3ea; --warn-bg: #fcefd2; --bad-bg: #fce6e4;
  --p1: #7c8aa0; --p2: #3f74d6; --p3: #16858f; --p4: #8a5cc2; --p5: #b3261e; --p0: #c3c9d1; --none: #545e6b; --none-bg: #e6e9ed;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0e1217; --surface: #161b22; --sunken: #1d242d; --line: #2b343f; --wire: #55616f; --text: #e5e9ef; --muted: #9da8b6;
    --accent: #82adff; --ok: #62d29c; --warn: #efbd60; --bad: #ff938a; --ok-bg: #12301f; --warn-bg: #33280f; --bad-bg: #3c1715;
    --p1: #8794a8; --p2: #6a9bf4; --p3: #3fb3bd; --p4: #b08ae6; --p5: #ff938a; --p0: #48525e; --none: #9da8b6; --none-bg: #232b35;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0; }
h1 { font-size: 17px; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 21px; font-weight: 650; letter-spacing: -.015em; overflow-wrap: anywhere; }
h3, .cap { font-size: 12px; font-weight: 600; letter-spacing: .05em; line-height: 1.5; text-transform: uppercase; color: var(--muted); }
ul, ol { list-style: none; }
code, .addr { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .92em; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--surface); padding: 8px 12px; z-index: 2; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; padding: 14px 24px; background: var(--surface); border-bottom: 1px solid var(--line); }
#places { display: flex; gap: 4px; }
#places a { padding: 3px 10px; border-radius: 7px; color: var(--text); text-decoration: none; font-weight: 550; }
#places a:hover { background: var(--sunken); }
#places a[aria-current] { background: var(--sunken); box-shadow: inset 0 -2px 0 var(--accent); }
#main { outline: none; }
header .say { font-weight: 500; }
header .grow { flex: 1; }
.live { display: inline-flex; align-items: center; gap: 7px; }
.live i { width: 9px; height: 9px; border-radius: 50%; border: 2px solid var(--warn); }
.live.on i { background: var(--ok); border-color: var(--ok); }
.shell { display: grid; grid-template-columns: minmax(0, 1fr) minmax(280px, 370px); gap: 20px; padding: 20px 24px 32px; max-width: 1480px; margin: 0 auto; align-items: start; }
.panel { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
main, #detail { display: flex; flex-direction: column; gap: 16px; }
.panel > h3, .panel > .cap { margin-bottom: 10px; }
.side { position: sticky; top: 16px; max-height: calc(100vh - 32px); display: flex; flex-direction: column; }
.scroll { overflow: auto; margin: 0 -8px; padding: 2px 8px; }
.filter { width: 100%; margin-bottom: 10px; padding: 7px 10px; font: inherit; color: inherit; background: var(--sunken); border: 1px solid var(--line); border-radius: 7px; }
.filter::placeholder { color: var(--muted); }
.pick { display: grid; grid-template-columns: 20px minmax(90px, .8fr) minmax(130px, .8fr) minmax(0, 2fr) 215px; gap: 0 14px; color: inherit; text-decoration: none; padding: 8px; border-radius: 8px; align-items: start; }
.pick:hover { background: var(--sunken); }
.pick b { font-weight: 600; overflow-wrap: anywhere; }
.pick small, .causes small { color: var(--muted); font-size: 12.5px; overflow-wrap: anywhere; display: block; }
.pick small.warn { color: var(--warn); }
.pick .counts { display: flex; white-space: nowrap; justify-content: flex-end; gap: 12px; text-align: right; line-height: 1.9; }
.pick .addr { line-height: 1.75; }
.fleet { margin: 0 -8px; }
.fleet li + li { border-top: 1px solid var(--line); }
.tools { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin: 10px 0; }
.tools .filter { width: auto; flex: 1 1 200px; margin: 0; }
.counters { display: flex; flex-wrap: wrap; gap: 6px; }
button { font: inherit; color: inherit; cursor: pointer; }
.count { display: inline-flex; gap: 6px; align-items: center; padding: 4px 11px 4px 8px; background: var(--surface); border: 1px solid var(--line); border-radius: 99px; color: var(--text); white-space: nowrap; }
.count .mark { margin: 0; width: 15px; height: 15px; }
.count:hover { background: var(--sunken); }
.count[aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); background: var(--sunken); }
.mark { width: 18px; height: 18px; flex: none; margin-top: 2px; }
.none { color: var(--none); } .info { color: var(--accent); } .ok { color: var(--ok); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.pill { display: inline-flex; align-items: center; gap: 6px; padding: 2px 11px 2px 8px; border-radius: 99px; font-size: 13.5px; font-weight: 600; white-space: nowrap; }
.pill .mark { width: 15px; height: 15px; margin: 0; }
.pill.none { background: var(--none-bg); padding-left: 11px; } .pill.ok { background: var(--ok-bg); } .pill.warn { background: var(--warn-bg); } .pill.bad { background: var(--bad-bg); }
.title { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(138px, 1fr)); gap: 12px 18px; margin-top: 14px; }
.facts dt { font-size: 12.5px; color: var(--muted); }
.facts dd { font-size: 16px; font-weight: 550; overflow-wrap: anywhere; }
.facts dd small { display: block; font-size: 12.5px; font-weight: 400; color: var(--muted); }
.notes li { display: flex; gap: 9px; padding: 5px 0; }
.notes .grow, .headline .grow { flex: 1; min-width: 0; }
.notes li + li { border-top: 1px solid var(--line); }
.headline { display: flex; gap: 11px; padding: 12px 14px; border-radius: 9px; margin-bottom: 8px; }
.headline.bad { background: var(--bad-bg); } .headline.warn { background: var(--warn-bg); } .headline.info { background: var(--sunken); }
.headline .grow, .headline > p { color: var(--text); }
.cause { font-size: 16.5px; font-weight: 600; line-height: 1.4; overflow-wrap: anywhere; }
.headline .mark { width: 21px; height: 21px; }
.remedy { margin-top: 4px; overflow-wrap: anywhere; }
.command { display: flex; gap: 10px; align-items: start; margin-top: 8px; padding: 7px 8px 7px 11px; border: 1px solid var(--line); border-radius: 7px; background: var(--surface); }
.command code { flex: 1; min-width: 0; white-space: pre-wrap; color: var(--text); padding-top: 2px; }
.copy { display: inline-flex; align-items: center; justify-content: center; vertical-align: middle; min-width: 24px; min-height: 24px; padding: 0; margin-left: 2px; border: 0; border-radius: 5px; background: none; color: var(--muted); }
.copy:hover { background: var(--sunken); color: var(--text); }
.copy.labelled { gap: 6px; padding: 2px 10px; border: 1px solid var(--line); background: var(--surface); color: var(--text); font-size: 13.5px; }
.copy-icon { width: 13px; height: 13px; flex: none; }
a { color: var(--accent); }
.tree { display: flex; flex-direction: column; align-items: center; }
.node { position: relative; display: flex; gap: 9px; min-width: 0; padding: 9px 13px; border: 1px solid var(--line); border-radius: 9px; background: var(--surface); }
.node.bad { border-color: var(--bad); background: var(--bad-bg); } .node.warn { border-color: var(--warn); }
.node > div { min-width: 0; color: var(--text); }
.node small { display: block; color: var(--muted); font-size: 12.5px; }
.node.top { border-width: 2px; }
.node .who { display: flex; align-items: center; gap: 2px; }
.node .action { margin-top: 5px; }
.lag { display: flex; align-items: center; gap: 7px; }
.spark { width: 96px; height: 20px; flex: none; border-bottom: 1px solid var(--line); }
.spark polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.action { padding: 4px 12px; border: 1px solid var(--line); border-radius: 7px; background: var(--surface); font-size: 13.5px; font-weight: 550; }
.action:hover { background: var(--sunken); }
.action.strong { background: var(--accent); border-color: var(--accent); color: var(--surface); }
.action:disabled { opacity: .6; cursor: default; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 12px; }
dialog { max-width: 520px; width: calc(100% - 32px); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; background: var(--surface); color: var(--text); }
dialog::backdrop { background: rgb(10 14 20 / .55); }
dialog p { margin-top: 10px; overflow-wrap: anywhere; }
dialog label { display: block; font-size: 13px; color: var(--muted); margin-bottom: 3px; }
dialog .filter { margin: 0; }
#toast { position: fixed; left: 50%; bottom: 24px; transform: translateX(-50%); max-width: min(560px, calc(100vw - 28px)); padding: 9px 16px; border-radius: 9px; background: var(--text); color: var(--surface); overflow-wrap: anywhere; z-index: 3; }
.offscreen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; padding: 0; }
.stalebox { padding: 14px 24px; background: var(--none-bg); border-bottom: 1px solid var(--line); }
.stalebox ul { display: flex; flex-wrap: wrap; gap: 4px 24px; }
.stale { --ok: var(--none); --warn: var(--none); --bad: var(--none); --ok-bg: var(--none-bg); --warn-bg: var(--none-bg); --bad-bg: var(--none-bg); --wire: var(--none); --p1: var(--none); --p2: var(--none); --p3: var(--none); --p4: var(--none); --p5: var(--none); }
.stale .pill { color: var(--text); }
.stale .shell { --muted: var(--text); --accent: var(--text); filter: grayscale(1); opacity: .72; }
.agreed { display: flex; gap: 9px; }
#membership > * + h3 { margin: 20px 0 10px; }
.disputes li + li { margin-top: 18px; }
table { width: 100%; border-collapse: collapse; margin-top: 8px; }
th, td { text-align: left; font-weight: 400; padding: 6px 14px 6px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; vertical-align: top; }
thead th { border: 0; font-size: 12.5px; color: var(--muted); }
tbody th { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .92em; }
.wire { width: 0; height: 18px; border-left: 2px solid var(--wire); }
.kids { display: flex; flex-wrap: wrap; justify-content: center; gap: 14px; width: 100%; }
.kids > li { position: relative; padding-top: 18px; min-width: 0; }
.kids > li::before { content: ""; position: absolute; top: 0; left: calc(50% - 1px); height: 18px; border-left: 2px solid var(--wire); }
.kids > li::after { content: ""; position: absolute; top: 0; left: -7px; right: -7px; border-top: 2px solid var(--wire); }
.kids > li:first-child::after { left: calc(50% - 1px); }
.kids > li:last-child::after { right: calc(50% - 1px); }
.kids > li.cut::before { border-left: 2px dotted var(--warn); }
.watch { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 8px; }
.group { margin-top: 20px; }
.quorum { display: flex; gap: 4px; margin: 6px 0 2px; }
.quorum i { flex: 1; height: 7px; border-radius: 3px; border: 1px solid var(--wire); }
.quorum i.on { background: var(--ok); border-color: var(--ok); }
.quorum.short i.on { background: var(--bad); border-color: var(--bad); }
.run { padding: 12px 0; }
.run .muted { font-size: 13px; }
.run:first-child { padding-top: 2px; }
.run:last-child { padding-bottom: 2px; }
.run + .run { border-top: 1px solid var(--line); }
.run .line { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; justify-content: space-between; }
.bar { display: flex; gap: 2px; height: 14px; margin: 8px 0 6px; }
.bar i { min-width: 3px; border-radius: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; color: var(--muted); }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.p0 { background: var(--p0); } .p1 { background: var(--p1); } .p2 { background: var(--p2); } .p3 { background: var(--p3); } .p4 { background: var(--p4); }
.p5 { background: repeating-linear-gradient(45deg, var(--p5) 0 4px, transparent 4px 7px); }
.p6 { background: repeating-linear-gradient(90deg, var(--p1) 0 2px, transparent 2px 6px); }
.running { animation: grow 1.1s ease-in-out infinite alternate; }
@keyframes grow { from { opacity: 1; } to { opacity: .55; } }
.total { font-weight: 600; }
.attempts { margin: 6px 0; font-size: 13.5px; }
.run .line > span:first-child { display: inline-flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; }
.tag { font-size: 12.5px; color: var(--muted); border: 1px solid var(--line); border-radius: 99px; padding: 1px 9px; white-space: nowrap; }
.events li { display: grid; grid-template-columns: 20px 1fr; gap: 0 8px; padding: 7px 0; }
.events li + li { border-top: 1px solid var(--line); }
.events li > div { min-width: 0; overflow-wrap: anywhere; }
.events small { display: block; color: var(--muted); font-size: 12.5px; }
.events .new { animation: come 1.2s ease-out; }
@keyframes come { from { background: var(--warn-bg); } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
.ask { max-width: 420px; margin: 12vh auto; }
.ask label { display: block; margin: 10px 0 4px; }
.ask button { font: inherit; font-weight: 600; padding: 7px 16px; border: 0; border-radius: 7px; background: var(--accent); color: var(--surface); cursor: pointer; }
@media (max-width: 1080px) {
  .shell { grid-template-columns: minmax(0, 1fr); }
  .side { position: static; max-height: none; }
  .side .scroll { max-height: 60vh; }
}
@media (max-width: 760px) {
  header, .shell, .stalebox { padding-left: 14px; padding-right: 14px; }
  .shell { gap: 14px; padding-top: 14px; }
  header .grow { flex-basis: 100%; height: 0; }
  .pick { grid-template-columns: 20px minmax(0, 1fr) auto; }
  .pick .addr { text-align: right; }
  .pick .state, .pick .counts { grid-column: 2 / 4; }
  .pick .counts { line-height: 1.5; justify-content: flex-start; }
  .pill { white-space: normal; }
  .command { flex-wrap: wrap; }
  .command code { flex-basis: 100%; }
  table, tbody th { font-size: 12px; }
  th, td { padding-right: 8px; }
  .pick .counts { flex-wrap: wrap; }
  .panel { padding: 13px 14px; }
  .tree { align-items: stretch; }
  .tree > .wire { display: none; }
  .kids { flex-direction: column; align-items: stretch; width: auto; gap: 0; margin-left: 22px; }
  .kids > li { padding: 12px 0 0 20px; }
  .kids > li::before { top: 0; bottom: 0; left: 0; height: auto; }
  .kids > li:last-child::before { bottom: auto; height: 36px; }
  .kids > li::after, .kids > li:first-child::after, .kids > li:last-child::after { top: 36px; left: 0; right: auto; width: 20px; }
  .watch > li, .watch .node { width: 100%; }
}
`
