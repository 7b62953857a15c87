import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { inboxPrefix } from '../../functions/intake/manifest-desk.ts';
import { callerIndex, dueIndex, requestIndex } from '../../shared/aws/dynamodb-indexes.ts';
import { queueBefore } from './queue-before.ts';

/** What the manifest function may take; the queue before it must know. */
export const manifestSeconds = 60;

/**
 * What must outlive a deployment: the wallet's key, the ledger, the pictures, the inbox of manifests. Retained and
 * protected; everything else can be torn down and put back.
 */
export class KeepStack extends Stack {
  readonly key: Key;
  readonly table: TableV2;
  readonly pictures: Bucket;
  readonly inbox: Bucket;
  /** Of what was put into the inbox. */
  readonly arrivals: Queue;

  /** @param signers names of the functions, in the service stack, that may sign */
  constructor(
    scope: Construct,
    id: string,
    props: StackProps & { serviceStackName: string; signers: readonly string[] },
  ) {
    super(scope, id, { ...props, terminationProtection: true });

    this.key = new Key(this, 'Wallet', {
      description: 'The wallet that pays for pictures. Its deletion loses what it holds.',
      keySpec: KeySpec.ECC_SECG_P256K1,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN,
      pendingWindow: Duration.days(30),
    });
    // The roles live in the other stack, which needs this one: they are known here by the name they will get.
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'NobodyElseSigns',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        resources: ['*'],
        conditions: {
          ArnNotLike: {
            'aws:PrincipalArn': props.signers.map(
              (name) =>
                `arn:${this.partition}:iam::${this.account}:role/${props.serviceStackName}-${name}Role*`,
            ),
          },
        },
      }),
    );

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

    this.pictures = new Bucket(this, 'Pictures', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        // Files that callers put in to name them in a request; their rows in the ledger go as soon.
        { prefix: 'uploads/', expiration: Duration.days(7) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });

    this.arrivals = this.queueForS3();
    this.inbox = new Bucket(this, 'Inbox', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // What a manifest asked for is in its plan by then, and what came of it in its results.
      lifecycleRules: [
        { expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(1) },
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

    new CfnOutput(this, 'WalletKeyId', { value: this.key.keyId });
    new CfnOutput(this, 'LedgerTable', { value: this.table.tableName });
    new CfnOutput(this, 'PicturesBucket', { value: this.pictures.bucketName });
    new CfnOutput(this, 'InboxBucket', { value: this.inbox.bucketName });
  }

  /**
   * A queue that S3 alone writes into, for buckets of this account: who is calling stands in its messages. By account,
   * since a policy that named the bucket would need it first, and the bucket needs the policy.
   * Its dead letters cannot be sent back either: whoever dropped the manifest drops it again.
   */
  private queueForS3(): Queue {
    const { queue } = queueBefore(this, 'Arrival', manifestSeconds);
    queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'S3Writes',
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
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
    return queue;
  }
}
