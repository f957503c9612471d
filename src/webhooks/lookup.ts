/**
 * Name lookup, one at a time for all webhooks. It runs on the few threads that writing files uses too: a name server
 * that does not answer may take one of them, and never hold up a save that a failover waits for.
 */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'

type Done = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

interface Waiting {
  readonly host: string
  readonly options: LookupOptions
  readonly done: Done
}

const waiting: Waiting[] = []
let isBusy = false

/** For the `lookup` option of a request. The time limit is that of the request. */
export function lookupInTurn(host: string, options: LookupOptions, done: Done): void {
  waiting.push({ host, options, done })
  next()
}

function next(): void {
  if (isBusy) return
  const first = waiting.shift()
  if (first === undefined) return
  isBusy = true
  lookup(first.host, first.options, (error, address, family) => {
    isBusy = false
    first.done(error, address, family)
    next()
  })
}
