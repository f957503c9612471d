/** The page: one HTML file that loads nothing else. It has no data about masters; its script requests them. */
import { createHash } from 'node:crypto'

import { SCRIPT } from '#dashboard-script'
import { STYLE } from './style.ts'

const ICON = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Ccircle cx=%228%22 '
  + 'cy=%228%22 r=%227%22 fill=%22%231f55c4%22/%3E%3Ccircle cx=%228%22 cy=%228%22 r=%222.5%22 fill=%22white%22/%3E%3C/svg%3E'

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ts-sentinel</title>
<link rel="icon" href="${ICON}">
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
<a class="skip" href="#detail">Skip to the master</a>
<header>
<h1>ts-sentinel</h1>
<span id="overall" class="say" role="status"></span>
<span class="grow"></span>
<span id="about" class="muted"></span>
<span id="live" class="live"><i aria-hidden="true"></i><span id="livetext">Connecting&hellip;</span></span>
</header>
<div class="shell">
<nav class="panel side" aria-labelledby="mastershead">
<h2 id="mastershead" class="cap">Masters</h2>
<input id="filter" class="filter" type="search" placeholder="Find a master" aria-label="Find a master" hidden>
<ul id="masters" class="scroll"></ul>
<p id="none" class="muted" hidden>No master matches.</p>
</nav>
<main id="main">
<section id="alarmbox" class="panel" aria-label="This sentinel" hidden><ul id="alarms" class="notes"></ul></section>
<div id="detail" tabindex="-1" hidden>
<section id="head" class="panel" aria-label="Master"></section>
<section id="notes" class="panel" aria-label="Diagnosis"></section>
<section id="topology" class="panel" aria-label="Topology"></section>
<section id="history" class="panel" aria-label="Failovers"></section>
</div>
</main>
<aside class="panel side last" aria-labelledby="eventshead">
<h2 id="eventshead" class="cap">Events</h2>
<p><label><input id="only" type="checkbox"> only this master</label></p>
<p id="quiet" class="muted">No events since this sentinel started.</p>
<div class="scroll" role="log" aria-label="Events, newest first" tabindex="0"><ol id="events" class="events"></ol></div>
</aside>
</div>
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
