import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { detailTypes, eventSource, type JobEnded } from '../contracts/event.ts';
import { CoinboothError } from '../core/errors.ts';

export interface Announcements {
  /** @throws Defect when the bus does not take the event: HTTP 200 can hide a failed entry */
  put(detail: JobEnded): Promise<void>;
}

export const announcementsOn = (eventBusName: string, client = new EventBridgeClient({})): Announcements => ({
  async put(detail) {
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: eventBusName,
            Source: eventSource,
            DetailType: detailTypes[detail.status],
            Detail: JSON.stringify(detail),
            Time: new Date(detail.endedAt),
          },
        ],
      }),
    );
    if (FailedEntryCount)
      throw new CoinboothError(
        'Defect',
        `The event bus did not take the event (${Entries?.[0]?.ErrorCode}).`,
      );
  },
});
