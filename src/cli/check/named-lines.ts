/** The lines of the file that name a node, for findings about the node itself. */
import { addressText } from '../../explain/index.ts'
import type { Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

/** Findings that a login in the file causes. */
const OF_LOGIN = /^auth-|^login-|^acl-/

/** The same findings, those about a node with the line of the file that names it. */
export function withLines(findings: readonly Finding[], { config, place }: LoadedFile): Finding[] {
  const { masters } = config.durable
  const nowhere = place('sentinel', '')
  const known = (kind: string, name: string) => ({ host, port }: { readonly host: string, readonly port: number }) => (
    { name, address: addressText({ host, port }), line: place('sentinel', kind, name, host, String(port)) }
  )
  const named = masters.flatMap((master) => [
    { name: master.name, address: addressText(master), line: place('sentinel', 'monitor', master.name) },
    ...['known-replica', 'known-slave'].flatMap((kind) => master.replicas.map(known(kind, master.name))),
    ...master.sentinels.map(known('known-sentinel', master.name)),
  ]).filter(({ line }) => line !== nowhere)
  return findings.map((one) => {
    const found = named.find(({ address }) => address === one.where)
    if (found === undefined) return one
    const ofLogin = [place('sentinel', 'auth-pass', found.name), place('sentinel', 'auth-user', found.name)]
    const login = OF_LOGIN.test(one.code) ? ofLogin.find((line) => line !== nowhere) : undefined
    return { ...one, line: login ?? found.line }
  })
}
