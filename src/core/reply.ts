/** A reply of a node, as far as the core distinguishes replies (behaviour.md 4.1, 7.4). */
export type Reply =
  | { readonly kind: 'status', readonly text: string }
  | { readonly kind: 'error', readonly text: string }
  | { readonly kind: 'bulk', readonly text: string }
  | { readonly kind: 'integer', readonly value: bigint }
  | { readonly kind: 'array', readonly items: readonly Reply[] }
  | { readonly kind: 'null' }
