/** Rules about passwords and users of this sentinel, of the other sentinels, and of data nodes. */
import { loadUsers } from '../../daemon/index.ts'
import { finding, type Finding } from './finding.ts'
import type { LoadedFile } from './loaded-file.ts'

const DEFAULT_USER = 'default'

export function checkLogins(file: LoadedFile): Finding[] {
  return [...placeholders(file), ...usersWithoutPassword(file), ...ownUsers(file), ...nodeLogins(file)]
}

/** Lines whose last word is a secret or an address that tools fill in. */
const FILLED_IN = /^(?:requirepass|(?:master|primary)auth|sentinel (?:auth-pass|auth-user|sentinel-pass|sentinel-user|announce-ip))$/

/** Whether a template has left its place for a value: `${NAME}`, `$NAME`, `{{ name }}`, `<name>`. */
export function isPlaceholder(text: string): boolean {
  return /^\$\{\w+(?::?[-?][^}]*)?\}$|^\$[A-Z_][A-Z0-9_]*$|\{\{.*\}\}|^<[\w .-]+>$/.test(text)
}

function placeholders({ lines }: LoadedFile): Finding[] {
  return lines.flatMap(({ words, where }) => {
    const [first = '', second = ''] = words.map((word) => word.toLowerCase())
    const name = first === 'sentinel' ? `${first} ${second}` : first
    const value = words.at(-1) ?? ''
    return !FILLED_IN.test(name) || !isPlaceholder(value) ? [] : [finding('error', 'placeholder', where, [
      `${name} is ${JSON.stringify(value)}, which looks like the place for a value: nothing in this file is replaced`,
      'write the value, fill in the template before the start (envsubst), or use [secrets] in ts-sentinel.ini for passwords',
    ])]
  })
}

function usersWithoutPassword({ config: { durable }, place }: LoadedFile): Finding[] {
  const { masters, sentinelUser, sentinelPass } = durable
  const without = masters.filter(({ settings }) => settings.authUser !== undefined && settings.authPass === undefined)
  return [
    ...without.map(({ name }) => (
      finding('warning', 'auth-user-alone', place('sentinel', 'auth-user', name), [
        `${name} has auth-user and no auth-pass: the sentinel does not log in to its nodes`,
        `add the line \`sentinel auth-pass ${name} <password>\`, or remove auth-user`,
      ])
    )),
    ...sentinelUser === undefined || sentinelPass !== undefined ? [] : [
      finding('warning', 'sentinel-user-alone', place('sentinel', 'sentinel-user'), [
        'sentinel-user is set and sentinel-pass is not: this sentinel does not log in to the others as that user',
        'add the line `sentinel sentinel-pass <password>`, or remove sentinel-user',
      ]),
    ],
  ]
}

function ownUsers({ config: { settings, durable }, place }: LoadedFile): Finding[] {
  // No file is written here, so the umask has no effect.
  const { world: { access }, obstacles } = loadUsers(settings, 0o022)
  if (obstacles.length > 0) {
    return [finding('error', 'users-not-loadable', settings.aclFile === undefined ? place('user') : place('aclfile'), [
      `the program does not start: ${obstacles.join(' ')}`,
      settings.aclFile === undefined ? 'correct the user line' : `correct ${settings.aclFile}, or the line aclfile`,
    ])]
  }
  const { requirepass } = settings
  const { sentinelPass, sentinelUser, masters } = durable
  const [user, password] = sentinelPass === undefined
    ? [DEFAULT_USER, requirepass] : [sentinelUser ?? DEFAULT_USER, sentinelPass]
  const isOpen = access.defaultNeedsNoPassword
  const isIgnored = requirepass !== undefined && (isOpen || !access.authenticate(DEFAULT_USER, requirepass))
  const ignored = isIgnored ? [finding('warning', 'requirepass-ignored', place('requirepass'), [
    `requirepass has no effect, because ${settings.aclFile === undefined ? 'the line `user default`' : 'the ACL file'} defines the default user`
    + `${isOpen ? ', without a password: everyone can log in' : ' with another password'}`,
    'change the password of the user default there; the program writes this line itself, so remove it while the sentinel is stopped',
  ])] : []
  if (masters.length === 0) return ignored
  if (password === undefined) {
    return isOpen ? ignored : [finding('warning', 'sentinel-pass-missing', place('user', DEFAULT_USER), [
      'this sentinel requires a login, and has none for the other sentinels: where they have the same settings, no one gets votes',
      'set `sentinel sentinel-user` and `sentinel sentinel-pass`, or requirepass, on all sentinels',
    ])]
  }
  if ((isOpen && user === DEFAULT_USER) || access.authenticate(user, password)) return ignored
  return [...ignored, finding('warning', 'sentinel-pass-refused', place('sentinel', 'sentinel-pass'), [
    `this sentinel logs in to the others as the user ${user} with ${sentinelPass === undefined ? 'requirepass' : 'sentinel-pass'}, and refuses`
    + ' this login itself: where the others have the same settings, no one gets votes',
    sentinelUser === undefined
      ? 'write the same password in requirepass and sentinel-pass on all sentinels' : `define the user ${user} with this password on all sentinels`,
  ])]
}

/** Whether a line with this first word has the password with which a replica logs in to its master. */
export function isLoginOfNodes(directive: string): boolean {
  return /^(?:masterauth|primaryauth)$/i.test(directive)
}

/** A login of data nodes in the words of a data node. */
function nodeLogins({ lines, config: { durable: { masters } } }: LoadedFile): Finding[] {
  const line = lines.find(({ words }) => isLoginOfNodes(words[0] ?? ''))
  const [without] = masters.filter(({ settings }) => settings.authPass === undefined)
  return line === undefined || without === undefined ? [] : [finding('warning', 'masterauth-without-effect', line.where, [
    `${line.words[0] ?? ''} is a setting of data nodes, and a sentinel does not use it: it logs in to ${without.name} without a password`,
    `write \`sentinel auth-pass ${without.name} <password>\` in its place`,
  ])]
}
