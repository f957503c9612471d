import { error, OK } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { BAD_CLIENT_NAME, LONG_CLIENT_NAME } from '../errors.ts'
import { CLIENT_NAME_CHARS_MAX } from '../limits.ts'
import { isPlainName } from '../words.ts'

export function id({ client }: Call): Answer {
  return client.id
}

export function getName({ client }: Call): Answer {
  return client.name === '' ? null : client.name
}

/** CLIENT SETNAME; an empty name removes the name. */
export function setName({ argv, client }: Call): Answer {
  const name = argv[2] ?? ''
  if (!isPlainName(name)) return BAD_CLIENT_NAME
  if (name.length > CLIENT_NAME_CHARS_MAX) return LONG_CLIENT_NAME
  client.name = name
  return OK
}

/** CLIENT SETINFO LIB-NAME|LIB-VER value, which client libraries send unasked when they connect. */
export function setInfo({ argv, client }: Call): Answer {
  const [, , attribute = '', value = ''] = argv
  const word = attribute.toLowerCase()
  if (word !== 'lib-name' && word !== 'lib-ver') return error(`ERR Unrecognized option '${attribute}'`)
  if (!isPlainName(value)) {
    return error(`ERR ${attribute} cannot contain spaces, newlines or special characters.`)
  }
  if (value.length > CLIENT_NAME_CHARS_MAX) return error(`ERR ${attribute} too long, at most ${CLIENT_NAME_CHARS_MAX} characters`)
  if (word === 'lib-name') client.libraryName = value
  else client.libraryVersion = value
  return OK
}
