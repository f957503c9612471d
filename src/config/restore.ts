/** Takes the text of a file from its backup, where a save in place was interrupted (`backup.ts`). */
import { splitWords } from '../text/index.ts'
import { backupPaths, decodeBackup, judgeBackup } from './backup.ts'
import { absoluteConfigPath } from './config-path.ts'
import type { Loading } from './loading.ts'

export interface RestoredText {
  /** Byte text. */
  readonly text: string
  /** Whether it differs from what the file has. */
  readonly isRestored: boolean
}

/** The text that a file should have. `options` may name a directory, too. */
export function restoredText(
  { environment, log }: Pick<Loading, 'environment' | 'log'>, path: string, found: string, options = '',
): RestoredText {
  const file = environment.identity(path)
  const folders = [environment.workingDirectory(), ...directoriesIn(`${found}\n${options}`, environment.workingDirectory())]
  for (const place of backupPaths(file, folders)) {
    const reading = environment.readFile(place)
    const backup = reading.ok ? decodeBackup(reading.value) : undefined
    if (backup === undefined) continue
    switch (judgeBackup(found, backup)) {
      case 'complete':
        break
      case 'interrupted':
        log.push({ level: 'warning', text: `The last save of ${path} was interrupted. Its text is taken from the backup ${place}.` })
        return { text: backup.text, isRestored: true }
      case 'changed':
        log.push({
          level: 'warning',
          text: `${place} is the backup of a save that was interrupted. It is not used, because ${path} was changed since. Remove it.`,
        })
    }
  }
  return { text: found, isRestored: false }
}

/** The working directory is known only after reading, which a damaged file may prevent. */
function directoriesIn(text: string, workingDirectory: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [name, path] = /^\s*dir\s/i.test(line) ? splitWords(line) ?? [] : []
    return name === undefined || path === undefined ? [] : [absoluteConfigPath(path, workingDirectory)]
  })
}
