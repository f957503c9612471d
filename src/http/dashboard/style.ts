/**
 * The style sheet: light and dark, one column on narrow screens. Shape and word show a state; colour only adds to them.
 */
export const STYLE = String.raw`
:root {
  color-scheme: light dark;
  --bg: #f4f6f8; --surface: #fff; --sunken: #eef1f4; --line: #d5dae1; --wire: #9aa4b1; --text: #171c24; --muted: #545e6b;
  --accent: #1f55c4; --ok: #16704a; --warn: #855700; --bad: #b3261e; --ok-bg: #e2f3ea; --warn-bg: #fcefd2; --bad-bg: #fce6e4;
  --p1: #7c8aa0; --p2: #3f74d6; --p3: #16858f; --p4: #8a5cc2; --p5: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0e1217; --surface: #161b22; --sunken: #1d242d; --line: #2b343f; --wire: #55616f; --text: #e5e9ef; --muted: #9da8b6;
    --accent: #82adff; --ok: #62d29c; --warn: #efbd60; --bad: #ff938a; --ok-bg: #12301f; --warn-bg: #33280f; --bad-bg: #3c1715;
    --p1: #8794a8; --p2: #6a9bf4; --p3: #3fb3bd; --p4: #b08ae6; --p5: #ff938a;
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
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; padding: 14px 24px; background: var(--surface); border-bottom: 1px solid var(--line); }
header .say { font-weight: 500; }
header .grow { flex: 1; }
.live { display: inline-flex; align-items: center; gap: 7px; }
.live i { width: 9px; height: 9px; border-radius: 50%; border: 2px solid var(--warn); }
.live.on i { background: var(--ok); border-color: var(--ok); }
.shell { display: grid; grid-template-columns: minmax(230px, 290px) minmax(0, 1fr) minmax(260px, 350px); gap: 20px; padding: 20px 24px 32px; max-width: 1640px; margin: 0 auto; align-items: start; }
.panel { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
.panel + .panel, .panel:not([hidden]) + #detail { margin-top: 16px; }
.panel > h3, .panel > .cap { margin-bottom: 10px; }
.side { position: sticky; top: 16px; max-height: calc(100vh - 32px); display: flex; flex-direction: column; }
.scroll { overflow: auto; margin: 0 -8px; padding: 2px 8px; }
.filter { width: 100%; margin-bottom: 10px; padding: 7px 10px; font: inherit; color: inherit; background: var(--sunken); border: 1px solid var(--line); border-radius: 7px; }
.filter::placeholder { color: var(--muted); }
.pick { display: grid; grid-template-columns: 20px 1fr; gap: 0 8px; width: 100%; text-align: left; font: inherit; color: inherit; background: none; border: 1px solid transparent; border-radius: 8px; padding: 8px; cursor: pointer; }
.pick:hover { background: var(--sunken); }
.pick[aria-current=true] { background: var(--sunken); border-color: var(--line); }
.pick b { font-weight: 600; overflow-wrap: anywhere; }
.pick small { grid-column: 2; color: var(--muted); font-size: 12.5px; overflow-wrap: anywhere; }
.mark { width: 18px; height: 18px; flex: none; margin-top: 2px; }
.ok { color: var(--ok); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.pill { display: inline-flex; align-items: center; gap: 6px; padding: 2px 11px 2px 8px; border-radius: 99px; font-size: 13.5px; font-weight: 600; white-space: nowrap; }
.pill .mark { width: 15px; height: 15px; margin: 0; }
.pill.ok { background: var(--ok-bg); } .pill.warn { background: var(--warn-bg); } .pill.bad { background: var(--bad-bg); }
.title { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(138px, 1fr)); gap: 12px 18px; margin-top: 14px; }
.facts dt { font-size: 12.5px; color: var(--muted); }
.facts dd { font-size: 16px; font-weight: 550; overflow-wrap: anywhere; }
.facts dd small { display: block; font-size: 12.5px; font-weight: 400; color: var(--muted); }
.notes li { display: flex; gap: 9px; padding: 5px 0; }
.notes li + li { border-top: 1px solid var(--line); }
.tree { display: flex; flex-direction: column; align-items: center; }
.node { position: relative; display: flex; gap: 9px; min-width: 0; padding: 9px 13px; border: 1px solid var(--line); border-radius: 9px; background: var(--surface); }
.node.bad { border-color: var(--bad); background: var(--bad-bg); } .node.warn { border-color: var(--warn); }
.node > div { min-width: 0; color: var(--text); }
.node small { display: block; color: var(--muted); font-size: 12.5px; }
.node.top { border-width: 2px; }
.wire { width: 0; height: 18px; border-left: 2px solid var(--wire); }
.kids { display: flex; flex-wrap: wrap; justify-content: center; gap: 14px; width: 100%; }
.kids > li { position: relative; padding-top: 18px; min-width: 0; }
.kids > li::before { content: ""; position: absolute; top: 0; left: 50%; height: 18px; border-left: 2px solid var(--wire); }
.kids > li::after { content: ""; position: absolute; top: 0; left: -7px; right: -7px; border-top: 2px solid var(--wire); }
.kids > li:first-child::after { left: 50%; }
.kids > li:last-child::after { right: calc(50% - 2px); }
.kids > li.cut::before { border-left: 2px dotted var(--warn); }
.watch { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 8px; }
.group { margin-top: 20px; }
.quorum { display: flex; gap: 4px; margin: 6px 0 2px; }
.quorum i { flex: 1; height: 7px; border-radius: 3px; border: 1px solid var(--wire); }
.quorum i.on { background: var(--ok); border-color: var(--ok); }
.quorum.short i.on { background: var(--bad); border-color: var(--bad); }
.run { padding: 12px 0; }
.run:first-child { padding-top: 2px; }
.run:last-child { padding-bottom: 2px; }
.run + .run { border-top: 1px solid var(--line); }
.run .line { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; justify-content: space-between; }
.bar { display: flex; gap: 2px; height: 14px; margin: 8px 0 6px; }
.bar i { min-width: 3px; border-radius: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; color: var(--muted); }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.p1 { background: var(--p1); } .p2 { background: var(--p2); } .p3 { background: var(--p3); } .p4 { background: var(--p4); }
.p5 { background: repeating-linear-gradient(45deg, var(--p5) 0 4px, transparent 4px 7px); }
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
@media (max-width: 1180px) {
  .shell { grid-template-columns: minmax(210px, 260px) minmax(0, 1fr); }
  .shell > .last { grid-column: 2; position: static; max-height: none; }
  .last .scroll { max-height: 60vh; }
}
@media (max-width: 760px) {
  header, .shell { padding-left: 14px; padding-right: 14px; }
  .shell { grid-template-columns: minmax(0, 1fr); gap: 14px; }
  .shell > .last { grid-column: 1; }
  .side { position: static; max-height: 46vh; }
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
