import { readFileSync } from 'node:fs'

import { systemErrorText } from '../../text/index.ts'
import { UsageError } from './errors.ts'

/** The password in the first line of a file, which `option` names. @throws UsageError */
export function readPasswordFile(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n[\s\S]*$/, '')
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be read: ${systemErrorText(error)}`)
  }
}
