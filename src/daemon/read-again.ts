/** Reads sentinel.conf and ts-sentinel.ini for a reload: both can be used, or what is wrong is named. */
import { resolve } from 'node:path'

import type { Failure, KnownText, LoadedConfig } from '../config/index.ts'
import type { Extensions } from './extensions-file.ts'
import { bytesOf, type ReadTexts, type Rereader } from './reread.ts'

export interface ReadAgain {
  readonly ok: true
  /** The configuration that was read or written last. */
  readonly before: LoadedConfig
  /** The configuration as it is now. */
  readonly after: LoadedConfig
  readonly extensions: Extensions
  readonly texts: ReadTexts
  /** Byte text of the main file. */
  readonly mainText: string
}

export interface MainFile {
  readonly configFile: string
  /** What saves write into it; undefined: nothing. */
  readonly known: KnownText | undefined
}

export async function readAgain(
  rereader: Rereader, { configFile, known }: MainFile,
): Promise<ReadAgain | { readonly ok: false, readonly problems: readonly string[] }> {
  const loaded = await rereader.extensions(configFile)
  // Nothing may run between the file and what is known of it: a save may end at any moment.
  const { result, texts } = rereader.fromDisk()
  const mainText = texts.files.get(resolve(configFile)) ?? bytesOf(configFile) ?? ''
  const lastText = known?.isOwn(mainText) === true ? mainText : known?.last ?? rereader.lastText(configFile) ?? mainText
  const problems = [
    ...result.ok ? [] : [failureText(result.failure, configFile)],
    ...loaded.ok ? [] : loaded.problems.map(({ line, text }) => `${loaded.path}${line === 0 ? '' : `:${line}`}: ${text}`),
  ]
  if (!result.ok || !loaded.ok) return { ok: false, problems }
  const before = rereader.asLastUsed(configFile, lastText)
  if (!before.ok) return { ok: false, problems: [`${configFile} cannot be compared with what was read before`] }
  return { ok: true, before: before.config, after: result.config, extensions: loaded.extensions, texts, mainText }
}

/** Without words of the line, which may have a password. */
function failureText(failure: Failure, configFile: string): string {
  if (failure.kind === 'log') return failure.text
  const { where } = failure
  const reason = failure.reason.replace(/^(Error in user declaration) '.*': /s, '$1: ')
  return where === undefined ? `${configFile}: ${reason}` : `${where.include ?? configFile}:${where.number}: ${reason}`
}
