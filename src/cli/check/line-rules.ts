/** Rules about scripts, and about lines that contradict or repeat others. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'

import { remarkWords } from '../../config/index.ts'
import { namesOf, SETTINGS, type DurableAddress } from '../../core/index.ts'
import { addressText } from '../../explain/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

export function checkLines(file: LoadedFile): Finding[] {
  return [...scriptFindings(file), ...masterAsReplica(file), ...badHosts(file), ...remarkFindings(file)]
}

/** Problems that the sentinel logs at its start, too. */
function remarkFindings({ remarks, whereOf }: LoadedFile): Finding[] {
  return remarks.map((remark) => {
    const { what, todo } = remarkWords(remark)
    return finding(remark.kind === 'exhausted-epoch' ? 'error' : 'warning', remark.kind, whereOf(remark.line), [what, todo])
  })
}

const SCRIPTS: readonly string[] = SETTINGS.filter(({ kind }) => kind === 'script').flatMap(namesOf)

/** Loading refuses a missing script, but accepts a folder, which passes the test for the right to execute. */
function scriptFindings({ lines, directory }: LoadedFile): Finding[] {
  return lines.flatMap(({ words, where }) => {
    const [first = '', directive = '', , path] = words
    if (first.toLowerCase() !== 'sentinel' || path === undefined || !SCRIPTS.includes(directive.toLowerCase())) return []
    const found = statSync(resolve(directory, path), { throwIfNoEntry: false })
    return found === undefined || found.isFile() ? [] : [finding('error', 'script-not-a-file', where, [
      `${path} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}: every call of this script would fail`,
      'write the path of an executable file',
    ])]
  })
}

function masterAsReplica(file: LoadedFile): Finding[] {
  return file.config.durable.masters.flatMap(({ name, host, port, replicas }) => replicas
    .filter((replica) => replica.port === port && replica.host.toLowerCase() === host.toLowerCase())
    .map((replica) => finding('error', 'master-as-replica', placeOfReplica(file, name, replica), [
      `the line names the master of ${name} itself (${addressText(replica)}) as its replica; ts-sentinel ignores it, redis-sentinel would`
      + ' make the master follow itself',
      'remove the line while the sentinel is stopped',
    ])))
}

function placeOfReplica({ lines, place }: LoadedFile, master: string, { host, port }: DurableAddress): string {
  const line = lines.find(({ words: [, directive = '', name, hostWord = '', portWord = ''] }) => (
    /^known-(?:replica|slave)$/i.test(directive) && name === master
    && hostWord.toLowerCase() === host.toLowerCase() && Number(portWord) === port
  ))
  return line?.where ?? place()
}

const URL_LIKE = /[/:@?#\s]/

/** A host name with characters of a URL cannot be resolved. Literal IPv6 addresses have colons, too, and are valid. */
function badHosts({ config: { durable: { masters } }, place }: LoadedFile): Finding[] {
  return masters.flatMap(({ name, host, replicas, sentinels }) => (
    [host, ...replicas.map((one) => one.host), ...sentinels.map((one) => one.host)]
      .filter((one) => URL_LIKE.test(one) && !/^[0-9a-f:.%]+$/i.test(one))
      .map((one) => finding('error', 'bad-address', place('sentinel', 'monitor', name), [
        `${JSON.stringify(one)} is neither an IP address nor a host name`, 'write the address without a scheme, path or port',
      ]))
  ))
}
