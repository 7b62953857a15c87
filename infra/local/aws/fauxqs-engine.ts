import { type BuildAppOptions, buildApp } from 'fauxqs';

type Stores = NonNullable<BuildAppOptions['stores']>;
export type SqsStore = Stores['sqsStore'];
export type S3Store = Stores['s3Store'];
export type SqsQueue = NonNullable<ReturnType<SqsStore['getQueueByName']>>;
export type SqsMessage = SqsQueue['messages'][number];
export type FauxqsApp = ReturnType<typeof buildApp>;

/**
 * Loads a module of fauxqs that its package does not export.
 *
 * Only from there can its stores be had: `buildApp` takes them, but names no constructor. The version is pinned exactly.
 */
function internal<T>(path: string): Promise<T> {
  return import(new URL(path, import.meta.resolve('fauxqs')).href) as Promise<T>;
}

export type FauxqsEngine = {
  readonly app: FauxqsApp;
  readonly queues: SqsStore;
  readonly buckets: S3Store;
  createMessage(body: string, attributes: SqsMessage['messageAttributes']): SqsMessage;
  decodeAwsChunked(body: Buffer): { body: Buffer; trailers: Record<string, string> };
};

/** Larger than fauxqs's 11 MiB: a video is put in one piece of up to 512 MiB. */
const MAX_OBJECT_BYTES = 1024 * 1024 * 1024;

/** Builds fauxqs around stores of our own; objects are kept under `directory` when one is given, messages never. */
export async function buildFauxqs(place: { region: string }, directory?: string): Promise<FauxqsEngine> {
  const [sqs, sns, s3, chunked, files] = await Promise.all([
    internal<{ SqsStore: (new () => SqsStore) & { createMessage: FauxqsEngine['createMessage'] } }>(
      './sqs/sqsStore.js',
    ),
    internal<{ SnsStore: new () => Stores['snsStore'] }>('./sns/snsStore.js'),
    internal<{ S3Store: new () => S3Store }>('./s3/s3Store.js'),
    internal<{ decodeAwsChunked: FauxqsEngine['decodeAwsChunked'] }>('./s3/chunkedEncoding.js'),
    internal<{
      FileS3Persistence: new (
        directory: string,
      ) => NonNullable<S3Store['persistence']> & {
        loadS3(store: S3Store): void;
      };
    }>('./s3/fileS3Persistence.js'),
  ]);
  const stores = { sqsStore: new sqs.SqsStore(), snsStore: new sns.SnsStore(), s3Store: new s3.S3Store() };
  if (directory !== undefined) {
    const persistence = new files.FileS3Persistence(directory);
    persistence.loadS3(stores.s3Store);
    stores.s3Store.persistence = persistence;
  }
  const app = buildApp({ logger: false, defaultRegion: place.region, stores });
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_OBJECT_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  return {
    app,
    queues: stores.sqsStore,
    buckets: stores.s3Store,
    createMessage: (body, attributes) => sqs.SqsStore.createMessage(body, attributes),
    decodeAwsChunked: chunked.decodeAwsChunked,
  };
}
