/**
 * Periods and maxima of the core. The adjustable ones (SENTINEL DEBUG, behaviour.md 14) are only the starting
 * values of the tunables; the rest is fixed.
 */
import type { Tunable } from './tunables.ts'
import type { Millis } from './time.ts'

/** Starting values of the periods that SENTINEL DEBUG can change. */
export const TUNABLE_DEFAULTS: Readonly<Record<Tunable, Millis>> = Object.freeze({
  'info-period': 10_000,
  'ping-period': 1000,
  'ask-period': 1000,
  'publish-period': 2000,
  'default-down-after': 30_000,
  'default-failover-timeout': 180_000,
  'tilt-trigger': 2000,
  'tilt-period': 30_000,
  'slave-reconf-timeout': 10_000,
  'min-link-reconnect-period': 15_000,
  'election-timeout': 10_000,
  'script-max-runtime': 60_000,
  'script-retry-delay': 30_000,
})

/** Unanswered commands per user of a link beyond which PING, INFO and hello pause (behaviour.md 3.6). */
export const PENDING_LIMIT = 100

/** INFO period of replicas while their master is down or a failover runs (behaviour.md 3.6). */
export const FAST_INFO_MS = 1000

/** What a difference of two moments in whole seconds can be too small by (master_last_io_seconds_ago of INFO). */
export const IO_ROUNDING_MS = 1000

/**
 * INFO period of the replicas of a master that is suspected, where `witnesses` is on: this share of down-after, so that
 * several replies arrive before SDOWN is due, within these bounds.
 */
export const WITNESS_INFO_SHARE = 1 / 8
export const WITNESS_INFO_MIN_MS = 100
export const WITNESS_INFO_MAX_MS = 1000

/** Replicas are asked about a silent master for half of down-after before SDOWN is due, and for this time at most. */
export const SUSPICION_MAX_MS = 4000

/** A replica whose last reply to INFO was asked for longer ago than this does not count as reachable. */
export const WITNESS_FRESH_MS = 3000

/** `witness-max` in multiples of down-after, where it is not set. */
export const WITNESS_MAX_FACTOR = 5

/** Wait before INFO or hello is tried again on a node that answered it with an error. */
export const ERROR_RETRY_MS = 1000

/**
 * A clock check runs this often even when nothing else does, so that a stall of the process is measured to
 * within this span (the original's tick has the same resolution, behaviour.md 2.1).
 */
export const CLOCK_CHECK_MS = 100

/**
 * PING and hello that are due within this time are sent with those that are due now: a write, the reply and a wake-up
 * cost more than the command. At most 1/20 of their period, so that nodes get hardly more commands than without it.
 */
export const GATHER_MS = 50
export const GATHER_SHARE = 1 / 20

/**
 * Records that one tick checks beyond the due ones. The schedules of thousands of nodes must not become synchronous.
 */
export const GATHER_MAX = 100

/**
 * A link that no failover needs is opened this much later than possible, so that the saves, votes and replies of a
 * failover go first. The original's tick delays each link by up to 100 ms (behaviour.md 2.1).
 */
export const UNHURRIED_LINK_MS = 20

/**
 * A node that refuses is tried again after the ping period and this share of it, as by the original's tick. With the
 * period alone, the attempt to reach a dead master would coincide with the moment in which it is found down.
 */
export const RETRY_SLACK_SHARE = 1 / 10

/** How often, and for how long, a connection to a master is tried again after one that worked was lost. */
export const HURRIED_RETRY_MS = 100
export const HURRY_MS = 5000

/** How long after SDOWN such attempts pause: each costs two sockets, while the failover needs the processor. */
export const FAILOVER_FIRST_MS = 500

/** Refused attempts before a master counts as crashed, however far apart they are. */
export const CRASH_ATTEMPTS_MIN = 3

/**
 * While a master refuses connections, attempts are this share of crash-detection apart, for so many times its length.
 * After that the cause is another one, such as a firewall, and down-after decides.
 */
export const CRASH_RETRY_SHARE = 1 / 4
export const CRASH_RETRY_MIN_MS = 10
export const CRASH_HURRY_SPANS = 4

/** An attempt that is refused later than this was lost on its way at first: TCP repeats it after a second. */
export const CRASH_ATTEMPT_LOST_MS = 500

/** Spread of failover start times (behaviour.md 8.1). */
export const MAX_DESYNC_MS = 1000

/** Peers that do not yet agree on a down master are asked again after this time, which doubles up to the ask period. */
export const FIRST_REASK_MS = 20

/** Least time between two questions to the same peer that events trigger. */
export const REASK_GAP_MS = 5

/** Least time between two questions for the last vote of the same peer (monitoring/returned-master.ts). */
export const LAST_VOTE_GAP_MS = 100

/**
 * A last vote counts for this long after the question. The node that is ordered to follow must not have been promoted
 * since then, and a promotion needs an election first.
 */
export const LAST_VOTE_VALID_MS = 1000

/**
 * The old master is tried again this often for some time after the switch: while it runs as a master, it accepts
 * writes that will be lost.
 */
export const RETURN_RETRY_MS = 100
export const RETURN_WATCH_MS = 600_000

/** INFO period of a replaced master that runs again as a master, and for how long: each INFO asks the peers again. */
export const RETURNED_INFO_MS = 200
export const RETURNED_FAST_MS = 10_000

/** For how long after a promotion its leader may order the old master to follow without a confirmation. */
export const OLD_MASTER_ORDER_MS = 1000

/** Longest wait of a leader for an old master that was ordered to follow the new one. */
export const OLD_MASTER_WAIT_MS = 1000

/** INFO of a replica that is being reconfigured is read this often: [until ms after the order, period]. */
export const RECONF_INFO_STEPS: readonly (readonly [Millis, Millis])[] = [[1000, 25], [5000, 100]]

/** INFO period of the chosen replica while it is being promoted. */
export const PROMOTION_INFO_MS = 100

/** Longest wait for fresh INFO of the other replicas once one good candidate has answered. */
export const SELECTION_OTHERS_MS = 200

/** Longest wait for fresh INFO of any replica before the selection decides with the known facts. */
export const SELECTION_ANY_MS = 1000

/**
 * Longest wait of a candidate for the effect of SCRIPT KILL: two round trips, and the moment that a server needs to end
 * a script. It delays only a failover of a master that replied -BUSY.
 */
export const SCRIPT_KILL_WAIT_MS = 500

/** PING period of a node whose script was killed, while it still replies -BUSY. */
export const AFTER_KILL_PING_MS = 20

/** Bounds of the step between the turns of candidates (docs/decisions/0005-turns-of-candidates.md). */
export const STAGGER_MIN_MS = 20
export const STAGGER_MAX_MS = 500

/** Assumed duration of a save before one was measured: that of a slow disk. */
export const SAVE_GUESS_MS = 20

/**
 * Elections for other masters that begin within this time of an epoch's first one share the epoch. Masters that died
 * together are found down within a ping period of each other.
 */
export const SHARED_EPOCH_MS = 1500

/**
 * Bounds of the delay before an election without a winner is tried again (docs/decisions/0005-turns-of-candidates.md).
 * The upper one limits its random part; our turn comes on top.
 */
export const RETRY_MIN_MS = 50
export const RETRY_MAX_MS = 500

/** Quick retries in a row; then the next attempt waits 2x failover-timeout, because retries do not help. */
export const RETRIES_MAX = 8

/**
 * How long an ordered failover waits for the votes of its epoch. Peers that are up save their vote and answer within
 * some 10 ms; one that hangs must not delay the operator's order for long.
 */
export const ORDER_VOTES_MS = 1000

/** How long after our vote for another sentinel an order waits for the failover of that one. */
export const ORDER_MERGE_MS = 1000

/** Rounds in which several orders split the votes; after them each order continues in an epoch of its own. */
export const ORDER_RETRIES_MAX = 4

/**
 * How long peers count as voters after RESET or REMOVE removed them. Peers that run are known again within seconds; in
 * a partition it may take as long as the partition lasts.
 */
export const FORMER_VOTERS_MS = 600_000

/** Masters whose former voters are remembered. */
export const FORMER_VOTERS_MASTERS_MAX = 256

/** Former voters of one master whose ids are remembered. Of more than these, the number counts. */
export const FORMER_VOTERS_IDS_MAX = 128

/** Former voters whose time ended longer ago than this count no more after a restart: a wall clock may be wrong. */
export const FORMER_VOTERS_STALE_MS = 24 * 3_600_000

/** How long a forgotten record stays away unless the operator says otherwise, and at most. */
export const FORGET_MS = 3_600_000
export const FORGET_MAX_MS = 7 * 24 * 3_600_000

/** Forgotten records that are remembered of one master. */
export const TOMBSTONES_MAX = 128

/**
 * A forgotten sentinel lives when its hello messages arrive over data nodes for longer than the first time: those of a
 * dead one can arrive late, with the replication stream of a replica. After the second time the count begins again.
 * A sentinel that cannot be connected to is alive when its hello messages go on for as long.
 */
export const HEARD_AGAIN_MS = 10_000
export const HEARD_AGAIN_MAX_MS = 60_000

/** Sentinels are alive at once when each was heard within so many publish periods. */
export const ALIVE_PERIODS = 1.5

/** The highest epoch that commands, files and genuine sentinels can carry: they read a signed number of 64 bits. */
export const EPOCH_MAX = 2n ** 63n - 1n

/**
 * Epochs of others up to this one are accepted. Above it, only those that are near ours: one forged message must not
 * raise our epoch to the largest number, where no further election is possible.
 */
export const EPOCH_FREE_MAX = 2n ** 62n

/** How far above ours an epoch beyond `EPOCH_FREE_MAX` may be: enough for some own epochs of others (2^24 each). */
export const EPOCH_STEP_MAX = 2n ** 28n

/** A name looked up this long ago is looked up again before a new connection is made. */
export const NAME_FRESH_MS = 1000

/** A name looked up this long ago is refreshed in the background when it is used in a comparison. */
export const NAME_REFRESH_MS = 5000

/** Local addresses of connections that are remembered. */
export const OWN_IPS_MAX = 64

/** Characters of a host name; the rules of DNS allow as many. */
export const HOST_CHARS_MAX = 255

/** Names remembered; hellos with ever new names must not grow the memory. */
export const NAMES_MAX = 4096

/**
 * Characters of an input that waits for a name: `PARKED_MAX` of them must not fill the memory. A longer
 * one, an INFO reply of a huge node, is handled as if its names had no address.
 */
export const PARKED_CHARS_MAX = 65_536

/** Inputs that wait for a name lookup. Further ones are handled as if the name had no address. */
export const PARKED_MAX = 1024

/** Peers of one master. A client that may publish hellos could otherwise fill the memory. */
export const PEERS_MAX = 1024

/** Replicas of one master, for the same reason. */
export const REPLICAS_MAX = 4096

/** Most masters that SENTINEL MONITOR allows; a configuration file may have more. */
export const MASTERS_MAX = 10_000

/** Replication ids remembered of one master: a restart or a promotion adds one. */
export const LINEAGE_IDS_MAX = 16

/** The offset of a replica that is at no position in the stream of any master is 0 or 1. */
export const NO_POSITION = 1n

/** Longest wait for INFO of the replicas after the master restarted without its data. */
export const LOST_DATA_ASK_MS = 1000

/** Characters of a hello message; real ones have about two hundred. Longer ones are ignored. */
export const HELLO_CHARS_MAX = 8192

/** Longest pause of failovers: 7 days. */
export const PAUSE_MAX_MS = 7 * 24 * 3600 * 1000

/** How far ahead a failover may be scheduled: 30 days. */
export const SCHEDULE_AHEAD_MS = 30 * 24 * 3600 * 1000

/** A scheduled failover that could not begin for so long is dropped. */
export const SCHEDULE_LATE_MS = 60_000

/** Wait before a scheduled failover that was refused is tried again. */
export const SCHEDULE_RETRY_MS = 1000

/** How often a paused sentinel asks its peers whether they are paused, too. */
export const PAUSE_REFRESH_MS = 10_000

/** For how long after its notice a paused sentinel votes for a peer's ordered failover. */
export const ORDER_NOTICE_MS = 2000

/** Longest wait for what the peers tell about their pauses. */
export const PAUSE_ANSWERS_MS = 1000

/** Operations that wait for those answers, of one master. Further ones are answered at once. */
export const PAUSE_QUESTIONS_MAX = 64

/** Characters of the id that a peer names as leader or asks a vote for; real ones have forty. */
export const RUN_ID_CHARS_MAX = 256

/** Characters kept of one INFO reply for SENTINEL INFO-CACHE. A busy node has some thousands. */
export const INFO_KEPT_CHARS_MAX = 262_144

/** Characters kept of the INFO replies of all nodes. Above it SENTINEL INFO-CACHE has no text of further ones. */
export const INFO_KEPT_TOTAL_CHARS_MAX = 64 * 1024 * 1024

/** Characters logged about a malformed message: of the sender, and of the message. */
export const COMPLAINT_CHARS_MAX = 200

/** Further addresses of known servers that are remembered of one master's replicas. */
export const TWINS_MAX = 64

/** Ids of sentinels that were seen at more than one address, and addresses remembered of each. */
export const SHARED_IDS_MAX = 64
export const SHARED_ID_ADDRESSES_MAX = 32

/** A hello with our own id from another address is reported when it is received again after this time. */
export const SHARED_ID_AGAIN_MS = 1000

/** Run ids that a server had before, remembered of each address. */
export const FORMER_RUN_IDS_MAX = 4

/**
 * Two replicas at one address in INFO of the master: one of them may be a lost connection that the master has not given
 * up yet. It acknowledges nothing for longer than this, in seconds, and both are listed for longer than that.
 */
export const STALE_LAG_SECONDS = 10

/** For how long a peer must announce another master until it is reported, and the longest pause between its hellos. */
export const DISAGREEMENT_MS = 10_000
export const DISAGREEMENT_GAP_MS = 5000

/** Characters kept of a server's release, and of its availability zone. */
export const VERSION_CHARS_MAX = 32
export const ZONE_CHARS_MAX = 128

/** Characters kept of a node's refusal; its beginning names the cause. */
export const REFUSAL_CHARS_MAX = 200

/** Different malformed messages that are logged until the process ends. */
export const COMPLAINTS_MAX = 1024
