/**
 * What ours writes otherwise than the genuine 7.0.15 on purpose, so that a file of an older release can go back to it:
 * lines that every file would get are left out where they say the default, and lines keep the older of two names.
 */

/** The default of the original in each line that it adds to any file. */
const ADDED_LINES = ['protected-mode no', 'latency-tracking-info-percentiles 50 99 99.9', 'port 26379']

/** Newer name and the older one that a file may have. */
const OLDER_NAMES: readonly (readonly [string, string])[] = [
  ['replica-priority', 'slave-priority'], ['replica-read-only', 'slave-read-only'], ['busy-reply-threshold', 'lua-time-limit'],
  ['hash-max-listpack-entries', 'hash-max-ziplist-entries'],
]

/** The text of the genuine program as ours would have written it over `before`. User lines are left out of both. */
export function asOursWrites(genuine: string, before: string): string {
  const names = new Set(before.split('\n').map((line) => line.trim().split(/[ "]+/)[0]?.toLowerCase()))
  return genuine.split('\n').flatMap((line) => {
    const [name = ''] = line.split(' ')
    if (ADDED_LINES.includes(line) && !names.has(name)) return []
    if (name === 'user') return []
    const older = OLDER_NAMES.find(([newer, old]) => newer === name && names.has(old))?.[1]
    return [older === undefined ? line : older + line.slice(name.length)]
  }).join('\n').replace('client-output-buffer-limit replica', slaveClass(before))
}

function slaveClass(before: string): string {
  const usesSlave = /^client-output-buffer-limit.*\bslave\b/m.test(before)
  return `client-output-buffer-limit ${usesSlave ? 'slave' : 'replica'}`
}

export function withoutUsers(text: string): string {
  return text.split('\n').filter((line) => !line.startsWith('user ')).join('\n')
}
