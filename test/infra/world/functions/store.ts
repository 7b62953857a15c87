import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

const s3 = new S3Client({});
const events = new EventBridgeClient({});

/** The workflow's task of the test app: one object, one event, one presigned URL. */
export async function handler({ id }: { id: string }) {
  const place = { Bucket: process.env.BUCKET, Key: `jobs/${id}.txt` };
  await s3.send(new PutObjectCommand({ ...place, Body: `picture of ${id}`, IfNoneMatch: '*' }));
  const url = await getSignedUrl(s3, new GetObjectCommand(place), { expiresIn: 60 });
  const Detail = JSON.stringify({ id, url });
  const entry = { EventBusName: process.env.BUS, Source: 'app', DetailType: 'Stored', Detail };
  await events.send(new PutEventsCommand({ Entries: [entry] }));
  return { id };
}
