/** The INFO texts that SENTINEL INFO-CACHE shows, within bounds of memory: of one node and of all together. */
import { INFO_KEPT_CHARS_MAX, INFO_KEPT_TOTAL_CHARS_MAX } from '../limits.ts'
import { ownText } from '../own-text.ts'
import type { DataNode } from '../state/instance.ts'
import type { SentinelState } from '../state/sentinel-state.ts'

/** Keeps the text of a node's last INFO reply instead of the one before. A text beyond the bounds is not kept. */
export function keepInfoText(state: SentinelState, node: DataNode, text: string): void {
  forgetInfoText(state, node)
  const kept = text.length > INFO_KEPT_CHARS_MAX ? ownText(text.slice(0, INFO_KEPT_CHARS_MAX)) : text
  if (state.infoChars + kept.length > INFO_KEPT_TOTAL_CHARS_MAX) return
  node.infoText = kept
  state.infoChars += kept.length
}

/** Must also be called before a node's record is removed. */
export function forgetInfoText(state: SentinelState, node: DataNode): void {
  state.infoChars -= node.infoText?.length ?? 0
  node.infoText = undefined
}
