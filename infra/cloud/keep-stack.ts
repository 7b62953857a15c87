import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { callerIndex, dueIndex, requestIndex } from '../../shared/aws/dynamodb.ts';

/**
 * What must outlive a deployment: the wallet's key, the ledger, the pictures. Retained and protected; everything
 * else can be torn down and put back.
 */
export class KeepStack extends Stack {
  readonly key: Key;
  readonly table: TableV2;
  readonly pictures: Bucket;

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

    new CfnOutput(this, 'WalletKeyId', { value: this.key.keyId });
    new CfnOutput(this, 'PicturesBucket', { value: this.pictures.bucketName });
  }
}
