import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The installed server behind a shell that reports another version, and refuses a config file with one of the words
 * that this release does not know. Returns its path.
 */
export function otherServer(folder: string, { version, product = 'Redis', unknown = [] }: {
  readonly version: string
  readonly product?: 'Redis' | 'Valkey'
  readonly unknown?: readonly string[]
}): string {
  const path = join(folder, `${product.toLowerCase()}-${version}`)
  const refused = unknown.map((word) => `grep -F -e ${JSON.stringify(word)} "$1" && exit 1`)
  writeFileSync(path, [
    '#!/bin/sh',
    `if [ "$1" = --version ]; then echo "${product} server v=${version} sha=00000000:0 malloc=libc bits=64 build=0"; exit 0; fi`,
    ...refused,
    // Before 7.0 a user without channel rules had all channels.
    'exec redis-server "$@" --acl-pubsub-default allchannels',
    '',
  ].join('\n'))
  chmodSync(path, 0o755)
  return path
}
