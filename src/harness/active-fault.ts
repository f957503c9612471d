/** A fault that is in effect. `await using` ends it with the block. */
export interface ActiveFault extends AsyncDisposable {
  /** Ends the fault and marks this in the timeline. Does nothing when the fault has ended already. */
  end(): Promise<void>
}

/** @param undo ends the fault; called at most once */
export function activeFault(undo: () => void | Promise<void>): ActiveFault {
  let ended: Promise<void> | undefined
  // An async function runs at once up to its first await: what needs no waiting has ended when `end()` returns.
  const end = (): Promise<void> => ended ??= (async () => { await undo() })()
  return { end, [Symbol.asyncDispose]: end }
}
