// How is a webhook counted on its way to the inbox?
import type { IngestOutcome, WebhookDelivery } from './ingress.js';
import type { Metrics } from './metrics.js';
import { isKnownEvent } from './webhook-event.js';

type Ingest = (delivery: WebhookDelivery) => Promise<IngestOutcome>;

/** Events that nobody here reads share one name: the number of series has an end. */
export function countEvents(ingest: Ingest, metrics: Pick<Metrics, 'received'>): Ingest {
  return async (delivery) => {
    const event = isKnownEvent(delivery.name) ? delivery.name : 'other';
    try {
      const outcome = await ingest(delivery);
      metrics.received(event, outcome);
      return outcome;
    } catch (error) {
      metrics.received(event, 'failed');
      throw error;
    }
  };
}
