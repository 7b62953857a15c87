import { randomUUID } from 'node:crypto';
import type { Identity, Place } from './call.ts';

/** One QueueConfiguration of a bucket's NotificationConfiguration. */
export type QueueNotification = {
  readonly bucket: string;
  /** For example `s3:ObjectCreated:*` or `s3:ObjectCreated:Put`. */
  readonly event: string;
  readonly prefix: string;
  readonly suffix: string;
  send(body: string): void;
};

const EVENT_NAMES: Record<string, string> = {
  PutObject: 'ObjectCreated:Put',
  CopyObject: 'ObjectCreated:Copy',
  CompleteMultipartUpload: 'ObjectCreated:CompleteMultipartUpload',
  DeleteObject: 'ObjectRemoved:Delete',
};

export type StoredChange = {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly identity: Identity;
};

/** The message that S3 sends once when a notification is configured; a consumer must survive it. */
export function testEvent(bucket: string): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date().toISOString(),
    Bucket: bucket,
    RequestId: randomUUID(),
    HostId: 'local',
  });
}

/** The S3 event message (version 2.1) of a change; keys are URL-encoded with `+` for spaces, as the service does. */
function recordOf(change: StoredChange, eventName: string, place: Place): unknown {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: place.region,
    eventTime: new Date().toISOString(),
    eventName,
    userIdentity: { principalId: `AWS:${change.identity.userId}` },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': randomUUID(), 'x-amz-id-2': 'local' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'local',
      bucket: {
        name: change.bucket,
        ownerIdentity: { principalId: place.accountId },
        arn: `arn:aws:s3:::${change.bucket}`,
      },
      object: {
        key: encodeURIComponent(change.key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        size: change.size,
        eTag: change.etag.replaceAll('"', ''),
        sequencer: process.hrtime.bigint().toString(16).toUpperCase().padStart(18, '0'),
      },
    },
  };
}

/** Sends a change to every configuration that wants it. */
export function notify(
  notifications: readonly QueueNotification[],
  change: StoredChange,
  place: Place,
): void {
  const eventName = EVENT_NAMES[change.operation];
  if (eventName === undefined) return;
  for (const notification of notifications) {
    const wanted = notification.event.replace(/^s3:/, '');
    const fits = wanted.endsWith('*') ? eventName.startsWith(wanted.slice(0, -1)) : eventName === wanted;
    const named = change.key.startsWith(notification.prefix) && change.key.endsWith(notification.suffix);
    if (notification.bucket === change.bucket && fits && named) {
      notification.send(JSON.stringify({ Records: [recordOf(change, eventName, place)] }));
    }
  }
}
