/** What the proxy does with a kind of commands. */
export type CommandKind =
  /** Any node that serves reads may answer, and it may be sent again. */
  | 'read'
  /** Only the master answers, and it may be sent again. */
  | 'master-read'
  /** Only the master answers. It is never sent again once it was sent, because it may have been executed. */
  | 'write'
  /** As a write, and it may hold up its connection. */
  | 'blocking'
  /** Blocking with the word BLOCK among its arguments; else XREAD is a read of the master and XREADGROUP a write. */
  | 'stream-read'
  /** A write. With the word DEBUG the next script on the connection runs in the debugger. */
  | 'script'
  /** These bind the client to one connection. */
  | 'multi' | 'watch'
  | 'unwatch' | 'select'
  /** The proxy answers it itself, most of the time. */
  | 'local'
  /** The connection is not one of requests and replies afterwards: bytes go through from then on. */
  | 'raw'
  /** It would turn the connection into one of a replica. */
  | 'refused'
