/**
 * Where our replies differ from the installed original on purpose, each with its reason. Rows name one of these;
 * text changes apply to every reply of the original before it is compared.
 */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  'newer-release': 'We follow the newer release of the contract, which has more commands, options and fields.',
  'valkey-names': 'Names of Valkey\'s sentinel are answered too.',
  'our-subcommands': 'SENTINEL EXPLAIN, HISTORY, PAUSE, PAUSED, RESUME and FORGET are ours; SENTINEL HELP has lines about them.',
  'hello-applies-nothing-on-error': 'As newer releases: HELLO reads all its options before it applies any.',
  'negative-epochs': 'A negative epoch would mean about 2^64 and end all elections for good.',
  'limits': 'Subscriptions and ids are bounded, so that one client cannot slow down all.',
  'safe-names': 'Names that would break the configuration file or the hello message are refused.',
  'numbers-that-fit': 'Counts beyond 32 bits are refused; the original keeps the lower half of their bits.',
}

/** Differences that no row can show, because the original would break, wait, or need a stranger's network. */
export const DIFFERENCES_BEYOND_ROWS: readonly string[] = [
  'CONFIG SET announce-ip "" means "not set": the original announces an empty address and is forgotten by its peers.',
  'CONFIG SET announce-ip refuses blanks and commas, SET script paths and command names refuse control characters.',
  'Words that are kept in the file must be valid UTF-8; everything else is echoed byte for byte.',
  'CONFIG SET resolve-hostnames no is refused while instances are known by names that stand in the config file: the'
  + ' original writes a file then that it does not load any more.',
  'A hello of more than 8192 characters is ignored; the reply is 1 as for any other nonsense.',
  'At most 1000 channels and patterns of 1024 characters for each connection; docs/limits.md lists all bounds.',
  'A request has at most 4096 words, a word 1 MB and a request 1 MB and 64 KB, whatever proto-max-bulk-len and'
  + ' client-query-buffer-limit say.',
  'A client that leaves 1 MB of replies unread has its further requests wait; the original fills its memory.',
  'Answers that wait for a save are given up after 60 seconds with an error, and the save goes on.',
  'A client that ends its side still gets the replies to what it sent, also to commands that take time.',
  'A protocol error closes the connection also when the client has switched replies off.',
  'A NUL byte in an inline request ends a word; the original waits for more bytes for ever.',
  'ACL LIST, ACL GETUSER and `user` lines keep command rules as they were given, without those that have no effect: the'
  + ' original sums them up in categories that nobody named, in an order of its own in every process.',
  'ACL LOAD ends the connections of users that changed or went, as newer releases do; the original ends all but those of'
  + ' the default user.',
  'A first argument in an ACL rule must hold no blank or line end: the original writes lines with it that mean something else.',
  'A subscribed connection that takes its own channels away by ACL SETUSER gets its reply and is closed; the original dies.',
  'An ACL file that cannot be read, or with an unclosed parenthesis, changes nothing: the original loses all users, or its life.',
  'A file at the path of the unix socket that is no socket is left alone, and the start fails.',
]

export interface TextChange {
  readonly from: string | RegExp
  readonly to: string
  readonly reason: string
}

/** What the newer release words differently. */
export const TEXT_CHANGES: readonly TextChange[] = [
  { from: /^ {4}Prints this help\.$/, to: '    Print this help.', reason: 'Footer of every HELP.' },
  { from: 'otherwise the HELLO AUTH <user>', to: 'otherwise the HELLO <proto> AUTH <user>', reason: 'HELLO without login.' },
  { from: /^CONFIG SET <param> <value>$/, to: 'CONFIG SET param value [param value ...]', reason: 'Several options at once.' },
  { from: /^CONFIG GET <param>$/, to: 'CONFIG GET <param> [param param param ...]', reason: 'Several options at once.' },
  { from: / multi=-1 qbuf=/, to: ' multi=-1 watch=0 qbuf=', reason: 'CLIENT LIST counts watched keys.' },
  { from: / resp=([23])$/, to: ' resp=$1 lib-name= lib-ver=', reason: 'CLIENT LIST names the client library.' },
  {
    from: /(?:User \*|this user) has no permissions to access one of the channels used as arguments/,
    to: 'No permissions to access a channel',
    reason: 'SUBSCRIBE, PSUBSCRIBE and PUBLISH without the channel.',
  },
  { from: /^user default on (nopass )?(#|~)/, to: 'user default on $1sanitize-payload $2', reason: 'ACL LIST shows it.' },
]
