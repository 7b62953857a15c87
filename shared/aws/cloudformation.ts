import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
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
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    const why = (error as Error).message;
    throw new CoinboothError('ConfigInvalid', `The stack ${stackName} cannot be looked up: ${why}`);
  }
}
