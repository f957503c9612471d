import { randomBytes } from 'node:crypto'

/** 40 lower-case hexadecimal digits: the form of sentinel ids and run ids. */
export function randomId(): string {
  return randomBytes(20).toString('hex')
}
