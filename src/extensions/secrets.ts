/** Reads [secrets], and the keys of [master <name>] that say where the password of its nodes is. */
import type { Refuse, Section } from './lines.ts'
import type { OutsideSecret, SecretsExtension } from './settings.ts'

/** Letters, digits and underscores, as shells and service managers allow it. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

export function readSecrets(section: Section, refuse: Refuse): Omit<SecretsExtension, 'authPassOf'> {
  const secret = (name: string) => outsideSecret(section, name, refuse)
  return {
    requirepass: secret('requirepass'),
    sentinelPass: secret('sentinel-pass'),
    authPass: secret('auth-pass'),
    tlsKeyFilePass: secret('tls-key-file-pass'),
    tlsClientKeyFilePass: secret('tls-client-key-file-pass'),
  }
}

/** What `<name>-file` or `<name>-env` of the section says; undefined when it has neither, or a mistake. */
export function outsideSecret({ entries }: Section, name: string, refuse: Refuse): OutsideSecret | undefined {
  const [file, env] = [entries.get(`${name}-file`), entries.get(`${name}-env`)]
  if (file !== undefined && env !== undefined) {
    return refuse(Math.max(file.line, env.line), `Both ${name}-file and ${name}-env are set. Remove one of the two.`)
  }
  if (file !== undefined) return { kind: 'file', path: file.value, line: file.line }
  if (env === undefined) return undefined
  if (VARIABLE.test(env.value)) return { kind: 'env', variable: env.value, line: env.line }
  return refuse(env.line, `${name}-env must be the name of an environment variable, such as REDIS_PASSWORD. Do not write a secret here.`)
}
