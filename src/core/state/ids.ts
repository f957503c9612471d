declare const brand: unique symbol

/** One attempt to connect to one node. A new attempt gets a new id; ids are never used again. */
export type ConnectionId = number & { readonly [brand]: 'ConnectionId' }

/** One record (master, replica or peer) of this process's memory. Never used again after the record is gone. */
export type RecordId = number & { readonly [brand]: 'RecordId' }

/** A command of a client that waits for the answer of the core. Chosen by the driver. */
export type OperationId = number & { readonly [brand]: 'OperationId' }

/** Unsigned 64-bit counter of elections and configurations. Held as bigint: a double would lose digits. */
export type Epoch = bigint
