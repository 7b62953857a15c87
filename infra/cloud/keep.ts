import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { inboxPrefix } from '../../functions/intake/manifest-desk.ts';
import { callerIndex, dueIndex, requestIndex } from '../../shared/aws/dynamodb-indexes.ts';
import { inlinePrefix } from '../../shared/core/asset.ts';
import { quarantinePrefix } from '../../shared/core/refused-result.ts';
import { acknowledge } from './acknowledge.ts';
import { outputsOf } from './outputs-of.ts';
import { queueBefore } from './queue-before.ts';
import type { Settings } from './settings.ts';
import { walletKey } from './wallet-key.ts';

/** Refused results are kept so long, or for as long as pictures are where that is less. */
const quarantineDays = 90;

/** What the manifest function may take; the queue before it must know. */
export const manifestSeconds = 60;

export interface KeepProps {
  /** The deployment's, as in its settings: by it the key knows the roles that may sign. */
  readonly name: string;
  /** As in the settings; by default the first and only one. */
  readonly wallet?: Partial<Settings['wallet']>;
  /** As in the settings; by default what was delivered is kept for good. */
  readonly retention?: Settings['retention'];
}

/**
 * What must outlive a deployment: the wallet's key, the ledger, the signed headers, the pictures, the inbox. All of it is
 * retained when its stack is deleted; everything else can be torn down and put back. In the app it is a stack of its own,
 * protected from termination.
 */
export class CoinboothKeep extends Construct {
  /** Of the wallet that pays. */
  readonly key: Key;
  /** Of the wallets before it that still sign in for what they paid for. */
  readonly earlierKeys: readonly Key[];
  readonly table: TableV2;
  /** Signed headers, which the payer alone may touch. */
  readonly headers: TableV2;
  readonly pictures: Bucket;
  readonly inbox: Bucket;
  /** Of what was put into the inbox. */
  readonly arrivals: Queue;
  readonly arrivalDeadLetters: Queue;

  constructor(scope: Construct, id: string, { name, wallet, retention = { manifestDays: 90 } }: KeepProps) {
    super(scope, id);

    const { edition, oldest } = { edition: 1, oldest: 1, ...wallet };
    const keys = Array.from({ length: edition }, (_, index) => walletKey(this, index + 1, name));
    const [key] = keys.slice(-1);
    if (!key) throw new Error('A booth has a wallet.');
    this.key = key;
    this.earlierKeys = keys.slice(oldest - 1, -1);
    // What the service needs no longer is exported until it has been deployed without.
    for (const retired of keys.slice(0, oldest - 1)) {
      Stack.of(this).exportValue(retired.keyArn);
      Stack.of(this).exportValue(retired.keyId);
    }

    this.table = new TableV2(this, 'Ledger', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: [dueIndex, callerIndex, requestIndex].map((index) => ({
        indexName: index.name,
        partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
        sortKey: { name: index.sortKey, type: AttributeType.NUMBER },
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });

    // Bearer money for minutes. A backup would keep each header for weeks, and a restored one serves nobody.
    this.headers = new TableV2(this, 'Headers', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });

    this.pictures = new Bucket(this, 'Pictures', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // Files that callers put in to name them in a request; their rows in the ledger go as soon.
        { prefix: 'uploads/', expiration: Duration.days(7) },
        // What inspection refused is of use to a claim on the seller, and to nobody for longer.
        {
          prefix: quarantinePrefix,
          expiration: Duration.days(Math.min(quarantineDays, retention.pictureDays ?? quarantineDays)),
        },
        // Results that came inside an answer, on their way to the delivery.
        { prefix: inlinePrefix, expiration: Duration.days(1) },
        { prefix: 'manifests/', expiration: Duration.days(retention.manifestDays) },
        ...(retention.pictureDays === undefined
          ? []
          : ['pictures/', 'results/'].map((prefix) => ({
              prefix,
              expiration: Duration.days(retention.pictureDays ?? 0),
            }))),
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });

    ({ queue: this.arrivals, deadLetters: this.arrivalDeadLetters } = this.queueForS3());
    this.inbox = new Bucket(this, 'Inbox', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // What a manifest asked for is in its plan by then, and what came of it in its results.
      lifecycleRules: [
        {
          expiration: Duration.days(retention.manifestDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // On the bucket itself: the library's own way would deploy a function of somebody else's to set it.
    (this.inbox.node.defaultChild as CfnBucket).notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: this.arrivals.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: inboxPrefix }] } },
        },
      ],
    };
    // S3 tries the queue when the notification is set.
    this.inbox.node.addDependency(this.arrivals);

    for (const bucket of [this.pictures, this.inbox])
      acknowledge(
        bucket,
        'S1',
        'Nothing public reads it: the roles of the service do, each under its own prefix. Where every read must be on record, data events of CloudTrail say who it was, which server access logs do not.',
      );

    outputsOf(this, {
      WalletKeyId: this.key.keyId,
      LedgerTable: this.table.tableName,
      HeadersTable: this.headers.tableName,
      PicturesBucket: this.pictures.bucketName,
      InboxBucket: this.inbox.bucketName,
    });
  }

  /**
   * A queue that S3 alone writes into, for buckets of this account: who is calling stands in its messages. By account,
   * since a policy that named the bucket would need it first, and the bucket needs the policy.
   * Its dead letters cannot be sent back either: whoever dropped the manifest drops it again.
   */
  private queueForS3(): { queue: Queue; deadLetters: Queue } {
    const { queue, deadLetters } = queueBefore(this, 'Arrival', manifestSeconds);
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'S3Writes',
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'NobodyElseWrites',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
      }),
    );
    return { queue, deadLetters };
  }
}
