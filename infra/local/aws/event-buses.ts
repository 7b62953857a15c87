import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import type { Place } from './call.ts';
import type { JsonService } from './json-endpoint.ts';

/** The envelope that targets receive (EventBridge user guide, "Event structure"). */
export type BusEvent = {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Record<string, unknown>;
};

export type EmittedEvent = { readonly busName: string; readonly event: BusEvent };
type BusRule = {
  readonly busName: string;
  matches(event: BusEvent): boolean;
  deliver(event: BusEvent): Promise<void>;
};

export type EventBuses = {
  readonly service: JsonService;
  readonly emitted: readonly EmittedEvent[];
  addBus(name: string): void;
  addRule(rule: BusRule): void;
  onEvent(listener: (emitted: EmittedEvent) => void): () => void;
};

const MAX_ENTRIES = 10;
const MAX_ENTRY_BYTES = 256 * 1024;

type Entry = Record<string, unknown>;
type Refusal = { ErrorCode: string; ErrorMessage: string };

function refusalOf(entry: Entry): Refusal | undefined {
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (typeof entry[name] !== 'string' || entry[name] === '') {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  if (String(entry.Source).startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  try {
    const detail: unknown = JSON.parse(String(entry.Detail));
    if (detail !== null && typeof detail === 'object' && !Array.isArray(detail)) return undefined;
  } catch {
    // falls to the refusal below, which is the same for text that is no JSON and JSON that is no object
  }
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

/** EventBridge's custom buses: PutEvents with its limits and per-entry failures, and the rules of the template. */
export function createEventBuses(place: Place, onFailedDelivery: (error: unknown) => void): EventBuses {
  const buses = new Set(['default']);
  const rules: BusRule[] = [];
  const emitted: EmittedEvent[] = [];
  const listeners = new Set<(event: EmittedEvent) => void>();

  function emit(entry: Entry): { EventId: string } {
    const named = String(entry.EventBusName ?? 'default');
    const busName = named.startsWith('arn:') ? (named.split('event-bus/')[1] ?? named) : named;
    if (!buses.has(busName)) {
      throw new AwsError('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
    }
    const seconds = typeof entry.Time === 'number' ? entry.Time * 1000 : Date.now();
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': String(entry.DetailType),
      source: String(entry.Source),
      account: place.accountId,
      time: `${new Date(seconds).toISOString().slice(0, 19)}Z`,
      region: place.region,
      resources: (entry.Resources ?? []) as string[],
      detail: JSON.parse(String(entry.Detail)) as Record<string, unknown>,
    };
    emitted.push({ busName, event });
    for (const listener of listeners) listener({ busName, event });
    for (const rule of rules) {
      if (rule.busName === busName && rule.matches(event)) rule.deliver(event).catch(onFailedDelivery);
    }
    return { EventId: event.id };
  }

  function putEvents(input: Record<string, unknown>): unknown {
    const entries = (input.Entries ?? []) as Entry[];
    if (entries.length === 0 || entries.length > MAX_ENTRIES) {
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}`,
      );
    }
    if (Buffer.byteLength(JSON.stringify(entries)) > MAX_ENTRY_BYTES) {
      throw new AwsError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
      );
    }
    const results = entries.map((entry) => refusalOf(entry) ?? emit(entry));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  }

  return {
    service: { name: 'events', target: 'AWSEvents', operations: { PutEvents: putEvents } },
    emitted,
    addBus: (name) => buses.add(name),
    addRule: (rule) => rules.push(rule),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
