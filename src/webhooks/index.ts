/** The entry point of the webhooks. Loaded only when the settings file has one. */
export { createWebhooks, type Webhook, type Webhooks, type WebhooksOptions } from './webhooks.ts'
