import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  detailTypes,
  eventSource,
  type JobEnded,
  type Notices,
  type PaymentResolved,
  paymentResolvedType,
} from '../contracts/event.ts';
import { CoinboothError } from '../core/errors.ts';

export interface Announcements {
  /** @throws Defect when the bus does not take the event: HTTP 200 can hide a failed entry */
  put(detail: JobEnded | PaymentResolved): Promise<void>;
}

export interface NoticeBoard {
  /** @throws Defect as above */
  post<Name extends keyof Notices>(name: Name, detail: Notices[Name]): Promise<void>;
}

export const announcementsOn = (eventBusName: string, client = new EventBridgeClient({})): Announcements => ({
  put: (detail) =>
    'outcome' in detail
      ? putEvent(client, eventBusName, paymentResolvedType, detail, new Date(detail.at))
      : putEvent(client, eventBusName, detailTypes[detail.status], detail, new Date(detail.endedAt)),
});

export const noticesOn = (eventBusName: string, client = new EventBridgeClient({})): NoticeBoard => ({
  post: (name, detail) => putEvent(client, eventBusName, name, detail, new Date()),
});

async function putEvent(
  client: EventBridgeClient,
  eventBusName: string,
  detailType: string,
  detail: object,
  time: Date,
): Promise<void> {
  const { FailedEntryCount, Entries } = await client.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: eventBusName,
          Source: eventSource,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
          Time: time,
        },
      ],
    }),
  );
  if (FailedEntryCount)
    throw new CoinboothError('Defect', `The event bus did not take the event (${Entries?.[0]?.ErrorCode}).`);
}
