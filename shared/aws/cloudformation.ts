import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateSummaryCommand,
} from '@aws-sdk/client-cloudformation';
import { CoinboothError } from '../core/errors.ts';

/**
 * What a deployed stack says of itself.
 * @returns its outputs by name
 * @throws ConfigInvalid when there is no such stack, or nobody is signed in
 */
export async function stackOutputs(
  stackName: string,
  client = new CloudFormationClient({}),
): Promise<Readonly<Record<string, string>>> {
  const { Stacks = [] } = await found(
    stackName,
    client.send(new DescribeStacksCommand({ StackName: stackName })),
  );
  const outputs = Stacks[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

/**
 * The `Metadata` of the template that a stack was deployed from.
 * @returns as it was written there; undefined when there is none
 * @throws ConfigInvalid when there is no such stack, or nobody is signed in
 */
export async function stackMetadata(
  stackName: string,
  client = new CloudFormationClient({}),
): Promise<unknown> {
  const { Metadata } = await found(
    stackName,
    client.send(new GetTemplateSummaryCommand({ StackName: stackName })),
  );
  return Metadata === undefined ? undefined : JSON.parse(Metadata);
}

async function found<Answer>(stackName: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const why = (error as Error).message;
    throw new CoinboothError('ConfigInvalid', `The stack ${stackName} cannot be looked up: ${why}`);
  }
}
