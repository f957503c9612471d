/** The page: one HTML file that loads nothing else. It has no data about masters; its script requests them. */
import { createHash } from 'node:crypto'

import { SCRIPT } from '#dashboard-script'
import { STYLE } from './style.ts'

/** A grey disc until the state is known; the script replaces it. */
const ICON = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 18 18%22%3E%3Ccircle cx=%229%22 '
  + 'cy=%229%22 r=%228%22 fill=%22%237a8490%22/%3E%3C/svg%3E'

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ts-sentinel</title>
<link id="icon" rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
<form id="ask" class="panel ask" hidden>
<h1>ts-sentinel</h1>
<label for="token">Token of the [http] section</label>
<input id="token" class="filter" type="password" autocomplete="current-password" required>
<p id="wrong" class="bad" role="alert" hidden>The sentinel refused this token.</p>
<button type="submit">Open</button>
</form>
<div id="page" hidden>
<a class="skip" href="#main" id="skip">Skip to the content</a>
<header>
<h1>ts-sentinel</h1>
<nav id="places" aria-label="Pages"></nav>
<span id="overall" class="say" role="status"></span>
<span class="grow"></span>
<span id="about" class="muted"></span>
<span id="live" class="live"><i aria-hidden="true"></i><span id="livetext">Connecting&hellip;</span></span>
</header>
<section id="stale" class="stalebox" aria-label="No data" hidden>
<h2 id="staletext"></h2>
<div id="stalelinks" role="alert"></div>
</section>
<div class="shell">
<main id="main" tabindex="-1">
<p id="missing" class="panel" role="alert" hidden></p>
<section id="alarmbox" class="panel" aria-label="This sentinel" hidden><div id="alarms"></div></section>
<ul id="causes" class="panel notes causes" aria-label="Causes that masters share" hidden></ul>
<section id="fleetpage" class="panel" aria-labelledby="fleethead" hidden>
<h2 id="fleethead">Masters</h2>
<div class="tools">
<div id="counts" class="counters" role="group" aria-label="Show only"></div>
<input id="find" class="filter" type="search" placeholder="Find by name, address or state" aria-label="Find by name, address or state">
</div>
<ul id="fleet" class="fleet"></ul>
<p id="none" class="muted" role="status" hidden>No master matches.</p>
</section>
<div id="detail" hidden>
<section id="head" class="panel" aria-label="Master"></section>
<section id="notes" class="panel" aria-label="Diagnosis"></section>
<section id="topology" class="panel" aria-label="Topology"></section>
<section id="history" class="panel" aria-label="Failovers"></section>
</div>
<section id="sentinelspage" class="panel" aria-label="Sentinels" hidden><div id="membership"></div></section>
</main>
<aside class="panel side" aria-labelledby="eventshead">
<h2 id="eventshead" class="cap">Events</h2>
<div class="tools">
<select id="severe" class="filter" aria-label="Which events">
<option value="all">All events</option><option value="changes">Problems and recoveries</option><option value="problems">Problems only</option>
</select>
<label><input id="only" type="checkbox"> only this master</label>
</div>
<p id="quiet" class="muted">No events yet.</p>
<div class="scroll" role="log" aria-label="Events, newest first" tabindex="0"><ol id="events" class="events"></ol></div>
</aside>
</div>
<p id="toast" role="status" hidden></p>
<dialog id="dialog" aria-labelledby="dialoghead"></dialog>
</div>
<noscript>This page needs JavaScript. <a href="masters">/masters</a> has the same data as JSON.</noscript>
<script>${SCRIPT}</script>
</body>
</html>
`

/** Header Content-Security-Policy: only the script and the style above run, and no other server is contacted. */
export const CONTENT_SECURITY_POLICY = [
  'default-src \'none\'', `script-src '${hashOf(SCRIPT)}'`, `style-src '${hashOf(STYLE)}'`,
  'connect-src \'self\'', 'img-src data:', 'base-uri \'none\'', 'form-action \'none\'', 'frame-ancestors \'none\'',
].join('; ')

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
