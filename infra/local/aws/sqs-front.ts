import { AsyncLocalStorage } from 'node:async_hooks';
import { AwsError, notEmulated } from './aws-error.ts';
import { makeFair } from './fair-queue.ts';
import type { SqsMessage, SqsQueue, SqsStore } from './fauxqs-engine.ts';

type Json = Record<string, unknown>;
type Entry = { Id: string; ReceiptHandle?: string; MessageBody?: string; MessageGroupId?: string };
type Origin = { readonly senderId: string; readonly groupId?: string };
type Sending = { readonly senderId: string; readonly entries: Entry[] };
type Failed = { Id: string; SenderFault: boolean; Code: string; Message: string };

/** `SendMessage` of the API reference: what a message's group may be called. */
function groupRefusal({ MessageGroupId: groupId }: Entry): AwsError | undefined {
  if (groupId === undefined || /^[!-~]{1,128}$/.test(groupId)) return undefined;
  const why = 'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.';
  return new AwsError(
    'InvalidParameterValue',
    `Value ${groupId} for parameter MessageGroupId is invalid. Reason: ${why}`,
  );
}

const PERFORMED = [
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'DeleteMessage',
  'DeleteMessageBatch',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
];

export type SqsFront = {
  /** Checks and completes a request before fauxqs performs it; the entries it refused itself are returned. */
  before(operation: string, input: Json): Failed[];
  /** Completes fauxqs's answer: system attributes that it does not know, the refused entries. */
  after(operation: string, input: Json, output: Json, refused: Failed[]): Json;
  /** Performs a call so that the messages it puts into an adopted queue are known to be the caller's. */
  perform<T>(input: Json, senderId: string, work: () => Promise<T>): Promise<T>;
  /** Makes a queue remember where its messages came from, and fair. */
  adopt(queue: SqsQueue): void;
  /** Says who sent a message that comes from no call. */
  mark(message: SqsMessage, origin: Origin): void;
  /** Every system attribute of a message in flight, as an event source hands them to a function. */
  systemAttributes(message: SqsMessage): Record<string, string>;
  issued(receiptHandle: string): void;
};

/**
 * What SQS does and fauxqs does not: sender ids, message groups on standard queues and what is fair between them, receipt
 * handles that mean something.
 */
export function createSqsFront(store: SqsStore): SqsFront {
  const origins = new WeakMap<SqsMessage, Origin>();
  const sending = new AsyncLocalStorage<Sending>();
  const homes = new WeakMap<SqsMessage, { current: string; source?: string }>();
  const handles = new Set<string>();

  function queueOf(input: Json): SqsQueue | undefined {
    return typeof input.QueueUrl === 'string' ? store.getQueue(input.QueueUrl) : undefined;
  }

  /** fauxqs drops the group of a message in a standard queue; the entry that was sent still has it. */
  function originOf(message: SqsMessage): Origin | undefined {
    const call = sending.getStore();
    if (call === undefined) return undefined;
    const index = call.entries.findIndex((entry) => entry.MessageBody === message.body);
    const [entry] = index < 0 ? [] : call.entries.splice(index, 1);
    const groupId = entry?.MessageGroupId;
    return { senderId: call.senderId, ...(groupId === undefined ? {} : { groupId }) };
  }

  /** SQS takes a handle it once issued for deletion for ever, but changes visibility only of messages in flight. */
  function handleRefusal(operation: string, queue: SqsQueue | undefined, entry: Entry): AwsError | undefined {
    const handle = entry.ReceiptHandle ?? '';
    if (!handles.has(handle)) {
      const message = `The input receipt handle "${handle}" is not a valid receipt handle.`;
      return new AwsError('ReceiptHandleIsInvalid', message);
    }
    if (operation.startsWith('ChangeMessageVisibility') && queue?.inflightMessages.has(handle) === false) {
      return new AwsError('MessageNotInflight', 'The specified message is not in flight.');
    }
    return undefined;
  }

  const groupOf = (message: SqsMessage): string | undefined =>
    origins.get(message)?.groupId ?? message.messageGroupId;

  function systemAttributes(message: SqsMessage): Record<string, string> {
    const origin = origins.get(message);
    const groupId = groupOf(message);
    const deadLetterSource = homes.get(message)?.source;
    return {
      ApproximateReceiveCount: String(message.approximateReceiveCount),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: origin?.senderId ?? 'unknown',
      ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp ?? Date.now()),
      ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
      ...(deadLetterSource === undefined ? {} : { DeadLetterQueueSourceArn: deadLetterSource }),
      ...(message.messageDeduplicationId === undefined
        ? {}
        : { MessageDeduplicationId: message.messageDeduplicationId }),
      ...(message.sequenceNumber === undefined ? {} : { SequenceNumber: message.sequenceNumber }),
    };
  }

  return {
    mark: (message, origin) => origins.set(message, origin),
    perform: (input, senderId, work) =>
      sending.run({ senderId, entries: [...((input.Entries ?? [input]) as Entry[])] }, work),
    adopt(queue) {
      const enqueue = queue.enqueue.bind(queue);
      queue.enqueue = (message) => {
        // a message that moves to a dead-letter queue keeps its sender
        const origin = origins.has(message) ? undefined : originOf(message);
        if (origin !== undefined) origins.set(message, origin);
        const home = homes.get(message)?.current;
        homes.set(message, { current: queue.arn, ...(home === undefined ? {} : { source: home }) });
        enqueue(message);
      };
      if (!queue.isFifo()) makeFair(queue, groupOf);
    },
    issued: (receiptHandle) => handles.add(receiptHandle),
    systemAttributes,
    before(operation, input) {
      if (!PERFORMED.includes(operation)) throw notEmulated(`SQS ${operation}`);
      const entries = (input.Entries ?? [input]) as Entry[];
      if (operation.startsWith('SendMessage')) {
        if (entries.some((entry) => 'MessageSystemAttributes' in entry)) {
          throw notEmulated(`SQS ${operation} with MessageSystemAttributes`);
        }
      } else if (!/^(DeleteMessage|ChangeMessageVisibility)/.test(operation)) return [];
      const queue = queueOf(input);
      const refused: Failed[] = [];
      for (const entry of entries) {
        const refusal = operation.startsWith('SendMessage')
          ? groupRefusal(entry)
          : handleRefusal(operation, queue, entry);
        if (refusal === undefined) continue;
        if (!Array.isArray(input.Entries)) throw refusal;
        refused.push({ Id: entry.Id, SenderFault: true, Code: refusal.code, Message: refusal.message });
      }
      if (Array.isArray(input.Entries)) {
        input.Entries = entries.filter((entry) => !refused.some((failure) => failure.Id === entry.Id));
      }
      return refused;
    },
    after(operation, input, output, refused) {
      if (refused.length > 0)
        return { ...output, Failed: [...((output.Failed ?? []) as Failed[]), ...refused] };
      if (operation !== 'ReceiveMessage') return output;
      const queue = queueOf(input);
      const names = [input.AttributeNames, input.MessageSystemAttributeNames].flat();
      const messages = (output.Messages ?? []) as { ReceiptHandle: string; Attributes?: object }[];
      for (const received of messages) {
        handles.add(received.ReceiptHandle);
        const entry = queue?.inflightMessages.get(received.ReceiptHandle);
        if (entry === undefined) continue;
        const wanted = Object.entries(systemAttributes(entry.message)).filter(
          ([name]) => names.includes('All') || names.includes(name),
        );
        if (wanted.length > 0) received.Attributes = Object.fromEntries(wanted);
      }
      return output;
    },
  };
}
